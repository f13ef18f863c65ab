import type { Deployable } from '../../model/platform.ts';
import type { LeftOut } from './discovery.ts';
import { excludedBy } from './excluded.ts';
import { environmentOf } from './environment.ts';
import type { AppsFound } from './find-apps.ts';
import { baseName, foldersAbove, isWithin, ROOT } from './paths.ts';

type Taken = Pick<AppsFound, 'deployables' | 'excluded'>;

/**
 * What applications leave out of the folders that they take: by `exclude` or `include`, below a folder that they do not descend into, or
 * in one that an ApplicationSet excludes.
 * Answers for a manifest that no application took. A folder of an environment of its own stays one, and so do the folders of a
 * repository whose root an application takes without descending.
 */
export function passedOver({ deployables, excluded }: Taken): (file: string) => LeftOut | undefined {
  const apps = new Map(
    deployables
      .filter(({ renderer, sources }) => renderer === 'plain' && sources.length > 0)
      .map(({ path, declaredBy }) => [path, declaredBy]),
  );
  return (file) => {
    const spared = excludedBy(excluded, file);
    if (spared !== undefined || apps.size === 0) return spared;
    for (const [depth, folder] of foldersAbove(file).entries()) {
      const app = apps.get(folder);
      if (app !== undefined && (folder !== ROOT || depth === 0))
        return { path: file, reason: `not taken by the application in ${app}` };
      if (environmentOf(baseName(folder)) !== undefined) return undefined;
    }
    return undefined;
  };
}

/** Whether a path lies below a folder that an application takes, and may therefore be a part that it leaves out. */
export function isBelowApp(deployables: readonly Deployable[], path: string): boolean {
  return deployables.some(
    (one) =>
      one.renderer === 'plain' &&
      one.sources.length > 0 &&
      one.path !== ROOT &&
      one.path !== path &&
      isWithin(one.path, path),
  );
}

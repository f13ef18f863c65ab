import { Cursor } from '../../model/cursor.ts';
import { globMatcher } from '../../model/glob.ts';
import type { LeftOut } from './discovery.ts';
import { environmentOf } from './environment.ts';
import { declaresItself, type Found } from './found.ts';
import { baseName, foldersAbove } from './paths.ts';
import type { Manifest } from './sources.ts';
import type { Survey } from './survey.ts';

/**
 * Folders that an ApplicationSet takes out of those that it takes in. Patterns with templates say nothing here, and a folder of an
 * environment is one that something else deploys.
 */
export function excludedFolders(survey: Survey, manifest: Manifest): string[] {
  const at = new Cursor(manifest.body, { path: manifest.path, document: manifest.index });
  return gitGenerators(at.get('spec', 'generators')).flatMap((git) => {
    const entries = git.get('directories').items();
    const [taken, spared] = [false, true].map((isSpared) =>
      entries
        .filter((entry) => (entry.get('exclude').boolean() === true) === isSpared)
        .flatMap((entry) => globMatcher(entry.get('path').string() ?? '') ?? []),
    );
    const matches = (globs: typeof taken, folder: string): boolean => globs?.some((glob) => glob(folder)) === true;
    return [...survey.folders].filter(
      (folder) => matches(taken, folder) && matches(spared, folder) && environmentOf(baseName(folder)) === undefined,
    );
  });
}

function gitGenerators(generators: Cursor): Cursor[] {
  return generators.items().flatMap((generator) => {
    const inner = ['matrix', 'merge'].flatMap((kind) => gitGenerators(generator.get(kind, 'generators')));
    return generator.get('git').exists ? [generator.get('git'), ...inner] : inner;
  });
}

/** Why a path is left out by an ApplicationSet; `excluded` holds the file that says so of each folder. */
export function excludedBy(excluded: ReadonlyMap<string, string>, path: string): LeftOut | undefined {
  const folder = excluded.size === 0 ? undefined : [path, ...foldersAbove(path)].find((one) => excluded.has(one));
  if (folder === undefined) return undefined;
  return { path: folder, reason: `excluded by the ApplicationSet in ${excluded.get(folder)}` };
}

/** Without the deployables that nothing but their own folder names, where an ApplicationSet excludes that. */
export function withoutExcluded(found: Found, excluded: ReadonlyMap<string, string>): Found {
  const spared = new Map(
    found.deployables
      .filter(declaresItself)
      .flatMap(({ id, path }) => [[id, excludedBy(excluded, path)] as const])
      .filter(([, reason]) => reason !== undefined),
  );
  return {
    deployables: found.deployables.filter(({ id }) => !spared.has(id)),
    gaps: found.gaps.filter(({ deployable }) => deployable === undefined || !spared.has(deployable)),
    leftOut: [...found.leftOut, ...[...spared.values()].flatMap((reason) => reason ?? [])],
  };
}

import type { Cursor } from '../../model/cursor.ts';
import type { Origin } from '../../model/origin.ts';
import { dependabotOf } from './dependabot.ts';
import { folderOf, type Manifest } from './manifests.ts';
import { renovateOf } from './renovate.ts';

/** What keeps dependencies up to date, and what nothing does. */
export interface Updates {
  readonly bots: readonly string[];
  readonly ecosystems: readonly string[];
  readonly missing: readonly {
    readonly ecosystem: string;
    /** Folders of it that no bot looks in; `/` for the root. */
    readonly folders: readonly string[];
    /** Nothing of the ecosystem is kept up to date. */
    readonly whole: boolean;
  }[];
  readonly presets: readonly string[];
  readonly origin?: Origin;
}

export function updatesOf(
  configurations: readonly { readonly path: string; readonly at: Cursor }[],
  manifests: readonly Manifest[],
): Updates {
  const bots = configurations.flatMap(({ path, at }) =>
    /dependabot/.test(path) ? dependabotOf(at, manifests) : renovateOf(at),
  );
  const byEcosystem = Map.groupBy(manifests, ({ ecosystem }) => ecosystem);
  const missing = [...byEcosystem].flatMap(([ecosystem, all]) => {
    const open = all.filter((manifest) => !bots.some(({ covers }) => covers(manifest)));
    const folders = [...new Set(open.map(({ path }) => `/${folderOf(path)}`))].toSorted();
    return open.length === 0 ? [] : [{ ecosystem, folders, whole: open.length === all.length }];
  });
  const lacking = new Set(missing.filter(({ whole }) => whole).map(({ ecosystem }) => ecosystem));
  const [first] = bots;
  return {
    bots: [...new Set(bots.map(({ name }) => name))],
    ecosystems: [...byEcosystem.keys()].filter((ecosystem) => !lacking.has(ecosystem)).toSorted(),
    missing,
    presets: [...new Set(bots.flatMap(({ presets }) => presets))],
    ...(first === undefined ? {} : { origin: first.origin }),
  };
}

import type { Followed, Syncing } from './sources.ts';

const COMMIT = /^[0-9a-f]{40}$/;
/** A version, with a prefix of the component perhaps: `v1.2.3`, `shop-2.0.0`, `release-2030.04.1`. */
const TAG = /^(?:refs\/tags\/.+|(?:[\w.-]*[-/])?v?\d+(?:\.\d+){1,2}(?:[-+.][\w.+-]+)?|v\d+|\d{4,}[\w.-]*)$/;
const EXACT_CHART = /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;

/** Whether an ApplicationSet fills in what is followed. */
export function isFilledIn({ revision }: Followed): boolean {
  return revision?.includes('{{') === true;
}

/** Whether what is followed changes only when a commit says so. What is filled in is not known to change otherwise. */
export function followsFixed(followed: Followed, branches: readonly string[]): boolean {
  const { revision, what, kind } = followed;
  if (kind === 'fixed') return true;
  if (what === 'chart') return revision !== undefined && (isFilledIn(followed) || EXACT_CHART.test(revision));
  if (what === 'artifact') return revision !== undefined && (branches.includes(revision) || TAG.test(revision));
  if (revision === undefined || revision === 'HEAD') return branches.includes('HEAD');
  if (isFilledIn(followed)) return true;
  return branches.includes(revision) || (kind !== 'branch' && (COMMIT.test(revision) || TAG.test(revision)));
}

/** An application of applications: a folder it brings holds another application. What it follows is where promotions are merged. An artifact may hold a folder of the repository alone. */
export function isRoot(one: Syncing, all: readonly Syncing[]): boolean {
  return one.follows.some(({ path, what }) => {
    if (path === undefined) return false;
    const folder = path.replace(/^\.?\//, '').replace(/\/$/, '');
    const lies = (file: string): boolean =>
      file.startsWith(folder === '' ? '' : `${folder}/`) || (what === 'artifact' && file.includes(`/${folder}/`));
    return all.some((other) => other !== one && lies(other.origin.path));
  });
}

/** What a moving revision means for production: whoever merges or pushes changes it, or whoever syncs takes what came last. */
export function looseText({ what, revision }: Followed, automated: boolean): string {
  if (what === 'chart') {
    const taken = revision === undefined ? 'the newest version of its chart' : `any chart that fits ${revision}`;
    return `takes ${taken}, so ${automated ? 'production changes without a commit' : 'a sync brings what was published last'}`;
  }
  if (what === 'artifact')
    return `follows the tag ${revision ?? 'latest'}, which moves, so production changes with every push of it`;
  const followed =
    revision === undefined || revision === 'HEAD' ? 'the head of the default branch' : `branch ${revision}`;
  return `follows ${followed}, so ${automated ? 'production changes with every merge' : 'a sync brings what was merged last'}`;
}

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
  const { revision, chart, kind } = followed;
  if (kind === 'fixed') return true;
  if (revision === undefined || revision === 'HEAD') return branches.includes('HEAD');
  if (isFilledIn(followed)) return true;
  if (chart) return EXACT_CHART.test(revision);
  return branches.includes(revision) || (kind !== 'branch' && (COMMIT.test(revision) || TAG.test(revision)));
}

/** An application of applications: a folder it brings holds another application. What it follows is where promotions are merged. */
export function isRoot(one: Syncing, all: readonly Syncing[]): boolean {
  return one.follows.some(({ path }) => {
    if (path === undefined) return false;
    const folder = path.replace(/^\.?\//, '').replace(/\/$/, '');
    return all.some((other) => other !== one && other.origin.path.startsWith(folder === '' ? '' : `${folder}/`));
  });
}

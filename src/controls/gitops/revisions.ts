import type { Followed, Syncing } from './sources.ts';

const COMMIT = /^[0-9a-f]{40}$/;
/** A version, with a prefix of the component perhaps: `v1.2.3`, `shop-2.0.0`, `release-2030.04.1`. */
const TAG = /^(?:refs\/tags\/.+|(?:[\w.-]*[-/])?v?\d+(?:\.\d+){1,2}(?:[-+.][\w.+-]+)?|v\d+|\d{4,}[\w.-]*)$/;
const EXACT_CHART = /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;

/** Whether what is followed changes only when a commit says so. An expression (of an ApplicationSet) is taken as one that does. */
export function followsFixed({ revision, chart, kind }: Followed, branches: readonly string[]): boolean {
  if (kind === 'fixed') return true;
  if (revision === undefined || revision === 'HEAD') return branches.includes('HEAD');
  if (revision.includes('{{')) return true;
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

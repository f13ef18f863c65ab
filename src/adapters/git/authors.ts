/** Who wrote what a commit brings. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { git, line } from './command.ts';

/**
 * Addresses of all who wrote a commit and what it brings that the reviewed commits did not hold; `undefined` where a shallow clone was
 * cut off within that. Where nothing is new, those of the commit. A reviewed commit that the repository does not have narrows nothing.
 */
export async function authorsSince(
  folder: string,
  commit: string,
  reviewed: readonly string[],
): Promise<readonly string[] | undefined> {
  const range = ['--ignore-missing', commit, ...reviewed.map((one) => `^${one}`)];
  const cut = await shallowCommits(folder);
  if (cut.size > 0 && (await git(folder, ['rev-list', ...range])).split('\n').some((one) => cut.has(one)))
    return undefined;
  const since = await writersOf(folder, range);
  return since.length > 0 ? since : authorsOf(folder, commit);
}

/**
 * Addresses of all who wrote a commit. A merge says who merged, not who wrote; a squashed commit names the others in its trailers. Empty for a merge in a
 * shallow clone, which cannot tell.
 */
export async function authorsOf(folder: string, commit: string): Promise<string[]> {
  const [head = ''] = (await git(folder, ['cat-file', 'commit', commit])).split('\n\n', 1);
  const parents = [...head.matchAll(/^parent (\w+)$/gm)].map(([, parent]) => parent);
  const isMerge = parents.length > 1;
  if (isMerge && (await line(folder, ['rev-parse', '--is-shallow-repository'])) !== 'false') return [];
  return writersOf(folder, isMerge ? [commit, `^${parents[0]}`] : ['-1', commit]);
}

/** Addresses of the authors and co-authors of a range of commits. */
async function writersOf(folder: string, range: readonly string[]): Promise<string[]> {
  const format = '--format=%ae%n%(trailers:key=Co-authored-by,valueonly,only,unfold)';
  const lines = (await git(folder, ['log', format, ...range])).split('\n');
  return [...new Set(lines.map((one) => /<([^<>]*)>\s*$/.exec(one)?.[1] ?? one.trim()).filter(Boolean))];
}

/** The commits whose parents a shallow clone left out. */
async function shallowCommits(folder: string): Promise<ReadonlySet<string>> {
  if ((await line(folder, ['rev-parse', '--is-shallow-repository'])) === 'false') return new Set();
  const path = await line(folder, ['rev-parse', '--git-path', 'shallow']);
  return new Set(path === undefined ? [] : readFileSync(resolve(folder, path), 'utf8').split('\n').filter(Boolean));
}

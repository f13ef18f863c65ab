/** Who wrote what a commit brings. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { git, line } from './command.ts';

/**
 * Addresses of all who wrote or committed a commit and what it brings that the reviewed commits did not hold: whoever amends or rebases what
 * another wrote may change it, and stays its committer only. `undefined` where a shallow clone was cut off within that, or a commit names no
 * author. Where nothing is new, those of the commit. A reviewed commit that the repository does not have narrows nothing.
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
  const since = await makersOf(folder, range);
  const made = since.length > 0 ? since : await makersOf(folder, await broughtBy(folder, commit));
  if (made.length === 0 || made.some(({ author }) => author === '')) return undefined;
  return distinct(made.flatMap(({ author, coAuthors, committer }) => [author, ...coAuthors, committer]));
}

/**
 * Addresses of all who wrote a commit. A merge says who merged, not who wrote; a squashed commit names the others in its trailers. Empty for a merge in a
 * shallow clone, which cannot tell.
 */
export async function authorsOf(folder: string, commit: string): Promise<string[]> {
  const made = await makersOf(folder, await broughtBy(folder, commit));
  return distinct(made.flatMap(({ author, coAuthors }) => [author, ...coAuthors]));
}

/** The range of what a commit brings; without any commit for a merge in a shallow clone. */
async function broughtBy(folder: string, commit: string): Promise<string[]> {
  const [head = ''] = (await git(folder, ['cat-file', 'commit', commit])).split('\n\n', 1);
  const parents = [...head.matchAll(/^parent (\w+)$/gm)].map(([, parent]) => parent);
  if (parents.length < 2) return ['-1', commit];
  const isShallow = (await line(folder, ['rev-parse', '--is-shallow-repository'])) !== 'false';
  return isShallow ? ['-0', commit] : [commit, `^${parents[0]}`];
}

/** Who made a commit, by address; empty where it names none. */
interface Makers {
  readonly author: string;
  readonly committer: string;
  readonly coAuthors: readonly string[];
}

/** Who made each commit of a range. */
async function makersOf(folder: string, range: readonly string[]): Promise<Makers[]> {
  const format = '--format=%x00%ae%n%ce%n%(trailers:key=Co-authored-by,valueonly,only,unfold)';
  const [, ...commits] = (await git(folder, ['log', format, ...range])).split('\0');
  return commits.map((one) => {
    const [author = '', committer = '', ...trailers] = one.split('\n').map((each) => each.trim());
    return { author, committer, coAuthors: trailers.map((each) => /<([^<>]*)>$/.exec(each)?.[1] ?? each) };
  });
}

function distinct(addresses: readonly string[]): string[] {
  return [...new Set(addresses.filter(Boolean))];
}

/** The commits whose parents a shallow clone left out. */
async function shallowCommits(folder: string): Promise<ReadonlySet<string>> {
  if ((await line(folder, ['rev-parse', '--is-shallow-repository'])) === 'false') return new Set();
  const path = await line(folder, ['rev-parse', '--git-path', 'shallow']);
  return new Set(path === undefined ? [] : readFileSync(resolve(folder, path), 'utf8').split('\n').filter(Boolean));
}

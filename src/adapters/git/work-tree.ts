import { basename, dirname } from 'node:path';
import { authorsOf } from './authors.ts';
import { git, line } from './command.ts';

/** What a work tree is at: its commit, and whether the files differ from it. */
export interface WorkTree {
  readonly top: string;
  readonly commit: string;
  /** Tracked or untracked files that differ from the commit, at most ten of them. */
  readonly changed: readonly string[];
  /** `origin`'s address without credentials; the folder's name where there is none. */
  readonly repository: string;
  /** When the commit was made, RFC 3339. */
  readonly committedAt: string;
  /** Author of the commit. */
  readonly author: { readonly name: string; readonly email: string };
  /**
   * Addresses of all who wrote what the commit brings in: its author and co-authors, and for a merge those of what it merged.
   * Empty for a merge in a shallow clone, which cannot tell.
   */
  readonly authors: readonly string[];
}

/** Reads the state of the git work tree that holds a folder; `undefined` when there is none or no commit. */
export async function readWorkTree(folder: string): Promise<WorkTree | undefined> {
  const top = await line(folder, ['rev-parse', '--show-toplevel']);
  const commit = await line(folder, ['rev-parse', '--verify', 'HEAD^{commit}']);
  if (top === undefined || commit === undefined) return undefined;
  const status = await git(folder, [
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=normal',
    '--ignore-submodules=dirty',
    '--',
    '.',
    ':!.launchgate',
  ]);
  const remote = await line(folder, ['config', '--get', 'remote.origin.url']);
  const shown = await line(folder, ['show', '-s', '--format=%an%x09%ae%x09%cI', commit]);
  const [name = '', email = '', committedAt = ''] = (shown ?? '').split('\t');
  return {
    top,
    commit,
    changed: status
      .split('\0')
      .filter(Boolean)
      .map((entry) => entry.slice(3))
      .slice(0, 10),
    repository: remote === undefined ? (top.split('/').at(-1) ?? top) : withoutCredentials(remote),
    committedAt,
    author: { name, email },
    authors: await authorsOf(folder, commit),
  };
}

/** Whether git has put a file where it is, whose time is then that of the checkout. */
export async function isTracked(path: string): Promise<boolean> {
  return ((await line(dirname(path), ['ls-files', '--', basename(path)])) ?? '') !== '';
}

/** Why git names no commit for a folder, and what mends it. */
export async function noCommitBecause(folder: string): Promise<{ readonly because: string; readonly next: string }> {
  const said = await git(folder, ['rev-parse', '--verify', 'HEAD^{commit}']).then(
    () => git(folder, ['rev-parse', '--show-toplevel']).then(() => '', messageOf),
    messageOf,
  );
  if (said.includes('ENOENT')) return { because: 'git is not installed', next: 'Install git, and put it on the PATH.' };
  if (said.includes('dubious ownership'))
    return {
      because: `${folder} belongs to another user, so git does not read it`,
      next: `Run as its owner, or "git config --global --add safe.directory ${folder}".`,
    };
  if (said.includes('not a git repository'))
    return {
      because: `${folder} is in no git repository`,
      next: 'Run "git init", and commit what is to be decided about.',
    };
  if (said.includes('work tree'))
    return { because: `${folder} is a bare repository`, next: 'Decide in a checkout of it.' };
  return { because: `the repository of ${folder} has no commit`, next: 'Commit what is to be decided about.' };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withoutCredentials(address: string): string {
  return address.replace(/^([\w+.-]+:\/\/)[^/]*@/, '$1').replace(/\.git$/, '');
}

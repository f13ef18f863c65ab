import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { LaunchgateError } from '../model/errors.ts';

const run = promisify(execFile);

/** Longest answer read from git: the contents of a large repository's tracked text. */
const MAX_BUFFER = 512 * 1024 * 1024;

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

/**
 * Reads the state of the git work tree that holds a folder; `undefined` when there is none or no commit. Hooks, pagers, file
 * system monitors and lazy fetches of the repository's own configuration are turned off.
 */
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

/**
 * Addresses of all who wrote a commit and what it brings that the reviewed commits did not hold; `undefined` where a shallow clone was
 * cut off within that. A reviewed commit that the repository does not have narrows nothing.
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
  return [...new Set([...(await authorsOf(folder, commit)), ...since])];
}

/** A merge says who merged, not who wrote; a squashed commit names the others in its trailers. */
async function authorsOf(folder: string, commit: string): Promise<string[]> {
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

/**
 * Writes the files of a commit below a folder's path into an empty directory: the blobs as they were committed, no filters, no
 * hooks. Links come last, so that nothing is written through one; whoever reads the directory judges where they lead, as in a work
 * tree. Answers the paths of what the directory cannot hold as it was meant: links that lead out of it, and submodules.
 */
export async function materialize(folder: string, commit: string, into: string): Promise<string[]> {
  const listing = await git(folder, ['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...(await prefixOf(folder))]);
  const prefix = (await prefixOf(folder))[0] ?? '';
  const entries = listing.split('\0').filter(Boolean).map(parseEntry);
  const blobs = entries.filter((entry) => entry.mode !== SUBMODULE);
  const contents = await catFiles(
    folder,
    blobs.map((entry) => entry.object),
  );
  const written = blobs.map(({ mode, path }, index) => ({
    isLink: mode === LINK,
    path: path.slice(prefix.length),
    file: confined(into, path.slice(prefix.length)),
    content: contents[index] ?? new Uint8Array(),
  }));
  for (const { file, content } of written.filter(({ isLink }) => !isLink)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const links = written.filter(({ isLink }) => isLink);
  for (const { file } of links) mkdirSync(dirname(file), { recursive: true });
  for (const { file, content } of links) symlinkSync(targetOf(content), file);
  const outward = links.filter(
    ({ file, content }) => !resolve(dirname(file), targetOf(content)).startsWith(`${into}/`),
  );
  const submodules = entries.filter((entry) => entry.mode === SUBMODULE);
  return [...outward.map(({ path }) => path), ...submodules.map(({ path }) => path.slice(prefix.length))];
}

const LINK = '120000';
const SUBMODULE = '160000';

function targetOf(link: Uint8Array): string {
  const target = Buffer.from(link).toString('utf8');
  if (!target.includes('\0')) return target;
  throw new LaunchgateError('input-hostile', 'the commit holds a link to a name that no file can have');
}

/** A tree object can hold any name; only those that stay inside the target are written. */
function confined(into: string, path: string): string {
  const file = join(into, path);
  if (file.startsWith(`${into}/`) && !path.split('/').includes('.git')) return file;
  throw new LaunchgateError(
    'input-hostile',
    `the commit holds the path ${JSON.stringify(path)}, which leaves its folder`,
  );
}

/** The path from the top of the work tree to the folder, as git names it, with a slash; empty at the top. */
async function prefixOf(folder: string): Promise<string[]> {
  const prefix = await line(folder, ['rev-parse', '--show-prefix']);
  return prefix === undefined || prefix === '' ? [] : [prefix];
}

function parseEntry(entry: string): { mode: string; object: string; path: string } {
  const tab = entry.indexOf('\t');
  const [mode = '', , object = ''] = entry.slice(0, tab).split(' ');
  return { mode, object, path: entry.slice(tab + 1) };
}

async function catFiles(folder: string, objects: readonly string[]): Promise<Uint8Array[]> {
  if (objects.length === 0) return [];
  const child = execFile('git', [...SAFE, 'cat-file', '--batch'], {
    cwd: folder,
    env: environment(),
    encoding: 'buffer',
    maxBuffer: MAX_BUFFER,
  });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((done, failed) => child.once('error', failed).once('close', () => done()));
  child.stdin?.end(`${objects.join('\n')}\n`);
  await ended;
  return splitBatch(Buffer.concat(chunks), objects);
}

/** `<object> SP blob SP <size> LF <contents> LF`, one after another. https://git-scm.com/docs/git-cat-file */
function splitBatch(output: Buffer, objects: readonly string[]): Uint8Array[] {
  let offset = 0;
  return objects.map((object) => {
    const lineEnd = output.indexOf(0x0a, offset);
    const [name, type, size] = output.toString('utf8', offset, lineEnd).split(' ');
    if (name !== object || type !== 'blob')
      throw new LaunchgateError('input-unreadable', `git has no blob ${object}`, {
        next: 'Run "git fsck" on the repository.',
      });
    const start = lineEnd + 1;
    offset = start + Number(size) + 1;
    return output.subarray(start, offset - 1);
  });
}

const SAFE = [
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.pager=cat',
  '-c',
  'log.showSignature=false',
  '-c',
  'protocol.allow=never',
  '--no-optional-locks',
  '--literal-pathspecs',
];

async function git(folder: string, args: readonly string[]): Promise<string> {
  const safe = args.includes(':!.launchgate') ? SAFE.filter((flag) => flag !== '--literal-pathspecs') : SAFE;
  try {
    const options = { cwd: folder, env: environment(), maxBuffer: MAX_BUFFER, timeout: TIMEOUT_MS };
    const { stdout } = await run('git', [...safe, ...args], options);
    return stdout;
  } catch (cause) {
    throw new LaunchgateError('input-unreadable', `git ${args[0]} failed in ${folder}: ${faultOf(cause)}`, {
      cause,
      next: 'Run "git fsck" on the repository, and look at its permissions.',
    });
  }
}

const TIMEOUT_MS = 60_000;

/** What git said last before it gave up, or what kept it from saying anything. */
function faultOf(cause: unknown): string {
  const { stderr = '', killed, message } = cause as { stderr?: string; killed?: boolean; message: string };
  if (killed === true) return `it took longer than ${TIMEOUT_MS / 1000} s`;
  const lines = stderr.split('\n').filter(Boolean);
  return lines.find((one) => one.startsWith('fatal:')) ?? lines[0] ?? message.split('\n')[0] ?? '';
}

/** The first line of an answer, or `undefined` when git has none. */
async function line(folder: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await git(folder, args)).split('\n')[0];
  } catch {
    return undefined;
  }
}

function environment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
  };
}

function withoutCredentials(address: string): string {
  return address.replace(/^([\w+.-]+:\/\/)[^/]*@/, '$1').replace(/\.git$/, '');
}

/** git, run so that nothing of what a repository configures is executed. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LaunchgateError } from '../../model/errors.ts';

const run = promisify(execFile);

/** Longest answer read from git: the contents of a large repository's tracked text. */
const MAX_BUFFER = 512 * 1024 * 1024;

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

/** What git answers. Hooks, pagers, file system monitors and lazy fetches of the repository's own configuration are turned off. */
export async function git(folder: string, args: readonly string[]): Promise<string> {
  const safe = args.includes(':!.launchgate') ? SAFE.filter((flag) => flag !== '--literal-pathspecs') : SAFE;
  try {
    const options = { cwd: folder, env: gitEnvironment(), maxBuffer: MAX_BUFFER, timeout: TIMEOUT_MS };
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
export async function line(folder: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await git(folder, args)).split('\n')[0];
  } catch {
    return undefined;
  }
}

/** What git is told: nothing of `GIT_DIR` and the like, which whoever runs in a hook has for another repository. */
export function gitEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
  };
}

/** The contents of blobs, in the order in which they are asked for. */
export async function catFiles(folder: string, objects: readonly string[]): Promise<Uint8Array[]> {
  if (objects.length === 0) return [];
  const child = execFile('git', [...SAFE, 'cat-file', '--batch'], {
    cwd: folder,
    env: gitEnvironment(),
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

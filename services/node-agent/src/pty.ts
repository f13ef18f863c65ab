/**
 * A pseudo-terminal as bytes in and out. Of node-pty its native half alone is used, the one that forks. Its stream takes new memory for each read, which is
 * what the garbage collector then works for, does not say how much input the terminal has not taken yet, and loses the tail of a shell that ends unread.
 */
import { ReadStream } from 'node:tty';
import { requireBinary } from '@lydell/node-pty/requireBinary.js';
import { createPtyInput, type PtyInput } from './pty-input.ts';

export interface Pty extends PtyInput {
  /** Process id of the shell: the leader of its own kernel session. */
  readonly pid: number;
  resize(cols: number, rows: number): void;
  pause(): void;
  resume(): void;
}

export interface PtyOptions {
  readonly shell: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Record<string, string>;
  readonly cols: number;
  readonly rows: number;
  /** Whose the shell is: both or neither. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** The bytes are of this call: their memory is read into again. */
  onData(bytes: Buffer): void;
  /** Input that the terminal has taken. */
  onTaken(bytes: Buffer): void;
  /** After the last byte was delivered. */
  onExit(code: number, signal: number): void;
}

const native = requireBinary('pty.node');

/**
 * What terminals are read into, one after the other. It is longer than what Linux gives at a time, 4095 bytes: a read that fills its memory is followed by
 * another at once, which comes before the kernel has more and sleeps until then.
 */
const memory = Buffer.allocUnsafeSlow(65_536);
/** A child of the shell may keep the terminal open for ever; so long after its last byte the exit counts. Milliseconds. */
const QUIET = 200;
/** To `fork`: the account of the agent. */
const OWN = -1;

/** What begins every shell, and becomes it. */
export const BASH = '/bin/bash';
/**
 * node-pty leaves the other end of every other terminal open in what it forks. A shell could read there what others are shown, type what they never typed,
 * and keep their shells from ending with the agent. Of what is open, the terminal alone is for the shell.
 */
const CLOSE_THE_REST = `
[[ -d /proc/self/fd ]] || { echo 'Without /proc no shell is begun.' >&2; exit 126; }
for fd in /proc/self/fd/*; do fd=\${fd##*/}; ((fd > 2)) && eval "exec $fd>&-"; done
exec "$@"`;

/** Throws when the shell cannot be started, or would be of another account than was asked for. */
export function openPty(options: PtyOptions): Pty {
  const { shell, args, cwd, cols, rows, uid = OWN, gid = OWN } = options;
  // node-pty takes on an account only where it is given both, and otherwise quietly stays what the agent is: root, say.
  if ((uid === OWN) !== (gid === OWN))
    throw new TypeError('a shell has a user and a group, or neither: one of uid and gid is missing');
  const environment = Object.entries({ ...options.environment, PWD: cwd });
  const variables = environment.map(([name, value]) => `${name}=${value}`);
  const begin = ['--noprofile', '--norc', '-c', CLOSE_THE_REST, BASH, shell, ...args];
  let exit: [code: number, signal: number] | undefined;
  let quiet: NodeJS.Timeout | undefined;
  const { fd, pid } = withoutGroups(options.gid, () =>
    native.fork(BASH, begin, variables, cwd, cols, rows, uid, gid, true, '', (...status) => {
      exit = status;
      if (stream.closed) options.onExit(...exit);
      else wait();
    }),
  );
  const callback = (length: number) => {
    if (exit !== undefined) wait();
    options.onData(memory.subarray(0, length));
    return true;
  };
  const stream: ReadStream = new ReadStream(fd, { onread: { buffer: memory, callback } });
  // What node-pty forks with is non-blocking.
  const input = createPtyInput(fd, () => !stream.destroyed, options.onTaken);

  /** For more, once the shell has ended. What is paused may have any amount of it. */
  function wait(): void {
    clearTimeout(quiet);
    quiet = setTimeout(() => stream.isPaused() || stream.destroy(), QUIET);
  }

  // The end of a terminal is an error, EIO.
  stream.on('error', () => {});
  stream.on('close', () => {
    clearTimeout(quiet);
    if (exit !== undefined) options.onExit(...exit);
  });
  stream.resume();
  return {
    pid,
    get unwritten() {
      return input.unwritten;
    },
    write: input.write,
    discard: input.discard,
    resize(toCols, toRows) {
      // The terminal's file is gone once the shell has ended; a resize on its way then is of no interest.
      if (!stream.destroyed) native.resize(fd, toCols, toRows);
    },
    pause: () => void stream.pause(),
    resume() {
      stream.resume();
      if (exit !== undefined) wait();
    },
  };
}

/**
 * node-pty changes user and group and leaves the supplementary groups as they are; those of root ("disk", "adm") are not for users. A process
 * has the groups that its parent has at the moment of the fork, which is synchronous.
 */
function withoutGroups<T>(gid: number | undefined, fork: () => T): T {
  if (gid === undefined || process.getuid?.() !== 0) return fork();
  const own = process.getgroups?.() ?? [];
  process.setgroups?.([gid]);
  try {
    return fork();
  } finally {
    process.setgroups?.(own);
  }
}

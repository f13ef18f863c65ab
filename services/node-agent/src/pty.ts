/**
 * A pseudo-terminal as bytes in and out. node-pty's stream is reached into at one place, here, for two things it does not offer:
 * how much input the terminal has not taken yet, and not losing the tail of a shell that ends while its output is paused
 * (node-pty destroys the stream 200 ms after the exit, read or not).
 */
import type { Socket } from 'node:net';
import { spawn } from '@lydell/node-pty';

export interface Pty {
  /** Process id of the shell: the leader of its own kernel session. */
  readonly pid: number;
  /** Input bytes that were written and not yet taken by the terminal. */
  readonly unwritten: number;
  /** Calls back when the terminal has taken these bytes. */
  write(bytes: Uint8Array, taken: () => void): void;
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
  onData(bytes: Buffer): void;
  /** After the last byte was delivered. */
  onExit(code: number, signal: number): void;
}

/** A child of the shell may keep the terminal open for ever; so long after its last byte the exit counts. Milliseconds. */
const QUIET = 200;

/** Throws when the shell cannot be started, or would be of another account than was asked for. */
export function openPty(options: PtyOptions): Pty {
  // node-pty takes on an account only where it is given both, and otherwise quietly stays what the agent is: root, say.
  if ((options.uid === undefined) !== (options.gid === undefined))
    throw new TypeError('a shell has a user and a group, or neither: one of uid and gid is missing');
  const terminal = withoutGroups(options.gid, () =>
    spawn(options.shell, [...options.args], {
      name: 'xterm-256color',
      cols: options.cols,
      rows: options.rows,
      cwd: options.cwd,
      env: options.environment,
      encoding: null,
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    }),
  );
  // oxlint-disable-next-line no-underscore-dangle -- see the top of the file
  const stream = (terminal as unknown as { _socket: Socket })._socket;
  const tail = keepTail(stream);
  // With `encoding: null` node-pty delivers buffers, which its types do not say.
  terminal.onData((bytes) => (tail.touch(), options.onData(bytes as unknown as Buffer)));
  terminal.onExit(({ exitCode, signal }) => options.onExit(exitCode, signal ?? 0));
  return {
    pid: terminal.pid,
    get unwritten() {
      return stream.writableLength;
    },
    write: (bytes, taken) => void stream.write(bytes, taken),
    resize(cols, rows) {
      // The terminal's file is gone once the shell has ended; a resize on its way then is of no interest.
      if (!stream.destroyed) terminal.resize(cols, rows);
    },
    pause: () => terminal.pause(),
    resume: () => (terminal.resume(), tail.resumed()),
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

/** Makes a destroy that comes while the stream is paused wait until the stream has been read. */
function keepTail(stream: Socket): { touch(): void; resumed(): void } {
  const destroy = stream.destroy.bind(stream);
  let due = false;
  let timer: NodeJS.Timeout | undefined;
  const finish = () => {
    if (!stream.isPaused()) destroy();
  };
  stream.destroy = (error?: Error) => {
    if (error !== undefined || stream.readableEnded || !stream.isPaused()) return destroy(error);
    due = true;
    return stream;
  };
  const wait = () => {
    if (!due) return;
    clearTimeout(timer);
    timer = setTimeout(finish, QUIET);
  };
  return { touch: wait, resumed: wait };
}

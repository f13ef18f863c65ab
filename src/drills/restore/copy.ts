/** A server that a run starts beside the target: a folder of its own, its process, and the promise that both go with the run. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LaunchgateError } from '../../model/errors.ts';
import { baseEnvironment } from '../lab/run/launch.ts';
import { needProgram } from '../lab/run/programs.ts';
import { ownerFor } from '../lab/run/users.ts';
import { makeFolder, writeOwned } from '../lab/trust/mount.ts';
import type { Use } from '../target.ts';
import { RUN_MARK } from '../undo/end-processes.ts';
import { mustRun, run, type CommandOptions, type Said } from './command.ts';

const POLL_MS = 10;
const LAST_LINES = 12;
/** A copy that replays a day of logs takes long; what bounds it is the time of the step. */
const READY_MS = 600_000;

export interface Copy {
  readonly folder: string;
  readonly user: string | undefined;
  readonly signal: AbortSignal;
  /** Writes a file below the folder, for its user alone, and answers its path. */
  write(path: string, content: string | Uint8Array): string;
  /** Makes a folder below the folder, for its user alone, and answers its path. */
  make(path: string): string;
  run(file: string, args: readonly string[], options?: Partial<CommandOptions>): Promise<Said>;
  mustRun(file: string, args: readonly string[], options?: Partial<CommandOptions>): Promise<string>;
  /** Starts a server and waits until `ready` no longer throws. Rejects with its last words when it ends before. */
  start(file: string, args: readonly string[], ready: () => Promise<void>): Promise<void>;
  /** Asks the server to end in order, and waits. */
  stop(signal: NodeJS.Signals): Promise<void>;
  /** Ends what runs in it and removes it. */
  remove(): Promise<void>;
}

/** Makes an empty place in the run's scratch. `user` is who its server runs as where the caller is root. */
export async function openCopy(
  { scratch, undo, signal, run: id }: Use,
  name: string,
  user: string | undefined,
): Promise<Copy> {
  const folder = join(scratch, `${name}-${randomBytes(3).toString('hex')}`);
  const noted = await undo.before({ kind: 'remove-copy', data: { folder } });
  const owner = ownerFor(user);
  makeFolder(folder, owner);
  const env = { [RUN_MARK]: id };
  const log = join(folder, 'server.log');
  let server: ChildProcess | undefined;
  const options = (more: Partial<CommandOptions> = {}): CommandOptions => ({
    cwd: folder,
    user,
    signal,
    ...more,
    env: { ...env, ...more.env },
  });
  return {
    folder,
    user,
    signal,
    write: (path, content) => {
      const file = join(folder, path);
      writeOwned(file, content, 0o600, owner);
      return file;
    },
    make: (path) => {
      makeFolder(join(folder, path), owner);
      return join(folder, path);
    },
    run: (file, args, more) => run(file, args, options(more)),
    mustRun: (file, args, more) => mustRun(file, args, options(more)),
    async start(file, args, ready) {
      const output = openSync(log, 'a', 0o600);
      server = spawn(needProgram(file), args, {
        cwd: folder,
        detached: true,
        stdio: ['ignore', output, output],
        env: { ...baseEnvironment(folder), ...env },
        ...owner,
      });
      closeSync(output);
      server.unref();
      await untilReady(server, ready, signal, basename(file), log);
    },
    async stop(how) {
      if (server === undefined || hasEnded(server)) return;
      const gone = once(server, 'exit');
      server.ref();
      server.kill(how);
      await gone;
    },
    remove: () => noted.now(),
  };
}

async function untilReady(
  server: ChildProcess,
  ready: () => Promise<void>,
  signal: AbortSignal,
  name: string,
  log: string,
): Promise<void> {
  let failure: Error | undefined;
  server.once('error', (error) => (failure = error));
  let last: unknown;
  for (const until = Date.now() + READY_MS; Date.now() < until; await sleep(POLL_MS)) {
    signal.throwIfAborted();
    if (failure !== undefined) throw failure;
    if (hasEnded(server))
      throw new LaunchgateError('lab-failed', `the restored ${name} ended before it was usable: ${lastLines(log)}`, {
        next: 'Mend what it says and run the drill again.',
      });
    try {
      return await ready();
    } catch (error) {
      last = error;
    }
  }
  throw new LaunchgateError('lab-failed', `the restored ${name} was not usable after ${READY_MS / 1000} s`, {
    cause: last,
  });
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function lastLines(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join(' | ');
}

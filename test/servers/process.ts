/** Real servers as child processes of a test: started on a free port of loopback, in a folder of their own, gone with the test. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.ts';

export interface ServerProcess {
  readonly process: ChildProcess;
  readonly folder: string;
  /** What the server has written so far, for the message of a start that failed. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A folder under /tmp; with `user` it belongs to that system user, as servers that refuse root want it. */
export function serverFolder(prefix: string, user?: string): string {
  const folder = mkdtempSync(join(tmpdir(), `launchgate-${prefix}-`));
  const owner = user === undefined ? undefined : identity(user);
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  return folder;
}

/** The ids to drop to when the test runs as root; undefined when it does not, since then the server runs as the tester. */
export function identity(user: string): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export function startProcess(
  folder: string,
  command: string,
  args: readonly string[],
  { user, env, stopSignal = 'SIGTERM' }: { user?: string; env?: NodeJS.ProcessEnv; stopSignal?: NodeJS.Signals } = {},
): ServerProcess {
  const child = spawn(command, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(user === undefined ? {} : identity(user)),
  });
  let written = '';
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (written = (written + chunk.toString()).slice(-20_000)));
  const kill = () => child.kill('SIGKILL');
  const spare = atExit(kill);
  return {
    process: child,
    folder,
    output: () => written,
    signal: (name) => void child.kill(name),
    async stop() {
      child.kill('SIGCONT');
      child.kill(stopSignal);
      const timer = setTimeout(kill, 5000);
      await gone;
      clearTimeout(timer);
      spare();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until `ask` no longer throws; fails with the server's own words after `seconds` or when it has died. */
export async function untilReady(server: ServerProcess, ask: () => Promise<unknown>, seconds = 60): Promise<void> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    try {
      await ask();
      return;
    } catch (cause) {
      if (server.process.exitCode !== null || Date.now() > until)
        throw new Error(`the server did not start:\n${server.output()}`, { cause });
      await sleep(50);
    }
  }
}

/** Resolves once something accepts a TCP connection on the port. */
export function accepts(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve()));
    socket.once('error', reject);
  });
}

/** A service as the process that it is in production: its own environment, its own exit code, its log lines. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atExit } from '../servers/at-exit.ts';
import { freePort } from '../servers/process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Program {
  readonly process: ChildProcess;
  readonly health: string;
  readonly metrics: string;
  /** Parsed lines of its log, oldest first. */
  readonly lines: Record<string, unknown>[];
  readonly output: () => string;
  readonly exit: Promise<number | NodeJS.Signals | null>;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | NodeJS.Signals | null>;
}

export async function startProgram(
  service: string,
  env: Record<string, string>,
  args: readonly string[] = [],
): Promise<Program> {
  const [health, metrics] = await Promise.all([freePort(), freePort()]);
  const child = spawn(
    process.execPath,
    ['--conditions=launchgate-source', `services/${service}/src/main.ts`, ...args],
    {
      cwd: root,
      env: {
        PATH: process.env['PATH'],
        HEALTH_ADDR: `127.0.0.1:${health}`,
        METRICS_ADDR: `127.0.0.1:${metrics}`,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let written = '';
  let partial = '';
  const lines: Record<string, unknown>[] = [];
  child.stderr.on('data', (chunk: Buffer) => (written += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    written += chunk.toString();
    const parts = (partial + chunk.toString()).split('\n');
    partial = parts.pop() ?? '';
    for (const part of parts) if (part.startsWith('{')) lines.push(JSON.parse(part) as Record<string, unknown>);
  });
  const exit = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  );
  const kill = () => child.kill('SIGKILL');
  void exit.then(atExit(kill));
  return {
    process: child,
    health: `http://127.0.0.1:${health}`,
    metrics: `http://127.0.0.1:${metrics}/metrics`,
    lines,
    output: () => written,
    exit,
    async stop() {
      child.kill('SIGTERM');
      return exit;
    },
  };
}

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../lab/run/programs.ts';

/** Ends the watchdog in peace: by then the journal is closed, or what is left is its to do. */
export interface Watchdog {
  release(): void;
}

/** What an undo may need to find things where the run found them: programs, the user's own settings, scratch files, the API of the cluster that it runs in. */
const SHARED = ['PATH', 'HOME', 'TMPDIR', 'KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'];

/**
 * Starts the watchdog of a run, in a session of its own: what ends the run, a closed terminal or a signal to its group, does not reach it.
 * Resolves once it stands.
 */
export async function startWatchdog(folder: string, run: string): Promise<Watchdog> {
  const log = openSync(join(folder, 'watchdog.log'), 'a', 0o600);
  const source = import.meta.filename.endsWith('.ts');
  const program = source ? join(import.meta.dirname, 'main.ts') : join(packageRoot(), 'dist', 'watchdog.js');
  const conditions = source ? ['--conditions=launchgate-source'] : [];
  const child = spawn(process.execPath, [...conditions, program, folder, run], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', log, log],
    env: { ...Object.fromEntries(SHARED.map((name) => [name, process.env[name]])), LANG: 'C.UTF-8' },
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
  const { stdin } = child;
  // A watchdog that was killed is no reason to end the run, whose own undo is the first line.
  stdin?.on('error', () => undefined);
  return { release: () => void stdin?.end() };
}

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LaunchgateError } from '../model/errors.ts';

/** A folder for the time being, below the system's own for such. */
export interface Scratch {
  /** Without symbolic links in it. */
  readonly path: string;
  dispose(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const open = new Set<string>();

/** Makes a folder below the system's own for such, which stays. */
export function makeTemporary(name: string): string {
  try {
    return mkdtempSync(join(tmpdir(), `launchgate-${name}-`));
  } catch (error) {
    const [because] = (error as Error).message.split(', mkdtemp');
    throw new LaunchgateError('usage', `no folder can be made in ${tmpdir()}: ${because}`, {
      next: 'Let TMPDIR name a folder that exists and may be written to, or unset it.',
    });
  }
}

/** Makes a folder that goes away with `dispose`, or with the process: what it holds of a repository is not left to others. */
export function makeScratch(name: string): Scratch {
  const path = realpathSync(makeTemporary(name));
  if (open.size === 0) watch();
  open.add(path);
  return {
    path,
    dispose: () => {
      rmSync(path, { recursive: true, force: true });
      if (open.delete(path) && open.size === 0) unwatch();
    },
  };
}

function watch(): void {
  process.on('exit', removeAll);
  for (const name of SIGNALS) process.on(name, endBy);
}

function unwatch(): void {
  process.off('exit', removeAll);
  for (const name of SIGNALS) process.off(name, endBy);
}

/** Ends as the signal would have ended the process, unless somebody else is listening, who then disposes of what is open. */
function endBy(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  removeAll();
  unwatch();
  process.kill(process.pid, signal);
}

function removeAll(): void {
  for (const path of open) rmSync(path, { recursive: true, force: true });
  open.clear();
}

/** Commands that end: run as a part's user, with nothing of the caller's environment. */
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { LaunchgateError } from '../../../model/errors.ts';
import type { Lab } from '../part.ts';
import { baseEnvironment } from './launch.ts';
import { MARK } from './owned.ts';
import { needProgram } from './programs.ts';
import { ownerFor } from './users.ts';

/** Enough of what a command says to tell why it failed. */
const MOST_OUTPUT = 8192;

export interface RunOptions {
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly input?: string;
}

/** Answers what the command wrote to stdout and stderr. Rejects with it when the command fails, and when the signal is given. */
export async function runAs(
  lab: Lab,
  user: string | undefined,
  file: string,
  args: readonly string[],
  { cwd, signal, input }: RunOptions,
): Promise<string> {
  const child = spawn(needProgram(file), args, {
    cwd,
    signal,
    killSignal: 'SIGKILL',
    env: { ...baseEnvironment(cwd), [MARK]: lab.id },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...ownerFor(user),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-MOST_OUTPUT)));
  // A command that ends without reading its input is judged by its exit status.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const status = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, name) => resolve(name ?? code));
  });
  if (status === 0) return said;
  throw new LaunchgateError('lab-failed', `${basename(file)} failed (${status}): ${said.trim()}`, {
    next: 'Mend what it says and run the command again.',
  });
}

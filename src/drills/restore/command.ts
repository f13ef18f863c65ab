/** Commands of backup tools. They are judged by what they did, so their exit status is an answer among others. */
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LaunchgateError } from '../../model/errors.ts';
import { baseEnvironment } from '../lab/run/launch.ts';
import { needProgram } from '../lab/run/programs.ts';
import { ownerFor } from '../lab/run/users.ts';

/** More than any tool says of a backup; what is beyond it is not kept. */
const MOST_OUTPUT = 4 * 1024 * 1024;

export interface CommandOptions {
  readonly cwd: string;
  /** System user to run as, where the caller is root. */
  readonly user: string | undefined;
  readonly signal: AbortSignal;
  /** Beside PATH, HOME and LANG. Secrets go here, never among the arguments. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Readable | string;
  /** Takes stdout instead of the answer. */
  readonly output?: Writable;
}

export interface Said {
  readonly status: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it and answers what it said, however it ended. */
export async function run(file: string, args: readonly string[], options: CommandOptions): Promise<Said> {
  const { cwd, user, signal, env, input = '', output } = options;
  const child = spawn(needProgram(file), args, {
    cwd,
    signal,
    killSignal: 'SIGKILL',
    env: { ...baseEnvironment(cwd), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...ownerFor(user),
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, name) => resolve(name ?? code));
  });
  const stderr = collect(child.stderr);
  const stdout = output === undefined ? collect(child.stdout) : () => '';
  // One that ends without reading its input is judged by what it says.
  child.stdin.on('error', () => undefined);
  const flows = [
    ...(typeof input === 'string' ? [] : [pipeline(input, child.stdin).catch(unlessClosed)]),
    ...(output === undefined ? [] : [pipeline(child.stdout, output)]),
  ];
  if (typeof input === 'string') child.stdin.end(input);
  const [status] = await Promise.all([ended, ...flows]);
  return { status, stdout: stdout(), stderr: stderr() };
}

/** Runs it and answers its stdout. Rejects with its words when it fails. */
export async function mustRun(file: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const said = await run(file, args, options);
  if (said.status === 0) return said.stdout;
  throw toolFailed(file, said);
}

export function toolFailed(file: string, { status, stdout, stderr }: Said): LaunchgateError {
  const words = `${stderr.trim()}\n${stdout.trim()}`.trim().slice(-2000);
  return new LaunchgateError('lab-failed', `${basename(file)} failed (${status}): ${words}`, {
    next: 'Mend what it says and run the drill again.',
  });
}

function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    if (length < MOST_OUTPUT) chunks.push(chunk);
    length += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function unlessClosed(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'EPIPE' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}

/**
 * Runs a program without a shell, in a session of its own. Given up, it ends with everything that it has started. What it leaves behind when it
 * ends by itself carries the mark of the run, and ends with that.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { CannotTell } from '../../model/drill/drill.ts';
import { allProcesses } from '../lab/run/proc.ts';
import { endProcess } from '../lab/run/stop.ts';
import { RUN_MARK } from '../undo/end-processes.ts';

/** From being asked to end until being killed. */
const GRACE_MS = 1000;
/** What is started while others are ended is seen in the next round; what does not end even so is left to the end of the run. */
const ROUNDS = 5;
const MOST_BYTES = 1024 * 1024;

interface Program {
  readonly argv: readonly string[];
  /** Where it runs; a relative path of its file is of this folder, too. */
  readonly folder: string;
  /** Id of the run that it is a part of. */
  readonly run: string | undefined;
  readonly signal: AbortSignal;
}

/** How it ended by itself. */
interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const leaving = new Set<Promise<void>>();

/** Resolves once nothing is left of the programs that were given up by then. */
export async function nothingGivenUpRuns(): Promise<void> {
  await Promise.all(leaving);
}

/** Rejects with CannotTell where it does not end with a status. Aborted, it rejects with the signal's reason once nothing of it is left. */
export async function runProgram(program: Program): Promise<Ended> {
  const { argv, signal } = program;
  signal.throwIfAborted();
  const child = start(program);
  const given = new AbortController();
  const giveUp = (because: unknown): void => given.abort(because);
  const aborted = (): void => giveUp(signal.reason);
  const tooMuch = (): void => giveUp(new CannotTell(`${argv[0]} prints more than ${MOST_BYTES} bytes`));
  signal.addEventListener('abort', aborted, { once: true });
  const [stdout, stderr] = [textOf(child.stdout, tooMuch), textOf(child.stderr, tooMuch)];
  try {
    const code = await endOf(child, program, given.signal);
    return { code, stdout: stdout(), stderr: stderr() };
  } finally {
    signal.removeEventListener('abort', aborted);
  }
}

/** Its status, once it has ended and nobody holds its output any more; or why it was given up, once nothing of it is left. */
function endOf(child: Child, program: Program, given: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const givenUp = async (): Promise<void> => {
      await leave(child);
      child.stdout.destroy();
      child.stderr.destroy();
      reject(given.reason as Error);
    };
    given.addEventListener('abort', () => void givenUp(), { once: true });
    child.once('error', (cause) => reject(notRun(program, cause)));
    child.once('close', (code, by) => {
      if (given.aborted) return;
      if (code === null) reject(new CannotTell(`${program.argv[0]} was ended by ${by}`));
      else resolve(code);
    });
  });
}

type Child = ReturnType<typeof start>;

function start(program: Program) {
  const { argv, folder, run } = program;
  const [file = '', ...args] = argv;
  const env = run === undefined ? process.env : { ...process.env, [RUN_MARK]: run };
  try {
    return spawn(file, args, { cwd: folder, detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (cause) {
    throw notRun(program, cause);
  }
}

function notRun({ argv: [name], folder }: Program, cause: unknown): CannotTell {
  const message = cause instanceof Error ? cause.message : String(cause);
  const because = existsSync(folder) ? message : `there is no folder ${folder}`;
  return new CannotTell(`${name} could not be run: ${because}`, { cause });
}

/** What a stream has told so far. */
function textOf(stream: NodeJS.ReadableStream, tooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
    else if (bytes - chunk.length <= MOST_BYTES) tooMuch();
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function leave({ pid }: ChildProcess): Promise<void> {
  const ended = (pid === undefined ? Promise.resolve() : endSession(pid)).finally(() => leaving.delete(ended));
  leaving.add(ended);
  return ended;
}

/** A process that may not be signalled is left to `end-processes`, which says so. */
async function endSession(leader: number): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const left = allProcesses().filter(({ session }) => session === leader);
    if (left.length === 0) return;
    await Promise.allSettled(left.map((id) => endProcess(id, 'SIGTERM', GRACE_MS)));
  }
}

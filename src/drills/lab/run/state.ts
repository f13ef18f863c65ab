/** What the lab remembers on disk, so that another process can find, judge and end what this one has started. */
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LaunchgateError } from '../../../model/errors.ts';
import { bootId, parseStat, type ProcessId } from './proc.ts';
import { parseJson } from '../../../model/json.ts';

const partState = z.object({
  /** `starting` is written before the process is made. */
  phase: z.enum(['planned', 'starting', 'ready', 'done', 'failed', 'stopped']),
  ports: z.record(z.string(), z.int()),
  once: z.boolean(),
  /** The part's `needs` and `stop`, so that the lab can be taken down without the spec it came from. */
  needs: z.array(z.string()),
  stop: z.object({ signal: z.string().regex(/^SIG[A-Z0-9]+$/), timeoutMs: z.int().positive() }),
  /** Times that it was started again after its first start. */
  restarts: z.int().nonnegative(),
  /** The executable, to know strays by. */
  file: z.string().optional(),
});

const labState = z.object({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{8}$/),
  bootId: z.string(),
  phase: z.enum(['starting', 'up', 'stopping', 'kept']),
  startedAt: z.iso.datetime(),
  /** Path of the spec that it was started from. */
  spec: z.string(),
  /** Short-lived folder for sockets, whose paths may have 107 bytes only, and for data that others could not reach here. */
  scratch: z.string(),
  /** Where the folders of the parts are. */
  parts: z.record(z.string(), partState),
  partsFolder: z.string(),
  host: z.string(),
  replicas: z.record(z.string(), z.int()),
  off: z.record(z.string(), z.array(z.string())),
  /** Each part is in a network namespace of its own. */
  segmented: z.boolean().default(false),
  /** Debian packages that were missing at the start. */
  missing: z.array(z.string()),
});

export type LabState = z.infer<typeof labState>;
export type PartState = z.infer<typeof partState>;

const STATE = 'state.json';

/** The state of the lab in a folder; `undefined` where there is none. Throws for one that cannot be read. */
export function readState(directory: string): LabState | undefined {
  const path = join(directory, STATE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = labState.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new LaunchgateError('input-unreadable', `${path}: it is no state of a lab that this version knows`, {
    next: 'Run "launchgate lab down" with the version that wrote it, or end its processes by hand and remove the folder.',
    cause: parsed.error,
  });
}

/**
 * Replaces the state at once: a reader finds the old or the new one, also when this process is killed in the middle. It is not synced to
 * the disk: what it tells of does not outlive the machine either.
 */
export function writeState(directory: string, state: LabState): void {
  const temporary = join(directory, `.${STATE}.${randomBytes(4).toString('hex')}`);
  try {
    // All of it, or it throws: a full disk takes a part, and half a state would name no process any more.
    writeFileSync(temporary, `${JSON.stringify(state, undefined, 2)}\n`, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, join(directory, STATE));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** In a part's folder: the file in which its process writes who it is, before it becomes the server. */
export const RECORD = '.process';

/** Who runs, or ran, as the part; `undefined` when it never did, or in another boot of the machine. */
export function recordedProcess(state: LabState, part: string): ProcessId | undefined {
  if (state.bootId !== bootId()) return undefined;
  try {
    return parseStat(readFileSync(join(state.partsFolder, part, RECORD), 'utf8'));
  } catch {
    return undefined;
  }
}

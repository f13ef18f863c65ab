/** Ends processes: first as they want it, then as the kernel can. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownedProcesses } from './owned.ts';
import { runs, workingFolder, type ProcessId } from './proc.ts';
import { removeSegments } from './shared-memory.ts';
import { recordedProcess, type LabState } from './state.ts';

const POLL_MS = 20;
/** A killed process is gone as soon as the kernel has let go of its memory; longer means that it hangs in the kernel. */
const KILL_MS = 10_000;

/** Whether it ended by itself, had to be killed, or was not there. */
export type Ending = 'ended' | 'killed' | 'absent';

/** Asks the process to end, wakes it in case it was stopped, and kills it when it has not ended in time. */
export async function endProcess(
  id: ProcessId | undefined,
  signal: NodeJS.Signals,
  timeoutMs: number,
): Promise<Ending> {
  if (id === undefined || !runs(id)) return 'absent';
  send(id, signal);
  send(id, 'SIGCONT');
  if (await endsWithin(id, timeoutMs)) return 'ended';
  send(id, 'SIGKILL');
  await endsWithin(id, KILL_MS);
  return 'killed';
}

/** Ends all parts, each after those that need it. Answers how each of them ended. */
export async function endParts(state: LabState, onEnd: (part: string, how: Ending) => void): Promise<void> {
  const ended = new Map<string, Promise<void>>();
  await Promise.all(Object.keys(state.parts).map((part) => end(part)));

  function end(part: string): Promise<void> {
    const known = ended.get(part) ?? endAfterDependents(part);
    ended.set(part, known);
    return known;
  }

  async function endAfterDependents(part: string): Promise<void> {
    const dependents = Object.keys(state.parts).filter((other) => state.parts[other]!.needs.includes(part));
    await Promise.all(dependents.map(end));
    const { signal, timeoutMs } = state.parts[part]!.stop;
    onEnd(part, await endProcess(recordedProcess(state, part), signal as NodeJS.Signals, timeoutMs));
  }
}

export interface Killed {
  /** Processes that were left and had to be killed. */
  readonly strays: number;
  /** Those that do not end even so. */
  readonly left: readonly ProcessId[];
}

/**
 * Kills whatever is still there of the lab, children and strays, until there is nothing, and removes the shared memory that they leave.
 * `known` are processes that were the lab's before some of them ended.
 */
export async function killRest(
  directory: string,
  state: LabState,
  known: readonly ProcessId[] = ownedProcesses(directory, state),
): Promise<Killed> {
  const pids = new Set(known.map(({ pid }) => pid));
  for (const part of Object.keys(state.parts)) pids.add(recordedProcess(state, part)?.pid ?? 0);
  const killed = new Set<number>();
  for (const until = Date.now() + KILL_MS; ;) {
    const left = [...ownedProcesses(directory, state), ...known.filter(runs)];
    if (left.length === 0) removeSegments(state, pids);
    if (left.length === 0 || Date.now() > until) return { strays: killed.size, left };
    for (const id of left) {
      send(id, 'SIGKILL');
      killed.add(id.pid);
      pids.add(id.pid);
    }
    await sleep(POLL_MS);
  }
}

/**
 * Ends one part and everything that it has left behind, which would hold its ports and data: workers of a killed nginx, backends of a killed
 * PostgreSQL.
 */
export async function endPart(directory: string, state: LabState, part: string): Promise<Ending> {
  const id = recordedProcess(state, part);
  const { signal, timeoutMs } = state.parts[part]!.stop;
  const home = join(state.partsFolder, part);
  const its = ownedProcesses(directory, state).filter(
    ({ pid, session }) => session === id?.pid || isIn(home, workingFolder(pid)),
  );
  const how = await endProcess(id, signal as NodeJS.Signals, timeoutMs);
  await Promise.all(its.map((one) => endProcess(one, 'SIGKILL', KILL_MS)));
  removeSegments(state, new Set(its.map(({ pid }) => pid)));
  return how;
}

function isIn(home: string, folder: string | undefined): boolean {
  return folder === home || folder?.startsWith(`${home}/`) === true;
}

async function endsWithin(id: ProcessId, timeoutMs: number): Promise<boolean> {
  for (const until = Date.now() + timeoutMs; runs(id);) {
    if (Date.now() > until) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** The identity is asked again right before, so that no other process is hit that was given the pid since. */
function send(id: ProcessId, signal: NodeJS.Signals): void {
  if (!runs(id)) return;
  try {
    process.kill(id.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

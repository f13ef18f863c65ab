/** Ends processes: first as they want it, then as the kernel can. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ownedProcesses } from './owned.ts';
import { runs, type ProcessId } from './proc.ts';
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

/**
 * Kills whatever is still there of the lab, children and strays, until there is nothing; `known` are processes that were the lab's before.
 * Answers how many there were, and who would not go.
 */
export async function killRest(
  directory: string,
  state: LabState,
  known: readonly ProcessId[] = [],
): Promise<{ killed: number; left: ProcessId[] }> {
  const killed = new Set<number>();
  for (const until = Date.now() + KILL_MS; ;) {
    const left = [...ownedProcesses(directory, state), ...known.filter(runs)];
    if (left.length === 0 || Date.now() > until) return { killed: killed.size, left };
    for (const id of left) {
      send(id, 'SIGKILL');
      killed.add(id.pid);
    }
    await sleep(POLL_MS);
  }
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

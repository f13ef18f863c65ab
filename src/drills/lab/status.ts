/** `lab status`: what is noted, what the kernel says, and what each part answers when it is asked. */
import type { Lab, Part } from './part.ts';
import { processInfo, runs, uptimeSeconds } from './run/proc.ts';
import { recordedProcess, type LabState } from './run/state.ts';

/** A server that does not answer within this is not ready. */
const ASK_MS = 3000;

export interface PartStatus {
  readonly part: string;
  /** `done` is a command that ended well; `dead` a process that is not there although it should be. */
  readonly state: 'ready' | 'not-ready' | 'done' | 'dead';
  readonly pid: number | null;
  readonly ports: Readonly<Record<string, number>>;
  /** Seconds; null for what does not run. */
  readonly uptime: number | null;
  readonly restarts: number;
  /** Why it is not ready. */
  readonly because?: string;
}

/** Asks all parts at once. */
export async function status(lab: Lab, state: LabState, parts: readonly Part[]): Promise<PartStatus[]> {
  return Promise.all(parts.map((part) => statusOf(part, lab, state)));
}

async function statusOf(part: Part, lab: Lab, state: LabState): Promise<PartStatus> {
  const noted = state.parts[part.name];
  const id = recordedProcess(state, part.name);
  const base = { part: part.name, ports: noted?.ports ?? {}, restarts: noted?.restarts ?? 0 };
  if (id === undefined || !runs(id)) {
    const done = noted?.phase === 'done';
    const holder = processInfo(id?.pid ?? 0);
    // One that its parent has not noticed yet still holds its own.
    const because =
      holder === undefined || holder.startedAt === id?.startedAt
        ? 'its process has ended'
        : 'its process has ended; the pid is used by another one';
    return { ...base, state: done ? 'done' : 'dead', pid: null, uptime: null, ...(done ? {} : { because }) };
  }
  const alive = { ...base, pid: id.pid, uptime: Math.round(uptimeSeconds(id)) };
  try {
    await answer(part, lab);
    return { ...alive, state: 'ready' };
  } catch (error) {
    return { ...alive, state: 'not-ready', because: error instanceof Error ? error.message : String(error) };
  }
}

/** A client may not heed the signal; the question ends all the same. */
async function answer(part: Part, lab: Lab): Promise<void> {
  const signal = AbortSignal.timeout(ASK_MS);
  const timeout = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${ASK_MS / 1000} s`)), { once: true }),
  );
  await Promise.race([part.ready?.(lab, signal), timeout]);
}

/** The hypothesis: asked before anything is done, again and again meanwhile, and after everything is undone. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CapabilityName } from '../../model/drill/capabilities.ts';
import { NotThere, type Probe, type ProbeContext, type Tolerance } from '../../model/drill/drill.ts';
import type { ProbeAnswer } from '../../model/drill/record.ts';
import { within } from './within.ts';

/** Between two questions to a system that has not settled yet. */
const SETTLE_POLL_MS = 250;
const DEFAULT_SETTLE_MS = 30_000;

export interface Asking {
  /** Milliseconds since the run began. */
  now(): number;
  /** Aborted when the run halts. */
  readonly halted: AbortSignal;
  context(signal: AbortSignal): ProbeContext<CapabilityName>;
  answered(probe: Probe, answer: ProbeAnswer): void;
}

interface Asked {
  readonly answer: ProbeAnswer;
  /** The target cannot be asked this, now or later. */
  readonly never: boolean;
}

/**
 * Asks until the answer is within the tolerance, the target turns out to have nothing that could answer, or the time to settle is over; the last
 * answer decides.
 */
export async function settle(probe: Probe, asking: Asking): Promise<ProbeAnswer> {
  const end = asking.now() + (probe.settleMs ?? DEFAULT_SETTLE_MS);
  for (;;) {
    const { answer, never } = await ask(probe, asking);
    asking.answered(probe, answer);
    if (answer.met || never || asking.now() + SETTLE_POLL_MS >= end || asking.halted.aborted) return answer;
    await sleep(SETTLE_POLL_MS);
  }
}

/** One question, of the moment in which it is asked. What throws, hangs or answers no number is no answer. */
async function ask(probe: Probe, { now, halted, context }: Asking): Promise<Asked> {
  const atMs = now();
  const none = (error: string, never = false): Asked => ({ answer: { atMs, error, met: false }, never });
  try {
    const value = await within(probe.timeoutMs, halted, (signal) => probe.measure(context(signal)));
    if (!Number.isFinite(value)) return none(`it answers ${value}, which is no data`);
    return { answer: { atMs, value, met: isWithin(value, probe.tolerance) }, never: false };
  } catch (error) {
    return none(error instanceof Error ? error.message : String(error), error instanceof NotThere);
  }
}

/** A tolerance without a bound holds nothing, and nothing is within it. */
export function isWithin(value: number, { atLeast, atMost }: Tolerance): boolean {
  if (atLeast === undefined && atMost === undefined) return false;
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

/** In words: `at least 1`, `from 1 to 3`. */
export function toleranceInWords({ atLeast, atMost }: Tolerance): string {
  if (atLeast !== undefined && atMost !== undefined)
    return atLeast === atMost ? `exactly ${atLeast}` : `from ${atLeast} to ${atMost}`;
  return atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
}

/**
 * Asks each probe that counts meanwhile at its interval until told to stop. Then no question is begun any more, and those under way are waited for, at
 * most for the time that each has: one that hangs is what the drill is after.
 */
export function askMeanwhile(probes: readonly Probe[], asking: Asking): { stop(): Promise<void> } {
  const over = new AbortController();
  const loops = probes.flatMap((probe) => {
    const { during } = probe;
    return during === undefined ? [] : [repeat(during.everyMs, over.signal, () => look(probe))];
  });
  return {
    async stop() {
      over.abort();
      await Promise.all(loops);
    },
  };

  /** An answer that came because the run halted is none. */
  async function look(probe: Probe): Promise<void> {
    const { answer } = await ask(probe, asking);
    if (!asking.halted.aborted) asking.answered(probe, answer);
  }
}

/** Does it every so often, counted from start to start; a slow one delays the next and is not caught up with. */
export async function repeat(everyMs: number, over: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!over.aborted) {
    const began = performance.now();
    await work();
    await sleep(Math.max(0, everyMs - (performance.now() - began)), undefined, { signal: over }).catch(() => undefined);
  }
}

/** How long something takes to hold, and to stay so. */
import { pause } from '../../model/drill/until.ts';

const POLL_MS = 100;

/** Seconds until it holds; more than `seconds` where it did not within them, so that a bound of that many is not met. */
export async function secondsUntil(
  holds: () => Promise<boolean>,
  seconds: number,
  signal: AbortSignal,
): Promise<number> {
  const began = performance.now();
  const passed = () => (performance.now() - began) / 1000;
  for (;;) {
    const before = passed();
    if (await holds()) return before;
    if (passed() > seconds) return passed();
    await pause(POLL_MS, signal);
  }
}

export interface Steadily {
  readonly inARow: number;
  readonly withinMs: number;
  readonly signal: AbortSignal;
  /** Between two questions; default 25. */
  readonly pauseMs?: number;
}

/**
 * Asks until it holds so many times in a row, and answers the milliseconds until the first of these; `undefined` when that did not come in
 * time. One answer proves nothing: servers with several processes, and several replicas, change one after the other.
 */
export async function untilSteady(
  holds: () => Promise<boolean>,
  { inARow, withinMs, signal, pauseMs = 25 }: Steadily,
): Promise<number | undefined> {
  const began = performance.now();
  let since: number | undefined;
  for (let row = 0; performance.now() - began < withinMs || row > 0;) {
    signal.throwIfAborted();
    const at = performance.now() - began;
    if (await holds()) {
      since ??= at;
      row += 1;
      if (row >= inARow) return since <= withinMs ? since : undefined;
    } else {
      [row, since] = [0, undefined];
      await pause(pauseMs, signal);
    }
  }
  return undefined;
}

/** Seconds for an observation; what did not come in time counts as a second more than it had. */
export function secondsWithin(ms: number | undefined, withinMs: number): number {
  return (ms === undefined ? withinMs + 1000 : Math.round(ms)) / 1000;
}

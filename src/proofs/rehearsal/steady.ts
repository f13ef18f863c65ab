/** Asking again until an answer stays. */

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
      await pause(pauseMs);
    }
  }
  return undefined;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Seconds for an observation; what did not come in time counts as a second more than it had. */
export function secondsWithin(ms: number | undefined, withinMs: number): number {
  return (ms === undefined ? withinMs + 1000 : Math.round(ms)) / 1000;
}

/** Waiting for what a target does in its own time. */

export interface Waiting {
  readonly signal: AbortSignal;
  /** Milliseconds after which it is given up. It is asked once in any case. */
  readonly forMs: number;
  /** Milliseconds between two questions; default 100. */
  readonly everyMs?: number;
}

/** Asks until there is an answer; `undefined` when none came in time. Rejects when the signal is given, and with what the question throws. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  { signal, forMs, everyMs = 100 }: Waiting,
): Promise<T | undefined> {
  const end = performance.now() + forMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() >= end) return answer;
    await pause(everyMs, signal);
  }
}

/** Waits so many milliseconds, or rejects when the signal is given. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

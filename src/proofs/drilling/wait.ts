/** Waiting, as drills do it. */

const POLL_MS = 100;

/** Resolves after so long; rejects when the signal is given. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
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

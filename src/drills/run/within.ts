/** Runs something for at most so long, and no longer than the run itself goes on. */

/** The time given to a step or probe is up. */
export class TimeIsUp extends Error {
  constructor(ms: number) {
    super(`it took longer than its ${ms / 1000} s`);
    this.name = 'TimeIsUp';
  }
}

/**
 * Rejects with {@link TimeIsUp} when the time is up and with the reason of `halted` when that comes first; whether `work` heeds its signal or
 * not. What it does after that is its own, and its late failure nobody's.
 */
export async function within<T>(
  timeoutMs: number,
  halted: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  halted.throwIfAborted();
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(new TimeIsUp(timeoutMs)), timeoutMs);
  const halt = (): void => own.abort(halted.reason);
  halted.addEventListener('abort', halt, { once: true });
  const over = new Promise<never>((_, reject) =>
    own.signal.addEventListener('abort', () => reject(own.signal.reason as Error), { once: true }),
  );
  const working = Promise.resolve().then(() => work(own.signal));
  working.catch(() => undefined);
  over.catch(() => undefined);
  try {
    return await Promise.race([working, over]);
  } finally {
    clearTimeout(timer);
    halted.removeEventListener('abort', halt);
  }
}

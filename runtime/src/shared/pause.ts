/** Waiting that ends early: when woken, or when whoever waits is stopped. */

/** Resolves after `ms`, or at once when `signal` aborts; never rejects. The timer does not keep the process alive. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    timer.unref();
    signal.addEventListener('abort', done, { once: true });
  });
}

/**
 * Full jitter under an exponential ceiling: between nothing and `baseMs * 2^failures`, at most `capMs`, so that a thousand pods that lost
 * the same server do not come back as one. After "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
 */
export function backoffMs(failures: number, baseMs: number, capMs: number, random: () => number = Math.random): number {
  return Math.ceil(random() * Math.min(capMs, baseMs * 2 ** Math.min(failures, 20)));
}

/** Gives other work its turn. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

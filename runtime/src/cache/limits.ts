import type { CacheOptions } from './types.ts';

/** Beyond it a timer of Node fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** @throws RangeError for times that would quietly keep nothing, or let every load and command fail. */
export function demandTimes(options: CacheOptions): void {
  const { freshMs, staleMs, jitter = 0.1, deadlineMs = 50, loadTimeoutMs = 5000, waitMs = 0, negativeMs = 0 } = options;
  if (!(freshMs > 0 && staleMs > freshMs && staleMs <= Number.MAX_SAFE_INTEGER))
    throw new RangeError(
      `freshMs is ${freshMs} and staleMs ${staleMs}: expected 0 < freshMs < staleMs, and no more than ${Number.MAX_SAFE_INTEGER}`,
    );
  if (!(jitter >= 0 && jitter < 1)) throw new RangeError(`jitter is ${jitter}: expected 0 or more, and less than 1`);
  for (const [name, ms] of Object.entries({ deadlineMs, loadTimeoutMs, waitMs, negativeMs }))
    if (!(ms >= 0 && ms <= LONGEST_TIMER))
      throw new RangeError(`${name} is ${ms}: expected milliseconds from 0 to ${LONGEST_TIMER}`);
}

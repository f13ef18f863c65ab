/** Whose fault a failure is: the message's, which no repetition mends, or that of something that will come back. */
import { Unprocessable } from './usage-message.ts';

export type Failure = 'message' | 'passing';

/**
 * SQLSTATE classes that speak of the row and not of the server (PostgreSQL, appendix A): data exceptions (22) and violated
 * constraints (23). Everything else, the network's errors included, passes: a database that is down must never make dead letters.
 */
const OF_THE_ROW = /^2[23]/;

export function failureOf(error: unknown): Failure {
  if (error instanceof Unprocessable) return 'message';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.length === 5 && OF_THE_ROW.test(code) ? 'message' : 'passing';
}

/** Milliseconds until the next try: doubles from a quarter of a second up to half a minute, half of it at random. */
export function pauseAfter(deliveries: number, random = Math.random): number {
  const full = Math.min(30_000, 250 * 2 ** Math.min(deliveries, 16));
  return Math.round(full / 2 + (random() * full) / 2);
}

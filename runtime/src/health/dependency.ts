/** What a service depends on, and how much. */

interface Watched {
  readonly name: string;
  /**
   * Resolves when the dependency works. What rejects is down; what takes longer than `timeout` is down, too, and the signal is
   * aborted then.
   */
  check(signal: AbortSignal): Promise<unknown>;
  /** Milliseconds from the end of one check to the next, give or take a tenth. 5,000. */
  readonly interval?: number;
  /** Milliseconds that a check may take. 1,000. */
  readonly timeout?: number;
  /** Milliseconds after which an answer says nothing any more. 4 x (interval + timeout). */
  readonly staleAfter?: number;
  /** Failures in a row until it counts as down. 3. */
  readonly failures?: number;
  /** Successes in a row until it counts as up again. 2. */
  readonly successes?: number;
}

/**
 * What a critical dependency that is down does to readiness. There is no default, because a wrong one takes whole sites down:
 * - `unready`: out of rotation. Right where the fault can be this replica's alone: a local disk, a sidecar.
 * - `serve`: stay, and refuse what needs it (`needs` of a route). Right where all replicas share it, and knows nothing of them.
 * - `ask-peers`: out of rotation only if most other replicas can reach it (the damper; needs `peers`).
 */
export type WhenDown = 'unready' | 'serve' | 'ask-peers';

export type Dependency = Watched &
  (
    | { readonly class: 'critical'; readonly whenDown: WhenDown }
    /** `degrading`: something is missing without it, and `/statusz` says so. `informational`: it is only shown. */
    | { readonly class: 'degrading' | 'informational'; readonly whenDown?: never }
  );

/** `stale` is neither up nor down: nobody has looked for too long. `unknown`: it never worked since the start. */
export type DependencyState = 'unknown' | 'up' | 'down' | 'stale';

export interface Timing {
  readonly interval: number;
  readonly timeout: number;
  readonly staleAfter: number;
  readonly failures: number;
  readonly successes: number;
}

/** @throws RangeError where a number makes no sense. */
export function timingOf({ name, interval = 5_000, timeout = 1_000, ...given }: Dependency): Timing {
  const { staleAfter = 4 * (interval + timeout), failures = 3, successes = 2 } = given;
  const timing = { interval, timeout, staleAfter, failures, successes };
  for (const [key, value] of Object.entries(timing))
    if (!(value >= 1 && value <= 2 ** 31 - 1))
      throw new RangeError(`${key} of dependency ${name} is ${value}, expected at least 1`);
  if (given.whenDown === 'ask-peers' && failures < 2)
    throw new RangeError(
      `dependency ${name} asks its peers, so failures has to be 2 or more: they must have seen it, too`,
    );
  return timing;
}

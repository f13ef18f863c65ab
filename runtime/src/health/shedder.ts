/**
 * Refuses early what would only wait: the least important first. Each priority may fill a share of the adaptive limit, so that
 * under load there is room left for the more important ones.
 */
import { GradientLimit, type LimitOptions } from './limit.ts';

/** `never` is neither refused nor counted: health, admin. */
export type Priority = 'never' | 'high' | 'normal' | 'low';

export type ShedReason = 'overload' | 'dependency';

export interface ShedderOptions extends LimitOptions {
  /** Share of the limit up to which each is let in; high 1, normal 0.9, low 0.6. */
  readonly shares?: Readonly<Partial<Record<Exclude<Priority, 'never'>, number>>>;
  /** Told of each refusal: for a counter. */
  readonly onShed?: (priority: Priority, reason: ShedReason) => void;
  /** Refuses nothing, so that a drill can show what shedding is good for. */
  readonly off?: boolean;
}

export interface Shedder {
  readonly off: boolean;
  readonly limit: number;
  readonly inFlight: number;
  /** Whether one more may come in; each true wants one `release`. */
  acquire(priority: Priority): boolean;
  /**
   * It is done. `latency` in milliseconds is what the limit learns from; undefined where it says nothing (streams, aborted). `now` is of
   * `performance.now()`, for callers that have just asked it.
   */
  release(priority: Priority, latency?: number, now?: number): void;
  /** Counts a refusal, and says in how many whole seconds to come back. */
  refuse(priority: Priority, reason: ShedReason): number;
}

/** @throws RangeError for limits or shares that make no sense. */
export function createShedder(options: ShedderOptions = {}): Shedder {
  const limit = new GradientLimit(options);
  const shares: Record<Priority, number> = { never: Infinity, high: 1, normal: 0.9, low: 0.6, ...options.shares };
  for (const [priority, share] of Object.entries(shares))
    if (!(share > 0)) throw new RangeError(`share of priority ${priority} is ${share}, expected more than 0`);
  const { onShed, off = false } = options;
  let inFlight = 0;
  return {
    off,
    get limit() {
      return limit.value;
    },
    get inFlight() {
      return inFlight;
    },
    acquire(priority) {
      if (priority === 'never') return true;
      // The first one always comes in: a limit that lets nobody in learns nothing.
      if (!off && inFlight > 0 && inFlight >= limit.value * shares[priority]) return false;
      inFlight += 1;
      return true;
    },
    release(priority, latency, now = performance.now()) {
      if (priority === 'never') return;
      if (latency !== undefined) limit.sample(latency, inFlight, now);
      inFlight -= 1;
    },
    refuse(priority, reason) {
      onShed?.(priority, reason);
      return 1 + Math.floor(Math.random() * 3);
    },
  };
}

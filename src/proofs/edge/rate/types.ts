import type { Origin } from '../../../model/origin.ts';

/** What bounds the requests of one client on a route, or is there to do so. */
export interface RateLimit {
  /** `nginx.ingress.kubernetes.io/limit-rps 50`, `aws_wafv2_web_acl.public`. */
  readonly by: string;
  /** Requests a second that it lets through on average, where it says so in numbers. */
  readonly perSecond?: number;
  /** Why it may not hold; absent: it does. */
  readonly unsure?: string;
  /** Why it bounds nobody, as it is written: `is a dry run`. */
  readonly idle?: string;
  readonly origin?: Origin;
}

/** Whether it bounds, as far as the repository tells. */
export function holds({ unsure, idle }: RateLimit): boolean {
  return unsure === undefined && idle === undefined;
}

/** The one that lets the fewest through, where any says so in numbers. */
export function tightest(limits: readonly RateLimit[]): RateLimit | undefined {
  return limits.toSorted((a, b) => (a.perSecond ?? Infinity) - (b.perSecond ?? Infinity))[0];
}

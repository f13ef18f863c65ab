import type { Tier } from './types.ts';

/** How a Prometheus looks at a platform; seconds. */
export interface Cadence {
  readonly scrape: number;
  readonly evaluation: number;
  /** The `for` of the alert. */
  readonly hold?: number;
}

/**
 * The longest time in seconds from the start of a fault to the firing of a tier, or `undefined` where the fault is too small for it: the
 * long window has to fill with errors up to the threshold, then `for` passes, and a scrape and an evaluation may each have just been missed.
 * `longWindow x factor x (1 - SLO) / errorRatio + for + scrape + evaluation`, after a window of even traffic without errors.
 */
export function detectionTime(
  tier: Tier,
  errorRatio: number,
  { scrape, evaluation, hold = 0 }: Cadence,
): number | undefined {
  if (errorRatio <= tier.threshold) return undefined;
  return (tier.long * tier.threshold) / errorRatio + hold + scrape + evaluation;
}

/** The soonest that any of the tiers fires; `undefined` where none does. */
export function soonest(tiers: readonly Tier[], errorRatio: number, cadence: Cadence): number | undefined {
  const times = tiers.flatMap((tier) => detectionTime(tier, errorRatio, cadence) ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

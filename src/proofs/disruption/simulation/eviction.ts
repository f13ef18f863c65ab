import type { Budget } from '../types.ts';

/** The smallest whole number that is at least `percent` of `total`, found by counting. */
function atLeastPercent(percent: number, total: number): number {
  let count = 0;
  while (count * 100 < percent * total) count += 1;
  return count;
}

/** The largest whole number that is at most `percent` of `total`, found by counting. */
function atMostPercent(percent: number, total: number): number {
  let count = 0;
  while ((count + 1) * 100 <= percent * total) count += 1;
  return count;
}

/** Reads `3` or `40%` of a total, for tests that do not share the engine's arithmetic. */
export function countOf(value: number | string, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = Number(value.slice(0, -1));
  return round === 'up' ? atLeastPercent(percent, total) : atMostPercent(percent, total);
}

/**
 * Whether the eviction API would let a pod go, told as the server's code is told, one budget after another.
 * `scale` is what the controllers of all selected pods ask for, `healthy` the selected pods that are ready.
 */
export function mayEvict(budgets: readonly Budget[], scale: number, healthy: number, podIsReady: boolean): boolean {
  if (budgets.length > 1) return false;
  const [budget] = budgets;
  if (budget === undefined) return true;
  const { minAvailable, maxUnavailable } = budget;
  let desired = 0;
  let expected = 0;
  if (maxUnavailable !== undefined) {
    expected = scale;
    desired = expected - countOf(maxUnavailable, expected, 'up');
    if (desired < 0) desired = 0;
  } else if (minAvailable !== undefined) {
    expected = scale;
    desired = countOf(minAvailable, expected, 'up');
  }
  let allowed = healthy - desired;
  if (expected <= 0 || allowed <= 0) allowed = 0;
  if (!podIsReady && budget.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  if (!podIsReady && desired > 0 && healthy >= desired) return true;
  return allowed > 0;
}

import { resized, type Situation } from './situation.ts';
import type { Verdict } from './verdict.ts';

/** Sizes looked at, from the fewest replicas on. No autoscaler of one workload is meant to add more. */
const MOST_SIZES = 1000;

/**
 * The verdict at the size that autoscaling permits and that is worst for the question: the first at which the answer is no, else the first
 * at which it is unknown, else the fewest replicas. For questions whose answer may get worse with more replicas: 25% unavailable takes
 * nothing of 3 pods and one of 4.
 */
export function worstOfSizes(fewest: Situation, judge: (at: Situation) => Verdict): Verdict {
  let worst = judge(fewest);
  const last = Math.min(fewest.range.max ?? fewest.replicas, fewest.replicas + MOST_SIZES);
  for (let size = fewest.replicas + 1; size <= last && worst.answer !== 'no'; size += 1) {
    const verdict = judge(resized(fewest, size));
    if (verdict.answer === 'no' || (verdict.answer === 'unknown' && worst.answer !== 'unknown')) worst = verdict;
  }
  return worst;
}

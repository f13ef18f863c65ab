import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assessDisruption } from './index.ts';
import { beside, budgets, deployment, isYes, rolling, RUNS, sharedWith } from './simulation/worlds.ts';
import type { Autoscaler } from './types.ts';

describe('over a range of replicas', () => {
  test('the fewest replicas are the worst case', () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(range, rolling, budgets, ([min, more], strategy, own) => {
        const at = (total: number) =>
          assessDisruption({ ...deployment(total, { type: 'RollingUpdate', ...strategy }), budgets: own });
        const fewest = at(min);
        const later = at(min + more);
        for (const question of ['drain', 'rollout', 'together'] as const)
          if (fewest[question].answer === 'yes') expect(later[question].answer).toBe('yes');
        for (const scenario of ['drain', 'rollout', 'together'] as const)
          expect(later.fewestReady[scenario].atLeast).toBeGreaterThanOrEqual(fewest.fewestReady[scenario].atLeast);
      }),
      RUNS,
    );
  });

  test('what an autoscaler permits is no better than the worst of its sizes, and no worse', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(sizes, rolling, budgets, beside, ([min, more], strategy, own, others) => {
        const shared = sharedWith(own, others);
        const at = (total: number, autoscaler?: Autoscaler) => {
          const { workload } = deployment(total, { type: 'RollingUpdate', ...strategy });
          return assessDisruption({ workload: { ...workload, ...(autoscaler && { autoscaler }) }, budgets: shared });
        };
        const scaled = at(min, { kind: 'HorizontalPodAutoscaler', id: 'hpa', min, max: min + more });
        const each = Array.from({ length: more + 1 }, (_, index) => at(min + index));
        for (const question of ['drain', 'rollout', 'together', 'stalled', 'unready'] as const)
          expect(isYes(scaled[question])).toBe(each.every((one) => isYes(one[question])));
      }),
      RUNS,
    );
  });
});

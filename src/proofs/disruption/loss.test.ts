import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assessDisruption, rolloutLoss, type DisruptedWorkload } from './index.ts';

const deployment = (strategy: object, min: number, max: number) =>
  ({
    id: 'Deployment shop/api',
    kind: 'Deployment',
    strategy: { type: 'RollingUpdate', ...strategy },
    autoscaler: { kind: 'HorizontalPodAutoscaler', id: 'hpa', min, max },
  }) as DisruptedWorkload;

test('is the first size of the range at which a rollout leaves fewer ready', () => {
  const amount = fc.oneof(
    fc.integer({ min: 0, max: 4 }),
    fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
  );
  fc.assert(
    fc.property(
      amount,
      amount,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 0, max: 30 }),
      (surge, unavailable, min, more) => {
        const strategy = { maxSurge: surge, maxUnavailable: unavailable };
        if (assessDisruption({ workload: deployment(strategy, min, min + more), budgets: [] }).rejected.length > 0)
          return;
        const sizes = Array.from({ length: more + 1 }, (_, index) => min + index);
        const losses = sizes.map((size) => {
          const { fewestReady } = assessDisruption({ workload: deployment(strategy, size, size), budgets: [] });
          return { replicas: size, pods: size - fewestReady.rollout.atLeast };
        });
        expect(rolloutLoss(deployment(strategy, min, min + more))).toEqual(losses.find(({ pods }) => pods > 0));
      },
    ),
    { numRuns: 3000 },
  );
});

test('Recreate takes every pod, a canary with traffic routing none', () => {
  expect(rolloutLoss(deployment({ type: 'Recreate' }, 3, 9))).toEqual({ replicas: 3, pods: 3 });
  const canary = (more: object) =>
    ({ id: 'r', kind: 'Rollout', replicas: 4, strategy: { type: 'canary', ...more } }) as DisruptedWorkload;
  expect(rolloutLoss(canary({}))).toEqual({ replicas: 4, pods: 1 });
  expect(rolloutLoss(canary({ trafficRouting: true }))).toBeUndefined();
});

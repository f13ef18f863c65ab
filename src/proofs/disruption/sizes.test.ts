import { describe, expect, it } from 'vitest';
import { assessDisruption } from './index.ts';
import type { Autoscaler, Budget, CoveredWorkload } from './types.ts';

const hpa = (min: number, max: number): Autoscaler => ({ kind: 'HorizontalPodAutoscaler', id: 'hpa', min, max });
const keda: Autoscaler = { kind: 'ScaledObject', id: 'so' };

function hanging(scaler: Autoscaler, budget: Budget, strategy = {}): ReturnType<typeof assessDisruption> {
  return assessDisruption({
    workload: { kind: 'Deployment', id: 'api', strategy: { type: 'RollingUpdate', ...strategy }, autoscaler: scaler },
    budgets: [budget],
  });
}

describe('a rollout that hangs, of what an autoscaler sizes', () => {
  it.each<[string, Autoscaler, Omit<Budget, 'id'>, object?]>([
    ['25% of 2 or 3 pods is none', hpa(2, 3), { maxUnavailable: 1 }],
    ['half of 2 to 10 stays, and 25% goes', hpa(2, 10), { minAvailable: '50%' }],
    ['half of 3 to 6 stays, and 25% goes', hpa(3, 6), { minAvailable: '50%' }],
    ['one of 2 to 10 stays', hpa(2, 10), { minAvailable: 1 }],
    ['nothing is taken away', hpa(2, 10), { maxUnavailable: 1 }, { maxUnavailable: 0, maxSurge: 1 }],
    ['a third may go, and 25% goes', hpa(2, 200), { maxUnavailable: '33%' }],
  ])('leaves nodes to drain: %s', (_, scaler, budget, strategy) => {
    expect(hanging(scaler, { id: 'pdb', ...budget }, strategy).stalled).toMatchObject({ answer: 'yes' });
  });

  it.each<[string, Autoscaler, Omit<Budget, 'id'>, RegExp, object?]>([
    ['25% of 4 is the one', hpa(2, 10), { maxUnavailable: 1 }, /at 4 replicas .*Healthy 3, desiredHealthy 3/],
    ['KEDA may choose 4', keda, { maxUnavailable: 1 }, /at 4 replicas/],
    ['80% of 5 is 4', hpa(5, 10), { minAvailable: '80%' }, /at 5 replicas .*Healthy 4, desiredHealthy 4/],
    ['25% of both', hpa(4, 20), { maxUnavailable: '25%' }, /at 4 replicas/],
    ['1 of 3 goes, and 2 must stay', hpa(3, 6), { minAvailable: 2 }, /at 3 replicas/, { maxUnavailable: 1 }],
  ])('holds nodes up: %s', (_, scaler, budget, because, strategy) => {
    expect(hanging(scaler, { id: 'pdb', ...budget }, strategy).stalled).toMatchObject({
      answer: 'no',
      because: expect.stringMatching(because),
    });
  });

  it('looks at what shares the budget once, however many sizes there are', () => {
    let looks = 0;
    const budget: Budget = {
      id: 'pdb',
      maxUnavailable: '30%',
      get others(): CoveredWorkload[] {
        looks += 1;
        return [{ id: 'other', kind: 'Deployment', min: 2, max: 4 }];
      },
    };
    const { stalled } = hanging(hpa(2, 1000), budget, { maxUnavailable: 0 });
    expect([stalled.answer, looks]).toEqual(['yes', 1]);
  });
});

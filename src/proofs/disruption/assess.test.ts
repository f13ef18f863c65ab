import { describe, expect, test } from 'vitest';
import { assessDisruption, type Budget, type DisruptedWorkload, type DisruptionInput, type Verdict } from './index.ts';

const api = (more: object = {}): DisruptedWorkload =>
  ({
    id: 'Deployment shop/api',
    kind: 'Deployment',
    replicas: 3,
    strategy: { type: 'RollingUpdate' },
    ...more,
  }) as DisruptedWorkload;
const pdb = (more: Partial<Budget>): Budget => ({ id: 'PodDisruptionBudget shop/api', ...more });
const assess = (workload: DisruptedWorkload, budgets: Budget[] = [], more: Partial<DisruptionInput> = {}) =>
  assessDisruption({ workload, budgets, ...more });

function obstacle(verdict: Verdict): string {
  return verdict.answer === 'no' ? verdict.obstacle : verdict.answer;
}

test('a workload whose selector does not fit is refused, at its selector, and nothing else is judged', () => {
  const origin = { path: 'api.yaml', document: 0, pointer: [] };
  const answer = assess(api({ selectorFault: 'its selector is empty', origin }), [pdb({ minAvailable: 3 })]);
  expect(answer.rejected).toEqual([
    {
      id: 'Deployment shop/api',
      because: 'its selector is empty',
      origin: { ...origin, pointer: ['spec', 'selector'] },
    },
  ]);
  expect([obstacle(answer.drain), obstacle(answer.rollout)]).toEqual(['unknown', 'rejected']);
});

describe('drain', () => {
  test.each([
    ['minAvailable equal to the replicas', { minAvailable: 3 }, 'budget-spent'],
    ['minAvailable above the replicas', { minAvailable: 9 }, 'budget-spent'],
    ['minAvailable 100%', { minAvailable: '100%' }, 'budget-spent'],
    ['minAvailable 67% of 3, which rounds up to 3', { minAvailable: '67%' }, 'budget-spent'],
    ['minAvailable 66% of 3, which rounds up to 2', { minAvailable: '66%' }, 'yes'],
    ['maxUnavailable 0', { maxUnavailable: 0 }, 'budget-spent'],
    ['maxUnavailable 0%', { maxUnavailable: '0%' }, 'budget-spent'],
    ['maxUnavailable 1% of 3, which rounds up to 1', { maxUnavailable: '1%' }, 'yes'],
    ['no bound at all', {}, 'budget-blind'],
  ])('%s', (_name, bound, expected) => {
    expect(obstacle(assess(api(), [pdb(bound)]).drain)).toBe(expected);
  });

  test('tells the numbers and the steps of a budget that is spent', () => {
    const { drain } = assess(api({ replicas: 2 }), [pdb({ minAvailable: 2 })]);
    expect(drain).toMatchObject({
      answer: 'no',
      because:
        'at 2 replicas (spec.replicas) PodDisruptionBudget shop/api (minAvailable 2) allows no eviction: currentHealthy 2, desiredHealthy 2, disruptionsAllowed 0',
    });
    expect(drain.answer === 'no' && drain.steps.map(({ action }) => action)).toEqual([
      'every pod is ready',
      'a node with a pod of Deployment shop/api is drained',
      'the eviction API answers 429; drain retries',
    ]);
  });

  test('judges the minimum of the autoscaler, not the replicas of the manifest', () => {
    const autoscaler = { kind: 'HorizontalPodAutoscaler', id: 'HorizontalPodAutoscaler shop/api', min: 2, max: 10 };
    const answer = assess(api({ replicas: 6, autoscaler }), [pdb({ minAvailable: 2 })]);
    expect(answer.replicas).toMatchObject({ min: 2, max: 10 });
    expect(answer.drain).toMatchObject({
      answer: 'no',
      steps: [{ action: 'HorizontalPodAutoscaler shop/api scales Deployment shop/api to 2' }, {}, {}],
    });
  });

  test('an HPA leaves a Deployment with 0 replicas alone', () => {
    const autoscaler = { kind: 'HorizontalPodAutoscaler', id: 'hpa', min: 2, max: 10 };
    expect(assess(api({ replicas: 0, autoscaler })).drain.answer).toBe('moot');
  });

  test('a ScaledObject that scales to zero is judged with its first pod', () => {
    const autoscaler = { kind: 'ScaledObject', id: 'ScaledObject shop/api' };
    const answer = assess(api({ autoscaler }), [pdb({ minAvailable: 1 })]);
    expect(answer.replicas).toMatchObject({ min: 0, max: 100 });
    expect(obstacle(answer.drain)).toBe('budget-spent');
    expect(answer.fewestReady.steady).toEqual({ atLeast: 0, exact: true });
  });

  test('two budgets on one pod stop every eviction, generous ones too', () => {
    const answer = assess(api(), [
      pdb({ maxUnavailable: 3 }),
      pdb({ id: 'other', maxUnavailable: 3, unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
    ]);
    expect(obstacle(answer.drain)).toBe('several-budgets');
    expect(obstacle(answer.unready)).toBe('several-budgets');
    expect(answer.fewestReady.drain).toEqual({ atLeast: 3, exact: true });
  });

  test('pods of a Job under the same budget make maxUnavailable incomputable', () => {
    const others = [{ id: 'Job shop/migrate', kind: 'Job', min: 0, max: 1 } as const];
    expect(obstacle(assess(api(), [pdb({ maxUnavailable: 1, others })]).drain)).toBe('budget-blind');
    expect(obstacle(assess(api(), [pdb({ minAvailable: '50%', others })]).drain)).toBe('budget-blind');
    expect(obstacle(assess(api(), [pdb({ minAvailable: 2, others })]).drain)).toBe('yes');
  });

  test('a shared budget counts the pods of every workload it selects', () => {
    const others = [{ id: 'Deployment shop/web', kind: 'Deployment', min: 3, max: 3 } as const];
    const answer = assess(api(), [pdb({ minAvailable: 3, others })]);
    expect(answer.disruptionsAllowed).toBe(3);
    expect(answer.fewestReady.drain).toEqual({ atLeast: 0, exact: true });
  });

  test('a bare pod is refused by drain, and maxUnavailable never covers it', () => {
    const pod: DisruptedWorkload = { id: 'Pod shop/tool', kind: 'Pod' };
    expect(obstacle(assess(pod).drain)).toBe('bare-pod');
    expect(assess(pod, [pdb({ maxUnavailable: 1 })]).disruptionsAllowed).toBe(0);
  });

  test('pods of a DaemonSet are passed by', () => {
    const agent: DisruptedWorkload = {
      id: 'DaemonSet ops/agent',
      kind: 'DaemonSet',
      strategy: { type: 'RollingUpdate' },
    };
    const answer = assess(agent, [pdb({ maxUnavailable: 0 })]);
    expect(answer.drain.answer).toBe('yes');
    expect(answer.fewestReady.drain.exact).toBe(false);
  });
});

describe('pods that never become ready', () => {
  test('hold the drain once the rest no longer meets the budget', () => {
    const { unready } = assess(api(), [pdb({ maxUnavailable: 1 })]);
    expect(unready).toMatchObject({ answer: 'no', because: expect.stringContaining('with 2 of 3 pods') });
  });

  test('hold it even where the budget asks for none, because unready pods are not free then', () => {
    expect(obstacle(assess(api({ replicas: 1 }), [pdb({ maxUnavailable: 1 })]).unready)).toBe('unready-pod');
  });

  test('go under AlwaysAllow, even past a budget that cannot be computed', () => {
    expect(assess(api(), [pdb({ maxUnavailable: 0, unhealthyPodEvictionPolicy: 'AlwaysAllow' })]).unready.answer).toBe(
      'yes',
    );
    expect(assess(api(), [pdb({ unhealthyPodEvictionPolicy: 'AlwaysAllow' })]).unready.answer).toBe('yes');
  });
});

describe('rollout', () => {
  test.each([
    [{ type: 'RollingUpdate' }, 3, 3],
    [{ type: 'RollingUpdate' }, 4, 3],
    [{ type: 'RollingUpdate', maxSurge: 0 }, 3, 2],
    [{ type: 'RollingUpdate', maxSurge: 0, maxUnavailable: '25%' }, 1, 0],
    [{ type: 'RollingUpdate', maxUnavailable: 9 }, 3, 0],
    [{ type: 'RollingUpdate', maxUnavailable: 0 }, 3, 3],
    [{ type: 'Recreate' }, 3, 0],
  ])('%j of %d replicas keeps %d ready', (strategy, replicas, ready) => {
    const answer = assess(api({ strategy, replicas }));
    expect(answer.rollout.answer).toBe('yes');
    expect(answer.fewestReady.rollout).toEqual({ atLeast: ready, exact: true });
  });

  test('needs room for its surge', () => {
    const strategy = { type: 'RollingUpdate', maxUnavailable: 0 };
    expect(obstacle(assess(api({ strategy }), [], { room: 0 }).rollout)).toBe('no-room');
    expect(assess(api({ strategy }), [], { room: 'fixed' }).rollout.answer).toBe('unknown');
    expect(assess(api({ strategy }), [], { room: 1 }).rollout).toMatchObject({
      answer: 'yes',
      assumes: ['pods of the new version become ready'],
    });
    expect(assess(api({ strategy })).rollout).toMatchObject({
      answer: 'yes',
      assumes: [expect.any(String), 'quota and nodes have room for 1 more pod than the 3 that run'],
    });
  });

  test('is stopped by pause, OnDelete, a partition, and where nothing rolls out', () => {
    const db = (strategy: object) =>
      ({ id: 'StatefulSet shop/db', kind: 'StatefulSet', replicas: 3, strategy }) as DisruptedWorkload;
    expect(obstacle(assess(api({ paused: true })).rollout)).toBe('paused');
    expect(obstacle(assess(db({ type: 'OnDelete' })).rollout)).toBe('on-delete');
    expect(obstacle(assess(db({ type: 'RollingUpdate', partition: 2 })).rollout)).toBe('partition');
    expect(obstacle(assess({ id: 'rs', kind: 'ReplicaSet', replicas: 2 }).rollout)).toBe('no-rollout');
    expect(assess({ id: 'job', kind: 'Job' }).rollout.answer).toBe('moot');
  });

  test('of an Argo Rollout may wait for a person', () => {
    const rollout: DisruptedWorkload = {
      id: 'Rollout shop/api',
      kind: 'Rollout',
      replicas: 2,
      strategy: { type: 'blueGreen', waitsForPerson: true },
    };
    expect(assess(rollout).rollout).toMatchObject({
      answer: 'yes',
      assumes: expect.arrayContaining(['a person promotes it']),
    });
    expect(obstacle(assess(rollout, [], { room: 1 }).rollout)).toBe('no-room');
  });
});

describe('drain during a rollout', () => {
  test('hangs where the budget allows nothing once the rollout is through', () => {
    const answer = assess(api({ replicas: 2, strategy: { type: 'RollingUpdate', maxSurge: 0, maxUnavailable: 1 } }), [
      pdb({ minAvailable: 2 }),
    ]);
    expect(answer.rollout.answer).toBe('yes');
    expect(obstacle(answer.together)).toBe('budget-spent');
    expect(answer.fewestReady.together).toEqual({ atLeast: 1, exact: true });
  });

  test('hangs with a bad version where the rollout may take what the budget needs', () => {
    const budget = pdb({ maxUnavailable: 1 });
    expect(obstacle(assess(api({ replicas: 4 }), [budget]).stalled)).toBe('budget-spent');
    expect(
      assess(api({ replicas: 4, strategy: { type: 'RollingUpdate', maxUnavailable: 0 } }), [budget]).stalled.answer,
    ).toBe('yes');
  });

  test('of an Argo Rollout counts the canary in the scale', () => {
    const canary: DisruptedWorkload = {
      id: 'Rollout shop/api',
      kind: 'Rollout',
      replicas: 4,
      strategy: { type: 'canary', maxUnavailable: 0 },
    };
    expect(obstacle(assess(canary, [pdb({ maxUnavailable: 1 })]).stalled)).toBe('budget-spent');
    expect(assess(canary, [pdb({ minAvailable: 2 })]).stalled.answer).toBe('unknown');
  });
});

describe('quorum', () => {
  test('is judged in every scenario, and only asserted where it is known', () => {
    const { quorum } = assess(api(), [pdb({ maxUnavailable: 1 })], { quorum: 2 });
    expect([quorum.steady, quorum.drain, quorum.rollout, quorum.together].map(({ answer }) => answer)).toEqual([
      'yes',
      'yes',
      'yes',
      'yes',
    ]);
    expect(quorum.nodeLoss.answer).toBe('unknown');
    expect(assess(api(), [], { quorum: 2, podsPerNode: 2 }).quorum.nodeLoss).toMatchObject({
      answer: 'no',
      obstacle: 'below-quorum',
    });
  });

  test('without a budget any number of drained nodes can take every pod', () => {
    expect(assess(api()).fewestReady.drain).toEqual({ atLeast: 0, exact: true });
  });
});

describe('objects that the API server refuses', () => {
  const both = { minAvailable: 1, maxUnavailable: 1 };
  test.each([
    ['both bounds', api(), [pdb(both)]],
    ['a percentage above 100', api(), [pdb({ maxUnavailable: '101%' })]],
    ['a fraction of a percent', api(), [pdb({ minAvailable: '0.5%' })]],
    ['a bare number as text', api(), [pdb({ minAvailable: '1' })]],
    ['a negative number', api(), [pdb({ minAvailable: -1 })]],
    ['an unknown policy', api(), [pdb({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'IfReady' })]],
    [
      'surge and unavailable both 0',
      api({ strategy: { type: 'RollingUpdate', maxSurge: 0, maxUnavailable: '0%' } }),
      [],
    ],
    ['fields of a rolling update on Recreate', api({ strategy: { type: 'Recreate', maxSurge: 1 } }), []],
    ['a deadline not above minReadySeconds', api({ minReadySeconds: 600 }), []],
    [
      'a DaemonSet that surges and goes below at once',
      { id: 'd', kind: 'DaemonSet', strategy: { type: 'RollingUpdate', maxSurge: 1 } } as const,
      [],
    ],
    [
      'an HPA with its minimum above its maximum',
      api({ autoscaler: { kind: 'HorizontalPodAutoscaler', id: 'hpa', min: 5, max: 2 } }),
      [],
    ],
    [
      'a StatefulSet with maxUnavailable 0',
      { id: 's', kind: 'StatefulSet', strategy: { type: 'RollingUpdate', maxUnavailable: 0 } } as const,
      [],
    ],
  ])('%s', (_name, workload, budgets) => {
    const answer = assess(workload, budgets);
    expect(answer.rejected).toHaveLength(1);
    expect(answer.drain.answer).toBe('unknown');
    expect(answer.quorum.drain.answer).toBe('unknown');
  });

  test('maxSurge above 100% is allowed', () => {
    expect(assess(api({ strategy: { type: 'RollingUpdate', maxSurge: '200%' } })).rejected).toEqual([]);
  });
});

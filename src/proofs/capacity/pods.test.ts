import { describe, expect, test } from 'vitest';
import type { DisruptedWorkload } from '../disruption/types.ts';
import { peakOf } from './pods.ts';

const autoscaler = {
  kind: 'HorizontalPodAutoscaler',
  id: 'HorizontalPodAutoscaler shop/api',
  min: 2,
  max: 10,
} as const;

function rollout(strategy: object): DisruptedWorkload {
  return { id: 'Rollout shop/api', kind: 'Rollout', strategy, autoscaler } as DisruptedWorkload;
}

describe('the most pods at once', () => {
  test.each<[string, DisruptedWorkload, number, number]>([
    [
      'a Deployment rounds its surge up',
      { id: 'd', kind: 'Deployment', strategy: { type: 'RollingUpdate' }, replicas: 3 },
      3,
      1,
    ],
    ['Recreate never surges', { id: 'd', kind: 'Deployment', strategy: { type: 'Recreate' }, replicas: 3 }, 3, 0],
    [
      'a StatefulSet replaces in place',
      { id: 's', kind: 'StatefulSet', strategy: { type: 'RollingUpdate' }, replicas: 3 },
      3,
      0,
    ],
    ['a canary surges as a Deployment does', rollout({ type: 'canary', maxSurge: 1 }), 10, 1],
    ['a canary behind a router doubles', rollout({ type: 'canary', maxSurge: 1, trafficRouting: true }), 10, 10],
    [
      'with dynamicStableScale both round up',
      rollout({ type: 'canary', trafficRouting: true, dynamicStableScale: true }),
      10,
      1,
    ],
    ['blue-green doubles', rollout({ type: 'blueGreen' }), 10, 10],
    ['a Job runs its parallelism', { id: 'j', kind: 'Job', replicas: 4 }, 4, 0],
  ])('%s', (_what, workload, replicas, surge) => {
    expect(peakOf(workload)).toMatchObject({ replicas, surge });
  });

  const job: DisruptedWorkload = { id: 'CronJob shop/report', kind: 'Job', replicas: 2 };
  test.each([
    ['Forbid', { concurrencyPolicy: 'Forbid' }, 2],
    ['Replace', { concurrencyPolicy: 'Replace' }, 2],
    ['Allow, runs shorter than the pause', { concurrencyPolicy: 'Allow', shortestPause: 300, activeDeadline: 300 }, 2],
    ['Allow, runs of three pauses', { concurrencyPolicy: 'Allow', shortestPause: 300, activeDeadline: 900 }, 6],
    ['Allow, a little longer', { concurrencyPolicy: 'Allow', shortestPause: 300, activeDeadline: 901 }, 8],
  ] as const)('a CronJob under %s', (_what, cron, replicas) => {
    expect(peakOf(job, { cron })).toMatchObject({ replicas });
  });

  test('is not known without a bound', () => {
    expect(peakOf(job, { cron: { concurrencyPolicy: 'Allow', shortestPause: 300 } })).toHaveProperty('unknown');
    expect(peakOf({ id: 'n', kind: 'DaemonSet', strategy: { type: 'RollingUpdate' } })).toHaveProperty('unknown');
    expect(peakOf({ id: 'n', kind: 'DaemonSet', strategy: { type: 'RollingUpdate' } }, { nodes: 7 })).toMatchObject({
      replicas: 7,
    });
    const { max: _max, ...unbounded } = autoscaler;
    expect(peakOf({ ...rollout({ type: 'canary' }), autoscaler: unbounded } as DisruptedWorkload)).toHaveProperty(
      'unknown',
    );
  });
});

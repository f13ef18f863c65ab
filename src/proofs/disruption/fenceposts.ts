import { scaled } from './scaling.ts';
import type { DisruptedWorkload, IntOrPercent } from './types.ts';

/** How far a rolling update may go above and below the desired number of pods. */
export interface Fenceposts {
  readonly surge: number;
  readonly unavailable: number;
  /** Both rounded to 0, so the controller takes one pod away after all. */
  readonly forced: boolean;
}

/**
 * `ResolveFenceposts` and `MaxUnavailable` of kubernetes pkg/controller/deployment/util/deployment_util.go, which
 * argo-rollouts shares: surge rounds up, unavailable rounds down, both 0 becomes 1 unavailable ("surge might not work
 * due to quota"), never more than there are replicas. Absent fields default to 25% one by one.
 */
export function deploymentFenceposts(
  { maxSurge = '25%', maxUnavailable = '25%' }: { maxSurge?: IntOrPercent; maxUnavailable?: IntOrPercent },
  replicas: number,
): Fenceposts {
  const surge = scaled(maxSurge, replicas, 'up');
  const unavailable = scaled(maxUnavailable, replicas, 'down');
  const forced = surge === 0 && unavailable === 0;
  return { surge, unavailable: Math.min(forced ? 1 : unavailable, replicas), forced };
}

/**
 * Pods a StatefulSet takes down at once: 1, or `maxUnavailable` rounded down and at least 1 on clusters that have the
 * MaxUnavailableStatefulSet feature (`getStatefulSetMaxUnavailable`). The manifests do not tell which.
 */
function statefulSetAtOnce(maxUnavailable: IntOrPercent | undefined, replicas: number): number {
  return Math.min(replicas, Math.max(1, scaled(maxUnavailable ?? 1, replicas, 'down')));
}

/** Whether a change of the pod template is rolled out at all, and how far it may go below the desired number. */
export type RolloutPlan =
  | { readonly kind: 'rolling'; readonly fenceposts: Fenceposts }
  | { readonly kind: 'recreate' }
  | { readonly kind: 'ordered'; readonly parallel: boolean; readonly atOnce: number; readonly updated: number }
  | { readonly kind: 'canary'; readonly fenceposts: Fenceposts; readonly stable: 'shrinks' | 'stays' | 'follows' }
  | { readonly kind: 'blue-green' }
  | { readonly kind: 'by-hand' }
  | { readonly kind: 'none' };

export function rolloutPlan(workload: DisruptedWorkload, replicas: number): RolloutPlan {
  switch (workload.kind) {
    case 'Deployment':
      return workload.strategy.type === 'Recreate'
        ? { kind: 'recreate' }
        : { kind: 'rolling', fenceposts: deploymentFenceposts(workload.strategy, replicas) };
    case 'StatefulSet': {
      if (workload.strategy.type === 'OnDelete') return { kind: 'by-hand' };
      const { partition = 0, maxUnavailable } = workload.strategy;
      return {
        kind: 'ordered',
        parallel: workload.podManagementPolicy === 'Parallel',
        atOnce: statefulSetAtOnce(maxUnavailable, replicas),
        updated: Math.max(0, replicas - partition),
      };
    }
    case 'Rollout': {
      const { strategy } = workload;
      if (strategy.type === 'blueGreen') return { kind: 'blue-green' };
      const stays = strategy.trafficRouting === true;
      const stable = !stays ? 'shrinks' : strategy.dynamicStableScale === true ? 'follows' : 'stays';
      return { kind: 'canary', fenceposts: deploymentFenceposts(strategy, replicas), stable };
    }
    default:
      return { kind: 'none' };
  }
}

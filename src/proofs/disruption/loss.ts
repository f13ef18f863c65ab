import { deploymentFenceposts, rolloutPlan } from './fenceposts.ts';
import { percentOf, replicaRange } from './scaling.ts';
import type { DisruptedWorkload, IntOrPercent } from './types.ts';

/** The smallest size at which a rollout takes ready pods away before their successors are ready, and how many. */
export interface RolloutLoss {
  readonly replicas: number;
  readonly pods: number;
}

/**
 * Where in its range of replicas a Deployment or an Argo canary without traffic routing loses ready pods to a rollout;
 * `undefined` where it surges at every size. A percentage rounds down, so 25% takes nothing of 3 and one of 4. The
 * workload must be one that the API server takes.
 */
export function rolloutLoss(workload: DisruptedWorkload): RolloutLoss | undefined {
  const range = replicaRange(workload);
  if (range === undefined || range.max === 0) return undefined;
  const min = Math.max(1, range.min);
  if (workload.kind === 'Deployment' && workload.strategy.type === 'Recreate') return { replicas: min, pods: min };
  const strategy = surging(workload);
  if (strategy === undefined) return undefined;
  const replicas = Math.max(min, firstTaken(strategy.maxUnavailable ?? '25%', min));
  const sizes = [min, replicas].filter((size) => size <= (range.max ?? size));
  const found = sizes.map((size) => ({ replicas: size, pods: deploymentFenceposts(strategy, size).unavailable }));
  return found.find(({ pods }) => pods > 0);
}

/**
 * A size of several pods at which a rollout of a StatefulSet takes all of them away at once, on clusters with the MaxUnavailableStatefulSet
 * feature; `undefined` where one stays.
 */
export function wholeSetLoss(workload: DisruptedWorkload): number | undefined {
  const range = replicaRange(workload);
  const replicas = Math.max(2, range?.min ?? 0);
  if (range === undefined || replicas > (range.max ?? replicas)) return undefined;
  const plan = rolloutPlan(workload, replicas);
  return plan.kind === 'ordered' && Math.min(plan.atOnce, plan.updated) === replicas ? replicas : undefined;
}

function surging(workload: DisruptedWorkload): { maxSurge?: IntOrPercent; maxUnavailable?: IntOrPercent } | undefined {
  if (workload.kind === 'Deployment') return workload.strategy;
  if (workload.kind !== 'Rollout' || workload.strategy.type !== 'canary') return undefined;
  return workload.strategy.trafficRouting === true ? undefined : workload.strategy;
}

/** The size from which on the value, rounded down, is at least one pod. */
function firstTaken(maxUnavailable: IntOrPercent, min: number): number {
  const percent = percentOf(maxUnavailable);
  if (percent === undefined || percent === 0) return min;
  return Math.ceil(100 / percent);
}

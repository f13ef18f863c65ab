import { below, type Origin } from '../../model/origin.ts';
import { boundPlace } from './places.ts';
import { intOrPercentError, percentOf } from './scaling.ts';
import type { Budget, DisruptedWorkload, IntOrPercent } from './types.ts';

/** An object that the API server refuses, so that nothing of it ever runs. */
export interface Rejection {
  readonly id: string;
  readonly because: string;
  readonly origin?: Origin;
}

/** `progressDeadlineSeconds` where none is given (`SetDefaults_Deployment`, argo-rollouts `DefaultProgressDeadlineSeconds`). */
const DEFAULT_PROGRESS_DEADLINE = 600;

/** Why a budget is refused: `ValidatePodDisruptionBudgetSpec` of kubernetes pkg/apis/policy/validation. */
export function budgetRejection(budget: Budget): Rejection | undefined {
  const { id, refused } = budget;
  if (refused !== undefined)
    return rejection(
      { id, ...(budget.origin !== undefined && { origin: below(budget.origin, 'apiVersion') }) },
      refused,
    );
  const reason = budgetError(budget);
  if (reason === undefined) return undefined;
  const origin = reason.startsWith('unhealthyPodEvictionPolicy') ? budget.origin : boundPlace(budget);
  return rejection({ id: budget.id, ...(origin !== undefined && { origin }) }, reason);
}

function budgetError(budget: Budget): string | undefined {
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = budget;
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    return 'it sets both minAvailable and maxUnavailable, of which one must go';
  if (policy !== undefined && policy !== 'IfHealthyBudget' && policy !== 'AlwaysAllow')
    return `unhealthyPodEvictionPolicy ${JSON.stringify(policy)} is neither IfHealthyBudget nor AlwaysAllow`;
  return firstError([
    ['minAvailable', minAvailable, true],
    ['maxUnavailable', maxUnavailable, true],
  ]);
}

/**
 * Why a workload is refused: `ValidateDeploymentSpec`, `ValidateRollingUpdateDeployment`, `ValidateStatefulSetSpec` and
 * `ValidateRollingUpdateDaemonSet` of kubernetes pkg/apis/apps/validation. Whether its selector fits is known to who reads it.
 */
export function workloadRejection(workload: DisruptedWorkload): Rejection | undefined {
  const { id, origin, selectorFault } = workload;
  if (selectorFault !== undefined)
    return rejection({ id, ...(origin !== undefined && { origin: below(origin, 'spec', 'selector') }) }, selectorFault);
  const reason = strategyError(workload) ?? deadlineError(workload);
  return reason === undefined ? undefined : rejection(workload, reason);
}

/** Why an autoscaler is refused: `validateHorizontalPodAutoscalerSpec`; KEDA's webhook says the same of a ScaledObject. */
export function autoscalerRejection({ autoscaler }: DisruptedWorkload): Rejection | undefined {
  if (autoscaler?.min === undefined || autoscaler.max === undefined || autoscaler.min <= autoscaler.max)
    return undefined;
  return rejection(autoscaler, `its minimum ${autoscaler.min} is above its maximum ${autoscaler.max}`);
}

function strategyError(workload: DisruptedWorkload): string | undefined {
  if (workload.replicas !== undefined && intOrPercentError(workload.replicas) !== undefined)
    return `replicas ${intOrPercentError(workload.replicas)}`;
  switch (workload.kind) {
    case 'Deployment':
      return deploymentError(workload.strategy);
    case 'DaemonSet':
      return workload.strategy.type === 'OnDelete' ? undefined : daemonSetError(workload.strategy);
    case 'StatefulSet':
      return workload.strategy.type === 'OnDelete' ? undefined : statefulSetError(workload.strategy);
    case 'Rollout':
      return workload.strategy.type === 'blueGreen' ? undefined : surgeError(workload.strategy);
    default:
      return undefined;
  }
}

interface Fenceposts {
  readonly maxSurge?: IntOrPercent;
  readonly maxUnavailable?: IntOrPercent;
}

function deploymentError(strategy: Fenceposts & { readonly type: string }): string | undefined {
  if (strategy.type !== 'Recreate') return surgeError(strategy);
  return strategy.maxSurge === undefined && strategy.maxUnavailable === undefined
    ? undefined
    : 'rollingUpdate may not be given when the strategy is Recreate';
}

function surgeError({ maxSurge = '25%', maxUnavailable = '25%' }: Fenceposts): string | undefined {
  const error = firstError([
    ['maxUnavailable', maxUnavailable, true],
    ['maxSurge', maxSurge, false],
  ]);
  if (error !== undefined) return error;
  return isZero(maxSurge) && isZero(maxUnavailable)
    ? 'maxUnavailable may not be 0 when maxSurge is 0: neither an extra pod nor a missing one is allowed'
    : undefined;
}

function daemonSetError({ maxSurge = 0, maxUnavailable = 1 }: Fenceposts): string | undefined {
  const error = firstError([
    ['maxUnavailable', maxUnavailable, true],
    ['maxSurge', maxSurge, true],
  ]);
  if (error !== undefined) return error;
  if (isZero(maxSurge) === isZero(maxUnavailable)) return 'of maxSurge and maxUnavailable exactly one must be above 0';
  return undefined;
}

function statefulSetError(strategy: { partition?: number; maxUnavailable?: IntOrPercent }): string | undefined {
  const { partition, maxUnavailable } = strategy;
  if (partition !== undefined && intOrPercentError(partition) !== undefined)
    return `partition ${intOrPercentError(partition)}`;
  if (maxUnavailable === undefined) return undefined;
  return isZero(maxUnavailable)
    ? 'maxUnavailable must be above 0'
    : firstError([['maxUnavailable', maxUnavailable, true]]);
}

function deadlineError(workload: DisruptedWorkload): string | undefined {
  if (workload.kind !== 'Deployment' && workload.kind !== 'Rollout') return undefined;
  const minReady = workload.minReadySeconds ?? 0;
  const deadline = workload.progressDeadlineSeconds ?? DEFAULT_PROGRESS_DEADLINE;
  // An Argo Rollout without an explicit deadline is held to its default only by newer controllers; the rule is the same.
  return deadline <= minReady
    ? `progressDeadlineSeconds (${deadline}) must be greater than minReadySeconds (${minReady})`
    : undefined;
}

function firstError(fields: readonly (readonly [string, IntOrPercent | undefined, boolean])[]): string | undefined {
  for (const [name, value, atMostAll] of fields) {
    if (value === undefined) continue;
    const error = intOrPercentError(value);
    if (error !== undefined) return `${name} ${error}`;
    if (atMostAll && (percentOf(value) ?? 0) > 100) return `${name} ${value} is more than 100%`;
  }
  return undefined;
}

function isZero(value: IntOrPercent): boolean {
  return (percentOf(value) ?? value) === 0;
}

function rejection(object: { id: string; origin?: Origin }, because: string): Rejection {
  return { id: object.id, because, ...(object.origin !== undefined && { origin: object.origin }) };
}

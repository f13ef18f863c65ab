import { oncePer } from '../../model/once.ts';
import { scaled } from './scaling.ts';
import type { Budget, DisruptedWorkload } from './types.ts';

/** What the disruption controller would write into a budget's status, or why it cannot. */
export type BudgetStatus =
  | { readonly state: 'computed'; readonly expectedPods: number; readonly desiredHealthy: number }
  /** Its computation fails, so it allows no eviction. */
  | { readonly state: 'blind'; readonly because: string };

/** Pods that a budget counts: of the workload itself, and of the others its selector matches. */
export interface Counted {
  /** `spec.replicas` of the workload's controllers, as the scale subresource reports it. */
  readonly own: number;
  readonly others: number;
}

/**
 * The status of a budget over a workload: `getExpectedPodCount`, `getExpectedScale` and `failSafe` of kubernetes
 * pkg/controller/disruption/disruption.go. Both percentages round up. `maxUnavailable` and percentages need the scale
 * of every controller of a selected pod: a Job or DaemonSet has none, and the controller then allows nothing at all; a
 * pod without a controller counts as 0. A budget that states neither bound expects no pods and allows nothing.
 */
export function budgetStatus(budget: Budget, workload: DisruptedWorkload, counted: Counted): BudgetStatus {
  const { minAvailable, maxUnavailable } = budget;
  if (minAvailable === undefined && maxUnavailable === undefined)
    return { state: 'blind', because: 'it states neither minAvailable nor maxUnavailable, so it expects no pods' };
  if (typeof minAvailable === 'number')
    return { state: 'computed', expectedPods: counted.own + counted.others, desiredHealthy: minAvailable };

  const besides = besidesOf(budget);
  const scaleless = hasScale(workload) ? besides.scaleless : workload;
  const bound = minAvailable === undefined ? 'maxUnavailable' : 'a percentage';
  if (scaleless !== undefined)
    return {
      state: 'blind',
      because: `it uses ${bound} and selects pods of ${scaleless.id}, whose kind has no scale to compute it from`,
    };

  const expectedPods = scaleOf(workload.kind, counted.own) + Math.max(0, counted.others - besides.bare);
  if (expectedPods === 0)
    return { state: 'blind', because: `it uses ${bound} and selects only pods without a controller` };
  const desiredHealthy =
    minAvailable === undefined
      ? Math.max(0, expectedPods - scaled(maxUnavailable ?? 0, expectedPods, 'up'))
      : scaled(minAvailable, expectedPods, 'up');
  return { state: 'computed', expectedPods, desiredHealthy };
}

/** Evictions of ready pods allowed right now: `updatePdbStatus` of the disruption controller. */
export function disruptionsAllowed(status: BudgetStatus, healthy: number): number {
  if (status.state === 'blind' || status.expectedPods <= 0) return 0;
  return Math.max(0, healthy - status.desiredHealthy);
}

/**
 * Whether the eviction API lets a running pod go that is not ready: `EvictionREST.Create` of kubernetes
 * pkg/registry/core/pod/storage/eviction.go. With `desiredHealthy` 0 such a pod is not free: it needs a disruption left.
 */
export function unreadyEvictable(budget: Budget, status: BudgetStatus, healthy: number): boolean {
  if (budget.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  if (status.state === 'computed' && status.desiredHealthy > 0 && healthy >= status.desiredHealthy) return true;
  return disruptionsAllowed(status, healthy) > 0;
}

/** Fewest and most pods of the other workloads that a budget counts. `max` absent: not bounded. */
export function othersRange(budget: Budget): { readonly min: number; readonly max?: number } {
  return besidesOf(budget).range;
}

/** What a budget counts beside the one workload. */
interface Besides {
  readonly range: { readonly min: number; readonly max?: number };
  /** Pods without a controller. */
  readonly bare: number;
  readonly scaleless: { readonly id: string } | undefined;
}

/** Once for a budget, which is asked at every size of an autoscaler: it may select the pods of hundreds of workloads. */
const besidesOf = oncePer(({ others = [] }: Budget): Besides => {
  const sum = (each: readonly number[]): number => each.reduce((total, one) => total + one, 0);
  const min = sum(others.map((other) => other.min));
  const most = others.flatMap((other) => other.max ?? []);
  return {
    range: { min, ...(most.length === others.length && { max: sum(most) }) },
    bare: sum(others.flatMap((other) => (other.kind === 'Pod' ? other.min : []))),
    scaleless: others.find((other) => !hasScale(other)),
  };
});

function hasScale({ kind }: { readonly kind: DisruptedWorkload['kind'] }): boolean {
  return kind !== 'Job' && kind !== 'DaemonSet';
}

/** `minAvailable 50%`, `maxUnavailable 1`, as messages quote it. */
export function boundOf(budget: Budget): string {
  if (budget.minAvailable !== undefined) return `minAvailable ${budget.minAvailable}`;
  return budget.maxUnavailable === undefined ? 'no bound' : `maxUnavailable ${budget.maxUnavailable}`;
}

function scaleOf(kind: DisruptedWorkload['kind'], pods: number): number {
  return kind === 'Pod' ? 0 : pods;
}

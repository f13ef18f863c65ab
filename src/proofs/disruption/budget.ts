import { scaled } from './scaling.ts';
import type { Budget, CoveredWorkload, DisruptedWorkload } from './types.ts';

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

  const covered = [{ id: workload.id, kind: workload.kind }, ...(budget.others ?? [])];
  const scaleless = covered.find(({ kind }) => kind === 'Job' || kind === 'DaemonSet');
  const bound = minAvailable === undefined ? 'maxUnavailable' : 'a percentage';
  if (scaleless !== undefined)
    return {
      state: 'blind',
      because: `it uses ${bound} and selects pods of ${scaleless.id}, whose kind has no scale to compute it from`,
    };

  const expectedPods = scaleOf(workload.kind, counted.own) + scaleOfOthers(budget.others ?? [], counted.others);
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
export function othersRange(budget: Budget): { min: number; max?: number } {
  const others = budget.others ?? [];
  const min = others.reduce((sum, other) => sum + other.min, 0);
  if (others.some((other) => other.max === undefined)) return { min };
  return { min, max: others.reduce((sum, other) => sum + (other.max ?? 0), 0) };
}

/** `minAvailable 50%`, `maxUnavailable 1`, as messages quote it. */
export function boundOf(budget: Budget): string {
  if (budget.minAvailable !== undefined) return `minAvailable ${budget.minAvailable}`;
  return budget.maxUnavailable === undefined ? 'no bound' : `maxUnavailable ${budget.maxUnavailable}`;
}

function scaleOf(kind: DisruptedWorkload['kind'], pods: number): number {
  return kind === 'Pod' ? 0 : pods;
}

function scaleOfOthers(others: readonly CoveredWorkload[], pods: number): number {
  const bare = others.filter(({ kind }) => kind === 'Pod').reduce((sum, { min }) => sum + min, 0);
  return Math.max(0, pods - bare);
}

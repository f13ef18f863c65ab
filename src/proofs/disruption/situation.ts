import type { NonEmpty, Step } from '../../model/result.ts';
import { boundOf, budgetStatus, disruptionsAllowed, othersRange, type BudgetStatus } from './budget.ts';
import { boundPlace, selectorPlace } from './places.ts';
import { replicaRange, type ReplicaRange } from './scaling.ts';
import type { Budget, DisruptedWorkload, DisruptionInput } from './types.ts';
import { no, type Verdict } from './verdict.ts';

/** How evictions of the workload's pods are limited. */
type Guard =
  | { readonly kind: 'none' }
  /** The eviction API answers 500 whenever more than one budget selects a pod. */
  | { readonly kind: 'several'; readonly budgets: readonly Budget[] }
  | { readonly kind: 'one'; readonly budget: Budget; readonly status: BudgetStatus };

/**
 * The workload at one number of replicas. The fewest are the worst case of drains and rollouts: `N - desiredHealthy`, `N - maxUnavailable`
 * and the evictions a budget allows never shrink as N grows (the property tests hold this over ranges). They are not where pods are
 * missing already, as of a rollout that hangs; that is asked at every size (`sizes.ts`).
 */
export interface Situation {
  readonly workload: DisruptedWorkload;
  readonly range: ReplicaRange;
  /** Replicas at which it is judged: the fewest where nothing else is said, but at least 1, since without pods nothing can hang. */
  readonly replicas: number;
  readonly guard: Guard;
  /** Ready pods of other workloads that count towards the one budget, when they are fewest and most. */
  readonly others: { readonly min: number; readonly max?: number };
  readonly room: number | 'fixed' | undefined;
  readonly podsPerNode: number | undefined;
}

/** The situation to judge; `undefined` for a workload whose number of pods no manifest decides (a DaemonSet). */
export function situationOf(input: DisruptionInput): Situation | undefined {
  const range = replicaRange(input.workload);
  if (range === undefined) return undefined;
  const replicas = Math.max(1, range.min);
  const [first, second] = input.budgets;
  const others = first === undefined || second !== undefined ? { min: 0, max: 0 } : othersRange(first);
  return {
    workload: input.workload,
    range,
    replicas,
    guard: guardOf(input, replicas, others.min),
    others,
    room: input.room,
    podsPerNode: input.podsPerNode,
  };
}

/** The same workload at another number of replicas. */
export function resized(situation: Situation, replicas: number): Situation {
  const { workload, guard, others } = situation;
  if (guard.kind !== 'one') return { ...situation, replicas };
  const status = budgetStatus(guard.budget, workload, { own: replicas, others: others.min });
  return { ...situation, replicas, guard: { ...guard, status } };
}

function guardOf({ workload, budgets }: DisruptionInput, own: number, others: number): Guard {
  const [budget, second] = budgets;
  if (budget === undefined) return { kind: 'none' };
  if (second !== undefined) return { kind: 'several', budgets };
  return { kind: 'one', budget, status: budgetStatus(budget, workload, { own, others }) };
}

/** Evictions of ready pods the guard allows with so many of the workload's own pods ready, the others being fewest. */
export function allowedNow({ guard, others }: Situation, ready: number): number {
  if (guard.kind === 'none') return ready;
  return guard.kind === 'several' ? 0 : Math.min(ready, disruptionsAllowed(guard.status, ready + others.min));
}

/** Fewest of its own pods that evictions alone leave ready, from all ready, the other workloads being at their most. */
export function leftByEvictions({ workload, guard, others, replicas }: Situation, own = replicas): number {
  if (guard.kind === 'none') return 0;
  if (guard.kind === 'several') return replicas;
  if (others.max === undefined) return guard.status.state === 'blind' ? replicas : 0;
  const status = budgetStatus(guard.budget, workload, { own, others: others.max });
  return Math.max(0, replicas - disruptionsAllowed(status, own + others.max));
}

/** The verdict when no pod can ever be evicted, whatever its state; `undefined` when the guard leaves room to judge. */
export function sealedVerdict({ workload, guard }: Situation): Verdict | undefined {
  if (guard.kind === 'several') return severalBudgets(workload, guard.budgets);
  if (guard.kind === 'one' && guard.status.state === 'blind') return blindBudget(workload, guard.budget, guard.status);
  return undefined;
}

/** The step that brings the workload to the judged number of replicas, when it can have others. */
export function scaleStep({ workload, range, replicas }: Situation): Step[] {
  if (range.min === range.max) return [];
  return [
    { action: `${range.setBy} scales ${workload.id} to ${replicas}`, state: `${replicas} of ${replicas} pods ready` },
  ];
}

/** The steps, after that which brings the workload to the judged number of replicas. */
export function afterScaling(situation: Situation, steps: NonEmpty<Step>): NonEmpty<Step> {
  const [scaled] = scaleStep(situation);
  return scaled === undefined ? steps : [scaled, ...steps];
}

/** `, at 4 replicas (HorizontalPodAutoscaler shop/api),` where the workload can have others; else nothing. */
export function atSize({ range, replicas }: Situation): string {
  return range.min === range.max ? '' : `, at ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} (${range.setBy}),`;
}

/** `3 healthy, 3 needed, 0 disruptions allowed`: a budget's status as `kubectl describe pdb` shows it. */
export function statusText(status: BudgetStatus, healthy: number): string {
  if (status.state === 'blind') return 'disruptionsAllowed 0';
  return `currentHealthy ${healthy}, desiredHealthy ${status.desiredHealthy}, disruptionsAllowed ${disruptionsAllowed(status, healthy)}`;
}

/** No pod that more than one budget selects is ever evicted, ready or not. */
export function severalBudgets(workload: DisruptedWorkload, budgets: readonly Budget[]): Verdict {
  const names = budgets.map(({ id }) => id).join(' and ');
  return no(
    'several-budgets',
    `${budgets.length} budgets select the pods of ${workload.id} (${names}), and the eviction API serves no pod with more than one`,
    [
      { action: `drain asks to evict a pod of ${workload.id}`, state: `${names} both select it` },
      { action: 'the eviction API answers 500', state: 'kubectl drain ends with an error, the pod stays' },
    ],
    budgets[0] && selectorPlace(budgets[0]),
  );
}

function blindBudget(workload: DisruptedWorkload, budget: Budget, status: { because: string }): Verdict {
  const steps: NonEmpty<Step> = [
    { action: `the disruption controller computes ${budget.id}`, state: `${status.because}: disruptionsAllowed 0` },
    { action: `drain asks to evict a pod of ${workload.id}`, state: 'the eviction API answers 429, again and again' },
  ];
  return no(
    'budget-blind',
    `${budget.id} (${boundOf(budget)}) never allows an eviction: ${status.because}`,
    steps,
    budget.others === undefined ? boundPlace(budget) : selectorPlace(budget),
  );
}

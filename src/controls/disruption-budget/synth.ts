import type { Patch, Subject } from '../../model/control.ts';
import { below, type Origin } from '../../model/origin.ts';
import { assessDisruption, type Budget, type DisruptionInput } from '../../proofs/disruption/index.ts';
import { findingsFor, type Params } from './check.ts';
import type { Disruptions } from './input.ts';

interface Repair {
  readonly input: DisruptionInput;
  readonly patches: readonly Patch[];
}

/**
 * Adds or corrects budgets, and makes a rollout surge where it must, as far as the engine then finds nothing left. What
 * needs more replicas, or a decision which of two budgets is meant, stays with people.
 */
export function synth(_subject: Subject, { workloads, quorum, quorumDeclared }: Disruptions, params: Params): Patch[] {
  if (quorumDeclared && workloads.length > 1 && quorum > workloads.length) return [];
  const repairs = workloads.map(({ input, selector }) => repair(input, selector, params));
  return repairs.every((one) => one !== undefined) ? repairs.flatMap(({ patches }) => patches) : [];
}

type Step = (repair: Repair) => Repair;

/** The fewest changes after which the engine finds nothing wrong. */
function repair(
  input: DisruptionInput,
  selector: Readonly<Record<string, string>>,
  params: Params,
): Repair | undefined {
  const budgeted: Step = (one) => withBudget(one, selector);
  const ways: Step[][] = [
    [],
    [withSurge],
    [budgeted],
    [withUnreadyFreed],
    [budgeted, withSurge],
    [withSurge, withUnreadyFreed],
    [budgeted, withUnreadyFreed],
    [budgeted, withSurge, withUnreadyFreed],
  ];
  const repairs = ways.map((steps) =>
    steps.reduce((repaired, step) => step(repaired), { input, patches: [] } as Repair),
  );
  return repairs.find((one) => findingsFor(one.input, assessDisruption(one.input), params).length === 0);
}

/** A budget of one pod at a time, new or in place of a bound that does not work. */
function withBudget({ input, patches }: Repair, selector: Readonly<Record<string, string>>): Repair {
  const { workload, budgets, strays } = input;
  const [budget, second] = budgets;
  // Once its selector is corrected, two budgets would be over the pods, which blocks every eviction.
  if (strays !== undefined) return { input, patches };
  if (workload.origin === undefined || second !== undefined || (budget?.others?.length ?? 0) > 0)
    return { input, patches };
  if (budget === undefined) {
    if (Object.keys(selector).length === 0) return { input, patches };
    const bound = {
      maxUnavailable: 1,
      ...(workload.kind === 'Deployment' && { unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
    };
    const patch = newBudget(workload.id, workload.origin, bound, selector);
    return { input: { ...input, budgets: [{ id: 'new', ...bound }] }, patches: [...patches, patch] };
  }
  if (budget.origin === undefined) return { input, patches };
  const corrected = correctedBudget(budget, budget.origin, assessDisruption(input).replicas?.min ?? 0);
  if (corrected === undefined) return { input, patches };
  return { input: { ...input, budgets: [corrected.budget] }, patches: [...patches, ...corrected.patches] };
}

/**
 * The budget that lets one pod go at the fewest replicas, by a new value of the bound it has: an overlay may state one
 * bound and take the other away, so that a bound in place of another could be lost. `undefined` where a pod must stay.
 */
function correctedBudget(
  budget: Budget,
  origin: Origin,
  replicas: number,
): { budget: Budget; patches: Patch[] } | undefined {
  const { minAvailable, maxUnavailable, ...rest } = budget;
  const reason = `the bound of ${budget.id} does not fit the replicas and the quorum`;
  const at = (field: string): Origin => below(origin, 'spec', field);
  if (minAvailable !== undefined && maxUnavailable === undefined) {
    if (replicas < 2) return undefined;
    const kept = replicas - 1;
    const set: Patch = { op: 'set', origin: at('minAvailable'), value: kept, reason };
    return { budget: { ...rest, minAvailable: kept }, patches: [set] };
  }
  const removed: Patch[] = minAvailable === undefined ? [] : [{ op: 'remove', origin: at('minAvailable'), reason }];
  const set: Patch = { op: 'set', origin: at('maxUnavailable'), value: 1, reason };
  return { budget: { ...rest, maxUnavailable: 1 }, patches: [...removed, set] };
}

function newBudget(id: string, beside: Origin, bound: object, matchLabels: Readonly<Record<string, string>>): Patch {
  const [namespace = 'default', name = ''] = id.slice(id.indexOf(' ') + 1).split('/');
  const object = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace },
    spec: { ...bound, selector: { matchLabels } },
  };
  return { op: 'add-object', beside, object, reason: `no budget limits how many pods of ${id} are evicted at once` };
}

/** Takes no ready pod away before a new one is there. */
function withSurge({ input, patches }: Repair): Repair {
  const { workload } = input;
  if (workload.kind !== 'Deployment' || workload.strategy.type !== 'RollingUpdate' || workload.origin === undefined)
    return { input, patches };
  const { strategy } = workload;
  const rolling = below(workload.origin, 'spec', 'strategy', 'rollingUpdate');
  const reason = `a rollout of ${workload.id} that hangs would use up the budget`;
  const surges = strategy.maxSurge !== 0 && strategy.maxSurge !== '0%';
  const set = (field: string, value: number): Patch => ({ op: 'set', origin: below(rolling, field), value, reason });
  return {
    input: {
      ...input,
      workload: { ...workload, strategy: { ...strategy, maxUnavailable: 0, ...(!surges && { maxSurge: 1 }) } },
    },
    patches: [...patches, set('maxUnavailable', 0), ...(surges ? [] : [set('maxSurge', 1)])],
  };
}

function withUnreadyFreed({ input, patches }: Repair): Repair {
  const [budget, second] = input.budgets;
  if (budget?.origin === undefined || second !== undefined) return { input, patches };
  const origin = below(budget.origin, 'spec', 'unhealthyPodEvictionPolicy');
  const patch: Patch = {
    op: 'set',
    origin,
    value: 'AlwaysAllow',
    reason: `${budget.id} holds pods that never become ready`,
  };
  return {
    input: { ...input, budgets: [{ ...budget, unhealthyPodEvictionPolicy: 'AlwaysAllow' }] },
    patches: [...patches, patch],
  };
}

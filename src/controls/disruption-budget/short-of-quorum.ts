/** Which drain or rollout leaves fewer pods ready than the quorum, and what lets it. */
import type { Finding } from '../../model/result.ts';
import {
  assessDisruption,
  selectorPlace,
  type Budget,
  type DisruptedWorkload,
  type DisruptionAnswer,
  type DisruptionInput,
} from '../../proofs/disruption/index.ts';
import { finding } from './finding.ts';

/** The quorum in the first scenario that breaks it. Losing a node unawares is not asked here: it depends on the spread. */
export function shortOfQuorum(
  input: DisruptionInput,
  { quorum, replicas, drain }: DisruptionAnswer,
): Finding | undefined {
  const { workload, budgets } = input;
  if (replicas?.min === 0) return undefined;
  const broken = [quorum.steady, quorum.drain, quorum.rollout, quorum.together].find(({ answer }) => answer === 'no');
  if (broken?.answer !== 'no' || drain.answer === 'no') return undefined;
  if (broken !== quorum.drain) return finding(broken.because, 'high', MORE_REPLICAS, workload.origin, broken.steps);
  if (budgets.length === 0) {
    const { message, remedy, origin } = nothingGuards(input, replicas);
    return finding(message, 'medium', remedy, origin, broken.steps, true);
  }
  const { message, remedy, origin } = guardsTooLittle(input, replicas, broken.because);
  return finding(message, 'high', remedy, origin, broken.steps);
}

interface Reason {
  readonly message: string;
  readonly remedy: string;
  readonly origin: Finding['origin'];
}

const MORE_REPLICAS =
  'Run more replicas than the quorum, and let the budget and maxUnavailable take only what is above it.';

function singlePod({ id }: DisruptedWorkload, { setBy }: { setBy: string }): string {
  return `${id} may run a single pod (${setBy}): draining its node leaves none ready`;
}

/** What sets the number of replicas: the autoscaler, else the workload. */
function setterOf({ autoscaler, origin }: DisruptedWorkload): Finding['origin'] {
  return autoscaler?.origin ?? origin;
}

/** A budget is over the pods: there is one pod alone, or others make up for those that go, or it lets too many go. */
function guardsTooLittle(input: DisruptionInput, replicas: DisruptionAnswer['replicas'], because: string): Reason {
  const { workload, budgets, quorum = 1 } = input;
  if (replicas?.min === 1 && quorum === 1)
    return { message: singlePod(workload, replicas), remedy: MORE_REPLICAS, origin: setterOf(workload) };
  const [budget] = budgets;
  if (budget?.others === undefined || !keepsAlone(input, budget))
    return { message: because, remedy: MORE_REPLICAS, origin: workload.origin };
  return {
    message: `${because}: ${budget.id} counts the pods of ${budget.others.map(({ id }) => id).join(' and ')} as well`,
    remedy: 'Give each workload a budget of its own: narrow the selector of this one.',
    origin: selectorPlace(budget) ?? workload.origin,
  };
}

/** Whether the budget would keep the quorum if it selected the pods of this workload only. */
function keepsAlone(input: DisruptionInput, budget: Budget): boolean {
  return assessDisruption({ ...input, budgets: [{ ...budget, others: [] }] }).quorum.drain.answer === 'yes';
}

/** No budget is over the pods; one that selects nothing and was meant for them is named. */
function nothingGuards(
  { workload, strays: [stray] = [] }: DisruptionInput,
  replicas: DisruptionAnswer['replicas'],
): Reason {
  const { id, origin } = workload;
  if (replicas?.min === 1)
    return { message: singlePod(workload, replicas), remedy: MORE_REPLICAS, origin: setterOf(workload) };
  const message = `no PodDisruptionBudget selects the pods of ${id}: drained nodes may take all ${replicas?.min ?? 0} at once`;
  if (stray === undefined)
    return {
      message,
      remedy: 'Add a PodDisruptionBudget with maxUnavailable: 1 that selects these pods and no others.',
      origin,
    };
  return {
    message: `${message}; ${stray.id} ${stray.instead ?? `selects no pods, as none has ${stray.asks.join(', ')}`}`,
    remedy: `Correct the selector of ${stray.id}, so that it selects these pods and no others.`,
    origin: stray.origin ?? origin,
  };
}

import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result, type Step } from '../../model/result.ts';
import { assessDisruption, type DisruptionAnswer, type DisruptionInput } from '../../proofs/disruption/index.ts';
import { blockageFindings, blockageQuestion } from './blocked.ts';
import type { Disruptions } from './input.ts';
import { drainRemedy, rejectionRemedy } from './remedies.ts';

export interface Params {
  readonly unreadyPodsMayGo: boolean;
}

export function check(_subject: Subject, input: Disruptions, params: Params): Result {
  const judged = input.workloads.map(({ input: one }) => ({ one, answer: assessDisruption(one) }));
  const sum = shortInSum(input);
  const each = judged.flatMap(({ one, answer }) => findingsFor(one, answer, params));
  const blocked = input.blocked ?? [];
  const findings = [...each, ...(sum.finding === undefined ? [] : [sum.finding]), ...blockageFindings(blocked)];
  const unclear = input.workloads.find((workload) => workload.unclear !== undefined)?.unclear;
  const open = unclear ?? judged.map(openQuestion).find(Boolean) ?? sum.open;
  if (open !== undefined && findings.length === 0) return inconclusive(open);
  const asked = blockageQuestion(blocked);
  if (asked !== undefined && findings.length === 0) return inconclusive(asked.because, asked.origin);
  return failOr(findings, judged.map(({ one, answer }) => summary(one, answer)).join('; '), facts(judged));
}

/** What is wrong with one workload; none when it drains, rolls out and keeps its quorum. */
export function findingsFor(input: DisruptionInput, answer: DisruptionAnswer, params: Params): Finding[] {
  if (answer.rejected.length > 0) return refusals(input, answer);
  if (input.workload.kind === 'DaemonSet') return [];
  const drain = drainFinding(input, answer);
  const short = shortOfQuorum(input, answer);
  const hanging = drain === undefined ? stalledFinding(input, answer) : undefined;
  const unready = params.unreadyPodsMayGo && drain === undefined ? unreadyFinding(input, answer) : undefined;
  return [drain, short, hanging, unready].filter((found) => found !== undefined);
}

/** What holds whichever budgets select the pods. */
function refusals({ workload }: DisruptionInput, { rejected }: DisruptionAnswer): Finding[] {
  return rejected.map(({ id, because, origin }) =>
    finding(`the API server refuses ${id}: ${because}`, 'high', rejectionRemedy, origin ?? workload.origin),
  );
}

function drainFinding({ workload, budgets }: DisruptionInput, { drain }: DisruptionAnswer): Finding | undefined {
  if (drain.answer !== 'no') return undefined;
  const origin = drain.origin ?? workload.origin;
  return finding(drain.because, 'high', drainRemedy(drain.obstacle, budgets), origin, drain.steps);
}

/** The quorum in the first scenario that breaks it. Losing a node unawares is not asked here: it depends on the spread. */
function shortOfQuorum(input: DisruptionInput, { quorum, replicas, drain }: DisruptionAnswer): Finding | undefined {
  const { workload, budgets } = input;
  if (replicas?.min === 0) return undefined;
  const broken = [quorum.steady, quorum.drain, quorum.rollout, quorum.together].find(({ answer }) => answer === 'no');
  if (broken?.answer !== 'no' || drain.answer === 'no') return undefined;
  const unguarded = budgets.length === 0 && broken === quorum.drain;
  if (!unguarded) return finding(broken.because, 'high', MORE_REPLICAS, workload.origin, broken.steps);
  const { message, remedy, origin } = nothingGuards(input, replicas);
  return finding(message, 'medium', remedy, origin, broken.steps, true);
}

const MORE_REPLICAS =
  'Run more replicas than the quorum, and let the budget and maxUnavailable take only what is above it.';

/** No budget is over the pods; one that selects nothing and was meant for them is named. */
function nothingGuards(
  { workload, strays: [stray] = [] }: DisruptionInput,
  replicas: DisruptionAnswer['replicas'],
): { message: string; remedy: string; origin: Finding['origin'] } {
  const { id, origin } = workload;
  if (replicas?.min === 1)
    return {
      message: `${id} may run a single pod (${replicas.setBy}): draining its node leaves none ready`,
      remedy: MORE_REPLICAS,
      origin,
    };
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

/** Only a Deployment can avoid it, by surging; a StatefulSet always has one pod down while it updates. */
function stalledFinding({ workload }: DisruptionInput, { stalled }: DisruptionAnswer): Finding | undefined {
  if (workload.kind !== 'Deployment' || workload.strategy.type !== 'RollingUpdate' || stalled.answer !== 'no')
    return undefined;
  return finding(
    stalled.because,
    'medium',
    'Set maxUnavailable: 0 in the rolling update, so that a version that hangs takes no ready pod away.',
    stalled.origin ?? workload.origin,
    stalled.steps,
  );
}

function unreadyFinding({ workload }: DisruptionInput, { unready }: DisruptionAnswer): Finding | undefined {
  if (unready.answer !== 'no') return undefined;
  const remedy = 'Set unhealthyPodEvictionPolicy: AlwaysAllow in the budget.';
  return finding(unready.because, 'low', remedy, unready.origin ?? workload.origin, unready.steps);
}

/** Fewest ready of all workloads together, where a quorum was declared over several of them. */
function fewestOfAll({ quorumDeclared, workloads }: Disruptions): { sum: number; exact: boolean } | undefined {
  if (!quorumDeclared || workloads.length < 2) return undefined;
  const kept = workloads.map(({ input }) => assessDisruption(input).fewestReady.together);
  const shared = workloads.some(({ input }) => input.budgets.some(({ others }) => others !== undefined));
  return {
    sum: kept.reduce((total, { atLeast }) => total + atLeast, 0),
    exact: !shared && kept.every(({ exact }) => exact),
  };
}

/** A declared quorum over several workloads is met by the sum of what each keeps. */
function shortInSum(input: Disruptions): { finding?: Finding; open?: string } {
  const all = fewestOfAll(input);
  if (all === undefined || all.sum >= input.quorum) return {};
  const message = `when nodes are drained during rollouts, ${all.sum} of the pods of its ${input.workloads.length} workloads may be left ready, quorum ${input.quorum}`;
  if (!all.exact) return { open: `${message}; how many exactly is not known` };
  const remedy = 'Run more replicas than the quorum, and guard them with budgets.';
  return { finding: finding(message, 'high', remedy, input.workloads[0]?.input.workload.origin) };
}

/** A question that stays open and could hide a break. */
function openQuestion({ one, answer }: { one: DisruptionInput; answer: DisruptionAnswer }): string | undefined {
  if (one.workload.kind === 'DaemonSet' || answer.replicas?.min === 0) return undefined;
  const questions = [answer.drain, answer.quorum.drain, answer.quorum.rollout, answer.quorum.together];
  const open = questions.find((verdict) => verdict.answer === 'unknown');
  return open?.answer === 'unknown' ? open.because : undefined;
}

function summary(
  { workload }: DisruptionInput,
  { drain, disruptionsAllowed, fewestReady, replicas }: DisruptionAnswer,
): string {
  if (drain.answer === 'yes' && workload.kind === 'DaemonSet') return `${workload.id}: ${drain.witness.summary}`;
  if (drain.answer === 'moot') return drain.because;
  const goes = disruptionsAllowed === undefined ? 'no budget' : `${disruptionsAllowed} may go at a time`;
  return `${workload.id}: ${replicas?.min ?? 0} replicas, ${goes}, at least ${fewestReady.together.atLeast} ready through drains and rollouts`;
}

function facts(judged: readonly { answer: DisruptionAnswer }[]): Record<string, number | string> {
  const [first] = judged;
  if (first === undefined || judged.length > 1) return { workloads: judged.length };
  const { replicas, fewestReady, disruptionsAllowed, unready } = first.answer;
  return {
    replicas: replicas?.min ?? 'one a node',
    ...(disruptionsAllowed !== undefined && { disruptionsAllowed }),
    fewestReady: fewestReady.together.atLeast,
    unreadyPodsMayGo: unready.answer === 'yes' ? 'yes' : 'no',
  };
}

function finding(
  message: string,
  severity: Finding['severity'],
  remediation: string,
  origin: Finding['origin'],
  steps?: readonly Step[],
  fromAbsence = false,
): Finding {
  return {
    message,
    severity,
    remediation,
    ...(origin !== undefined && { origin }),
    ...(steps !== undefined && { counterExample: steps }),
    ...(fromAbsence && { fromAbsence }),
  };
}

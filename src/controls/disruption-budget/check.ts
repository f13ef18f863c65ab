import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { assessDisruption, type DisruptionAnswer, type DisruptionInput } from '../../proofs/disruption/index.ts';
import { blockageFindings, blockageQuestion } from './blocked.ts';
import { finding } from './finding.ts';
import type { Disruptions } from './input.ts';
import { drainRemedy, rejectionRemedy } from './remedies.ts';
import { shortOfQuorum } from './short-of-quorum.ts';

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
  const [unread] = input.unread ?? [];
  if (unread !== undefined && findings.length === 0) return inconclusive(unread.because, unread.origin);
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

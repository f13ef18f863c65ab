import type { Finding } from '../../model/result.ts';
import {
  assessMetric,
  percentOf,
  podsAtWeight,
  shareText,
  type DeliveryPlan,
  type Share,
  type Stage,
  type Watch,
} from '../../proofs/canary/index.ts';
import type { Params } from './input.ts';

/** Whether the steps are small enough, really are what they say, and are each judged. */
export function stageFindings(plan: DeliveryPlan, params: Params): Finding[] {
  if (plan.by === 'argo-blue-green') return watchedFindings(plan, params);
  return [weights(plan, params), firstShare(plan, params), ...watchedFindings(plan, params)].filter(
    (finding) => finding !== undefined,
  );
}

/** Pods of both versions at a step; `undefined` where a router splits the traffic, whatever the pods. */
export function shareOf({ routed, replicas, maxSurge }: DeliveryPlan, { weight }: Stage): Share | undefined {
  return routed ? undefined : podsAtWeight(replicas, weight, maxSurge);
}

function weights({ id, stages, origin }: DeliveryPlan, { steps }: Params): Finding | undefined {
  const wanted = steps.filter((step) => step < 100);
  const small = wanted.every((step, index) => (stages[index]?.weight ?? 100) <= step);
  if (small) return undefined;
  const now = [...stages.map(({ weight }) => weight), 100].map((weight) => `${weight} %`).join(', ');
  return {
    message: `${id} goes through ${now}; ${steps.map((step) => `${step} %`).join(', ')} is asked for`,
    severity: stages.length === 0 ? 'high' : 'medium',
    origin: stages.find(({ weight }, index) => weight > (wanted[index] ?? 100))?.origin ?? origin,
    remediation: `Let the steps set ${wanted.join(' and ')} % before all, or less.`,
  };
}

/** Without a router, weights become whole pods: with few replicas a tenth may be a half. */
export function firstShare(plan: DeliveryPlan, { firstShare: most }: Params): Finding | undefined {
  const [first] = plan.stages;
  const share = first === undefined ? undefined : shareOf(plan, first);
  if (first === undefined || share === undefined || percentOf(share) <= Math.max(most, first.weight + 1))
    return undefined;
  const fewest = plan.replicas === 1 ? '1 replica' : `${plan.replicas} replicas`;
  return {
    message: `the first step of ${plan.id} says ${first.weight} %, and at ${fewest} it is ${shareText(share)}`,
    severity: 'medium',
    origin: first.origin,
    counterExample: [
      { action: `setWeight ${first.weight} at ${fewest} without traffic routing`, state: 'pods are whole' },
      { action: 'the controller takes the closest number of pods', state: shareText(share) },
    ],
    remediation: 'Split the traffic by a router (trafficRouting), or run more replicas.',
  };
}

function watchedFindings(plan: DeliveryPlan, { quantile }: Params): Finding[] {
  const { id, stages, marks, missing, by } = plan;
  if (missing.length > 0) return [];
  const before = by === 'argo-blue-green';
  const where = (found: readonly Stage[]): string =>
    before ? 'before the switch' : `at ${found.map(({ weight }) => `${weight} %`).join(', ')}`;
  const lacking = (found: readonly Stage[], message: string): Finding[] =>
    found.length === 0 ? [] : [finding(message, found, before)];
  const unwatched = stages.filter(({ watched }) => watched.length === 0);
  const watched = stages.filter((stage) => !unwatched.includes(stage));
  const noErrors = watched.filter((stage) => !stage.watched.some((watch) => judges(watch, marks, 'errors', quantile)));
  const noLatency = watched.filter(
    (stage) => !stage.watched.some((watch) => judges(watch, marks, 'latency', quantile)),
  );
  const timed = unwatched.filter(({ person }) => !person);
  const after =
    timed.length < unwatched.length && !before ? ` after ${timed.map(({ weight }) => `${weight} %`).join(', ')}` : '';
  const instead = timed.length === 0 ? 'a person decides without it' : `it goes on by time alone${after}`;
  const percentile = `p${String(quantile).slice(2)}`;
  return [
    ...lacking(unwatched, `nothing judges ${id} ${where(unwatched)}: ${instead}`),
    ...lacking(noErrors, `no metric of the error rate judges ${id} ${where(noErrors)}`),
    ...lacking(noLatency, `no metric of the ${percentile} latency judges ${id} ${where(noLatency)}`),
  ];
}

/** A dry run judges nothing; a latency without a known quantile is taken at its word. */
function judges(watch: Watch, marks: DeliveryPlan['marks'], kind: 'errors' | 'latency', least: number): boolean {
  const { measures, quantile = least } = assessMetric(watch, marks);
  return measures === kind && !watch.metric.dryRun && (kind === 'errors' || quantile >= least);
}

function finding(message: string, [first]: readonly Stage[], before: boolean): Finding {
  const metrics = 'an analysis of the error rate and the p99 latency of the new version';
  return {
    message,
    severity: 'high',
    remediation: before ? `Add ${metrics} as prePromotionAnalysis.` : `Add ${metrics} to each step.`,
    ...(first !== undefined && { origin: first.origin }),
  };
}

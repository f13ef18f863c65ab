import type { Finding } from '../../model/result.ts';
import {
  assessMetric,
  percentOf,
  podsAtWeight,
  shareText,
  type DeliveryPlan,
  type Share,
  type Stage,
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
  const blind = (judges: (stage: Stage) => boolean): Stage[] => stages.filter((stage) => !judges(stage));
  const measures = (kind: 'errors' | 'latency') => (stage: Stage) =>
    stage.watched.some((watch) => {
      const answer = assessMetric(watch, marks);
      return (
        answer.measures === kind &&
        !watch.metric.dryRun &&
        (kind === 'errors' || (answer.quantile ?? quantile) >= quantile)
      );
    });
  const where = (found: readonly Stage[]): string =>
    by === 'argo-blue-green' ? 'before the switch' : `at ${found.map(({ weight }) => `${weight} %`).join(', ')}`;
  const unwatched = blind(({ watched }) => watched.length > 0);
  const rest = (found: readonly Stage[]): Stage[] => found.filter((stage) => !unwatched.includes(stage));
  const noErrors = rest(blind(measures('errors')));
  const noLatency = rest(blind(measures('latency')));
  const percentile = `p${String(quantile).slice(2)}`;
  return [
    unwatched.length > 0
      ? finding(`nothing judges ${id} ${where(unwatched)}: it goes on by time alone`, unwatched)
      : undefined,
    noErrors.length > 0 ? finding(`no metric of the error rate judges ${id} ${where(noErrors)}`, noErrors) : undefined,
    noLatency.length > 0
      ? finding(`no metric of the ${percentile} latency judges ${id} ${where(noLatency)}`, noLatency)
      : undefined,
  ].filter((one) => one !== undefined);
}

function finding(message: string, [first]: readonly Stage[]): Finding {
  return {
    message,
    severity: 'high',
    remediation: 'Add an analysis of the error rate and the p99 latency of the new version to each step.',
    ...(first !== undefined && { origin: first.origin }),
  };
}

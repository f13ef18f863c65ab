import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import {
  assessMetric,
  percentOf,
  shareText,
  type DeliveryPlan,
  type MissingTemplate,
  type Stage,
} from '../../proofs/canary/index.ts';
import type { Params } from './input.ts';
import { metricFindings, unclearMetric } from './metrics.ts';
import { shareOf, stageFindings } from './stages.ts';

export function check(_subject: Subject, plans: DeliveryPlan[], params: Params): Result {
  const findings = plans.flatMap((plan) => findingsFor(plan, params));
  const open = plans.map(openQuestion).find(Boolean);
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  return failOr(findings, plans.map(summaryOf).join('; '), {
    workloads: plans.length,
    stages: plans.reduce((sum, { stages }) => sum + stages.length, 0),
    ...mixed(plans),
  });
}

export function findingsFor(plan: DeliveryPlan, params: Params): Finding[] {
  if (plan.by === 'none') return [allAtOnce(plan, params)];
  const missing = plan.missing.filter(isExpectedHere).map(({ what, origin }): Finding => ({
    message: `${plan.id} is judged by ${what}, which is not there: the analysis errs`,
    severity: 'high',
    origin,
    fromAbsence: true,
    remediation: 'Add the template to what is deployed with it, or correct its name.',
  }));
  return distinct([...missing, ...stageFindings(plan, params), ...metricFindings(plan), ...rollback(plan, params)]);
}

function allAtOnce({ id, origin }: DeliveryPlan, { steps }: Params): Finding {
  return {
    message: `a new version of ${id} gets all users as fast as its pods start: nothing judges it on the way`,
    severity: 'high',
    origin,
    counterExample: [
      { action: 'a version that answers every request with an error is applied', state: 'its pods are ready' },
      { action: 'the rolling update goes on', state: 'every user gets errors; nothing halts' },
    ],
    remediation: `Deliver it by an Argo Rollout or a Flagger Canary through ${steps.join(', ')} %, with an analysis at each step.`,
  };
}

function rollback({ id, by, history, abortsHanging, origin }: DeliveryPlan, { abortHanging }: Params): Finding[] {
  const nothing: Finding[] =
    history.value > 0
      ? []
      : [
          {
            message: `${id} keeps no former version: there is nothing to go back to`,
            severity: 'high',
            origin: history.origin,
            remediation: 'Set revisionHistoryLimit to 2 or more.',
          },
        ];
  if (abortsHanging || !abortHanging || by !== 'argo-canary') return nothing;
  const message = `a canary of ${id} that never becomes ready stays: it is reported as degraded and not given up`;
  return [...nothing, { message, severity: 'low', origin, remediation: 'Set progressDeadlineAbort: true.' }];
}

/** What is of a namespace comes with what is deployed there; what is of the whole cluster may come from anywhere. */
function isExpectedHere({ ofCluster }: MissingTemplate): boolean {
  return ofCluster !== true;
}

function openQuestion(plan: DeliveryPlan): string | undefined {
  const elsewhere = plan.missing.find((template) => !isExpectedHere(template));
  if (elsewhere !== undefined)
    return `${plan.id} is judged by ${elsewhere.what}, which is not in the repository: what it measures is not known`;
  return plan.stages.flatMap(({ watched }) => watched.flatMap((watch) => unclearMetric(watch, plan.marks)))[0];
}

/** The same metric is asked at each step, and is reported once. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
}

function summaryOf(plan: DeliveryPlan): string {
  if (plan.by === 'argo-blue-green') return `${plan.id}: judged before the switch by ${metricNames(plan.stages)}`;
  const steps = plan.stages.map((stage) => stepText(plan, stage));
  return `${plan.id}: ${steps.join(', ')}, then 100 %, each judged by ${metricNames(plan.stages)}`;
}

function stepText(plan: DeliveryPlan, stage: Stage): string {
  const share = shareOf(plan, stage);
  if (plan.routed || share === undefined || Math.round(percentOf(share)) === stage.weight) return `${stage.weight} %`;
  return `${stage.weight} % (${shareText(share)})`;
}

function metricNames(stages: readonly Stage[]): string {
  return [...new Set(stages.flatMap(({ watched }) => watched.map(({ metric }) => metric.name)))].join(' and ');
}

/** Metrics that see both versions, and in which a broken canary still shows. */
function mixed(plans: readonly DeliveryPlan[]): Record<string, string> {
  const names = plans.flatMap(({ stages, marks }) =>
    stages.flatMap(({ watched }) =>
      watched
        .filter((watch) => assessMetric(watch, marks).about === 'both')
        .map(({ metric }) => `${metric.template} ${metric.name}`),
    ),
  );
  return names.length === 0 ? {} : { seesBothVersions: [...new Set(names)].join(', ') };
}

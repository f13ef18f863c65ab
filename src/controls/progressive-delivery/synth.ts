import type { Patch, Subject } from '../../model/control.ts';
import { below, type Origin } from '../../model/origin.ts';
import { assessMetric, type DeliveryPlan, type Metric, type Watch } from '../../proofs/canary/index.ts';
import { findingsFor } from './check.ts';
import type { Params } from './input.ts';
import { metricFindings } from './metrics.ts';
import { firstShare, stageFindings } from './stages.ts';
import { analysisTemplate, canarySteps } from './template.ts';

/** Guards conditions against silence, and writes steps with an analysis for a Rollout that has none or too few. */
export function synth(_subject: Subject, plans: DeliveryPlan[], params: Params): Patch[] {
  const repairs = plans.map((plan) => repair(plan, params));
  return repairs.every((patches) => patches !== undefined) ? repairs.flat() : [];
}

function repair(plan: DeliveryPlan, params: Params): Patch[] | undefined {
  if (findingsFor(plan, params).length === 0) return [];
  if (plan.by !== 'argo-canary' || plan.missing.length > 0) return undefined;
  const rewritten = stageFindings(plan, params).length > 0;
  if (rewritten && firstShare(withSteps(plan, params), params) !== undefined) return undefined;
  const guarded = rewritten ? [] : guards(plan);
  if (guarded === undefined) return undefined;
  return [...(rewritten ? written(plan, params) : guarded), ...rollbackPatches(plan, params)];
}

function withSteps(plan: DeliveryPlan, { steps }: Params): DeliveryPlan {
  return { ...plan, stages: steps.map((weight) => ({ weight, watched: [], person: false, origin: plan.origin })) };
}

/** Steps as asked for, each judged by a new template; what judged before is replaced. */
function written(plan: DeliveryPlan, params: Params): Patch[] {
  const [namespace = 'default', name = ''] = plan.id.slice(plan.id.indexOf(' ') + 1).split('/');
  const reason = `${plan.id} is judged at each step`;
  return [
    { op: 'set', origin: below(plan.origin, 'steps'), value: canarySteps(name, params), reason },
    {
      op: 'add-object',
      beside: { ...plan.origin, pointer: [] },
      object: analysisTemplate(namespace, name, params),
      reason,
    },
  ];
}

/** Conditions that ask for data first; `undefined` where that does not mend it. */
function guards(plan: DeliveryPlan): Patch[] | undefined {
  const flawed = plan.stages
    .flatMap(({ watched }) => watched)
    .filter((watch) => metricFindings(only(plan, watch)).length > 0);
  const repairs = flawed.map((watch) => guard(plan, watch));
  return repairs.every((patch) => patch !== undefined) ? distinct(repairs) : undefined;
}

function guard(plan: DeliveryPlan, watch: Watch): Patch | undefined {
  const { metric } = watch;
  const { successCondition, failureCondition } = metric.judgement;
  const inner = successCondition ?? (failureCondition === undefined ? undefined : `!(${failureCondition})`);
  if (metric.provider !== 'prometheus' || inner === undefined || assessMetric(watch, plan.marks).halts !== 'yes')
    return undefined;
  const asks = (condition: string): string => `len(result) > 0 && !isNaN(result[0]) && (${condition})`;
  const mended: Metric = { ...metric, judgement: { ...metric.judgement, successCondition: asks(inner) } };
  if (metricFindings(only(plan, { ...watch, metric: mended })).length > 0) return undefined;
  const own = metric.stated ?? {};
  const written = own.success ?? (own.failure === undefined ? undefined : `!(${own.failure})`);
  if (written === undefined) return undefined;
  return {
    op: 'set',
    origin: below(metric.origin, 'successCondition'),
    value: asks(written),
    reason: `${metric.name} of ${metric.template} takes no silence for success`,
  };
}

function only(plan: DeliveryPlan, watch: Watch): DeliveryPlan {
  return { ...plan, stages: plan.stages.slice(0, 1).map((stage) => ({ ...stage, watched: [watch] })) };
}

function rollbackPatches({ origin, history, abortsHanging, id }: DeliveryPlan, { abortHanging }: Params): Patch[] {
  const spec: Origin = { ...origin, pointer: ['spec'] };
  const reason = `a bad version of ${id} is given up and gone back from`;
  return [
    ...(abortHanging && !abortsHanging
      ? [{ op: 'set', origin: below(spec, 'progressDeadlineAbort'), value: true, reason } as const]
      : []),
    ...(history.value > 0 ? [] : [{ op: 'set', origin: history.origin, value: 5, reason } as const]),
  ];
}

function distinct(patches: readonly Patch[]): Patch[] {
  return [...new Map(patches.map((patch) => [JSON.stringify(patch), patch])).values()];
}

import { parseDuration } from '../../../model/duration.ts';
import type { Cursor } from '../../../model/cursor.ts';
import { cursor, type KubeObject, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { readDisruption } from '../../disruption/read/index.ts';
import { replicaRange } from '../../disruption/scaling.ts';
import type { Judgement } from '../measure.ts';
import { AVERAGE } from '../metric.ts';
import type { DeliveryPlan, Metric, Stage } from '../types.ts';

/**
 * Flagger looks at every metric in each interval. A check that fails, or finds no value (NaN included, since 1.18), halts
 * the canary, and after `threshold` of them it goes back: fluxcd/flagger pkg/controller/scheduler_metrics.go.
 */
export function flaggerPlan(view: PlatformView, workload: Workload, canary: KubeObject): DeliveryPlan {
  const spec = cursor(canary).get('spec');
  const analysis = spec.get('analysis').exists ? spec.get('analysis') : spec.get('canaryAnalysis');
  const skipped = spec.get('skipAnalysis').boolean() === true;
  const metrics = skipped ? [] : analysis.get('metrics').items();
  const read = metrics.map((at) => flaggerMetric(view, canary, at));
  const watched = read.flatMap(({ metric }) => (metric === undefined ? [] : [{ metric, background: false }]));
  const history = cursor(workload.object).get('spec', 'revisionHistoryLimit');
  const replicas = Math.max(1, replicaRange(readDisruption(view, workload).input.workload)?.min ?? 1);
  return {
    id: `Canary ${canary.namespace ?? 'default'}/${canary.name}`,
    by: 'flagger',
    stages: weightsOf(analysis).map((weight): Stage => ({ weight, watched, person: false, origin: analysis.origin })),
    replicas,
    maxSurge: 0,
    routed: true,
    marks: [{ value: '-canary' }, { value: workload.name }],
    history: history.at(history.integer() ?? 10),
    abortsHanging: true,
    missing: read.flatMap(({ missing }) => (missing === undefined ? [] : [missing])),
    origin: skipped ? spec.get('skipAnalysis').origin : canary.origin,
  };
}

/** `stepWeights`, else from `stepWeight` up to `maxWeight` (100); with iterations the new version gets its share at once. */
function weightsOf(analysis: Cursor): number[] {
  const listed = analysis
    .get('stepWeights')
    .items()
    .flatMap((at) => at.integer() ?? []);
  if (listed.length > 0) return listed.filter((weight) => weight < 100);
  const step = analysis.get('stepWeight').integer() ?? 0;
  const most = analysis.get('maxWeight').integer() ?? 100;
  if (step <= 0) return (analysis.get('iterations').integer() ?? 0) > 0 ? [0] : [];
  return Array.from({ length: Math.ceil(most / step) }, (_, index) => Math.min(most, step * (index + 1))).filter(
    (weight) => weight < 100,
  );
}

/** Providers whose built-in duration is no quantile: fluxcd/flagger pkg/metrics/observers. */
const AVERAGES = ['nginx', 'skipper'];

interface Read {
  readonly metric?: Metric;
  readonly missing?: DeliveryPlan['missing'][number];
}

function flaggerMetric(view: PlatformView, canary: KubeObject, at: Cursor): Read {
  const name = at.get('name').string() ?? '';
  const builtin = name === 'request-success-rate' || name === 'request-duration';
  const reference = at.get('templateRef');
  const inline = at.get('query').string();
  const base = {
    name,
    interval: parseDuration(at.get('interval').string() ?? '') ?? 60,
    initialDelay: 0,
    dryRun: false,
    listed: true as const,
    origin: at.origin,
    judgement: rangeOf(at, name),
    judged: { origin: at.get('thresholdRange').exists ? at.get('thresholdRange').origin : at.origin },
  };
  if (builtin && !reference.exists) {
    const average = AVERAGES.includes(cursor(canary).get('spec', 'provider').string() ?? '');
    return { metric: { ...base, template: 'Flagger', provider: 'builtin', ...(average && { query: AVERAGE }) } };
  }
  if (inline !== undefined)
    return {
      metric: { ...base, template: 'an inline query', provider: 'prometheus', query: rendered(inline, canary) },
    };
  const namespace = reference.get('namespace').string() ?? canary.namespace ?? 'default';
  const id = `MetricTemplate ${namespace}/${reference.get('name').string() ?? ''}`;
  const object = view
    .objects('MetricTemplate.flagger.app', namespace)
    .find((one) => one.name === reference.get('name').string());
  if (object === undefined) return { missing: { what: id, origin: at.origin } };
  const spec = cursor(object).get('spec');
  const query = rendered(spec.get('query').string() ?? '', canary);
  return { metric: { ...base, template: id, provider: spec.get('provider', 'type').string() ?? '', query } };
}

/** The templates of Go that Flagger fills in. */
function rendered(query: string, canary: KubeObject): string {
  const target = cursor(canary).get('spec', 'targetRef', 'name').string() ?? '';
  const values: Readonly<Record<string, string>> = {
    interval: '1m',
    namespace: canary.namespace ?? 'default',
    ingress: `${target}-canary`,
    service: `${target}-canary`,
  };
  return query.replaceAll(/\{\{-?\s*(\w+)\s*-?\}\}/g, (_whole, name: string) => values[name] ?? target);
}

/** A range as a condition on the first value. A threshold alone is a minimum of the success rate, and a maximum of all else. */
function rangeOf(at: Cursor, name: string): Judgement {
  const range = at.get('thresholdRange');
  const threshold = at.get('threshold').number();
  const bounds = range.exists
    ? [range.get('min').number(), range.get('max').number()]
    : name === 'request-success-rate'
      ? [threshold, undefined]
      : [undefined, threshold ?? 0];
  const [min, max] = bounds;
  const parts = [min === undefined ? [] : [`result[0] >= ${min}`], max === undefined ? [] : [`result[0] <= ${max}`]];
  const limits = { failureLimit: 0, inconclusiveLimit: 0, errorLimit: 0, count: 1 };
  return parts.flat().length === 0 ? limits : { ...limits, successCondition: parts.flat().join(' && ') };
}

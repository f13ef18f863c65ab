import type { Cursor } from '../../../../model/cursor.ts';
import { parseDuration } from '../../../../model/duration.ts';
import { exact } from '../numbers.ts';
import type { Refusal, Sli, Slo } from '../types.ts';

type SliOrReason = Sli | { readonly because: string };
type Events = Sli & { readonly kind: 'events' };

/** Calendar units that a rolling window stands in for: their length differs, and the usual length is taken. */
const CALENDAR_SECONDS: Readonly<Record<string, number>> = { M: 30 * 86_400, Q: 90 * 86_400, Y: 365 * 86_400 };

/**
 * The SLOs of an OpenSLO v1 object of kind SLO, one for each objective (OpenSLO `README.md` of v1).
 * `indicators`: the SLIs of the documents around it, by name, for `indicatorRef`.
 */
export function fromOpenSlo(root: Cursor, indicators: ReadonlyMap<string, Cursor>): (Slo | Refusal)[] {
  const name = root.get('metadata', 'name').string() ?? '';
  const spec = root.get('spec');
  const objectives = spec.get('objectives').items();
  return objectives.map((objective, index) => {
    const refuse = (because: string): Refusal => ({ slo: name, because, origin: objective.origin });
    if (objective.get('compositeWeight').exists)
      return refuse('it is weighted of several indicators, and a weighted sum has no error ratio of events');
    const period = periodOf(spec.get('timeWindow').items()[0]);
    if (period === undefined) return refuse('its time window is no duration');
    const target = targetOf(objective);
    if (target === undefined) return refuse('its objective has neither target nor targetPercent');
    const sli = sliOf(indicatorOf(spec, objective, indicators), objective, spec.get('budgetingMethod').string());
    if ('because' in sli) return refuse(sli.because);
    return {
      name: objectives.length === 1 ? name : `${name}-${index + 1}`,
      service: spec.get('service').string() ?? '',
      objective: target,
      period,
      sli,
      origin: objective.origin,
    };
  });
}

function targetOf(objective: Cursor): number | undefined {
  const target = objective.get('target').number();
  return objective.get('targetPercent').number() ?? (target === undefined ? undefined : exact(target * 100));
}

/** `duration: 30d`, `4w`, and for calendars `1M`, `1Q`, `1Y`. */
function periodOf(window: Cursor | undefined): number | undefined {
  const text = window?.get('duration').string() ?? '30d';
  const [, amount, unit] = /^(\d+)([MQY])$/.exec(text) ?? [];
  return unit === undefined ? parseDuration(text) : Number(amount) * (CALENDAR_SECONDS[unit] ?? 0);
}

function indicatorOf(spec: Cursor, objective: Cursor, indicators: ReadonlyMap<string, Cursor>): Cursor | string {
  for (const at of [objective, spec]) {
    if (at.get('indicator').exists) return at.get('indicator', 'spec');
    const reference = at.get('indicatorRef').string();
    if (reference !== undefined) return indicators.get(reference)?.get('spec') ?? reference;
  }
  return '';
}

function sliOf(indicator: Cursor | string, objective: Cursor, method = 'Occurrences'): SliOrReason {
  if (typeof indicator === 'string')
    return {
      because: indicator === '' ? 'it has no indicator' : `its indicator ${indicator} is declared nowhere here`,
    };
  const threshold = indicator.get('thresholdMetric');
  if (threshold.exists) return ofThreshold(threshold, objective);
  const ratio = ofRatio(indicator.get('ratioMetric'));
  if ('because' in ratio || method === 'Occurrences') return ratio;
  if (ratio.kind !== 'events') return { because: `budgeting by ${method} needs good or bad with total` };
  return ofSlices(ratio, objective, method);
}

/** `op` says what is good: `lte` with value 900 makes everything above it bad. */
function ofThreshold(metric: Cursor, objective: Cursor): SliOrReason {
  const query = queryOf(metric);
  const bound = objective.get('value').number();
  const op = objective.get('op').string() ?? '';
  const badWhen = ({ lte: '>', lt: '>=', gte: '<', gt: '<=' } as const)[op];
  if (query === undefined) return NOT_PROMETHEUS;
  if (badWhen === undefined || bound === undefined)
    return { because: 'a thresholdMetric needs op and value in its objective' };
  return { kind: 'measure', value: query, badWhen, bound };
}

function ofRatio(ratio: Cursor): SliOrReason {
  if (!ratio.exists) return { because: 'its indicator has neither thresholdMetric nor ratioMetric' };
  if (ratio.get('raw').exists) {
    const raw = queryOf(ratio.get('raw'));
    if (raw === undefined) return NOT_PROMETHEUS;
    return { kind: 'ratio', error: ratio.get('rawType').string() === 'success' ? `1 - (${raw})` : raw };
  }
  const total = queryOf(ratio.get('total'));
  const bad = queryOf(ratio.get('bad'));
  const good = queryOf(ratio.get('good'));
  if (total === undefined || (bad ?? good) === undefined) return NOT_PROMETHEUS;
  return bad === undefined ? { kind: 'events', good: good ?? '', total } : { kind: 'events', bad, total };
}

function ofSlices(of: Events, objective: Cursor, method: string): SliOrReason {
  const slice = parseDuration(objective.get('timeSliceWindow').string() ?? '');
  if (slice === undefined) return { because: `budgeting by ${method} needs a timeSliceWindow` };
  if (method === 'RatioTimeslices') return { kind: 'slices', of, slice };
  const target = objective.get('timeSliceTarget').number();
  if (target === undefined) return { because: 'budgeting by Timeslices needs a timeSliceTarget' };
  return { kind: 'slices', of, slice, most: exact(1 - target) };
}

const NOT_PROMETHEUS = { because: 'its metric sources hold no PromQL query (spec.query of type Prometheus)' } as const;

/** The query of a metric source; other back ends have other languages. */
function queryOf(metric: Cursor): string | undefined {
  const source = metric.get('metricSource');
  const type = source.get('type').string();
  if (type !== undefined && !/prom|thanos|mimir|victoria|cortex/i.test(type)) return undefined;
  return source.get('spec', 'query').string() ?? source.get('spec', 'promql').string();
}

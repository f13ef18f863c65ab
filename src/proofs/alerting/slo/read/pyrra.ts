import type { Cursor } from '../../../../model/cursor.ts';
import { parseDuration } from '../../../../model/duration.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { Refusal, Sli, Slo } from '../types.ts';

type SliOrReason = Sli | { readonly because: string; readonly wrong?: true };

/** The SLO of a ServiceLevelObjective of Pyrra (pyrra `kubernetes/api/v1alpha1/servicelevelobjective_types.go`). */
export function fromPyrra(object: KubeObject): Slo | Refusal {
  const spec = cursor(object).get('spec');
  const refuse = (because: string, wrong = false): Refusal => ({
    slo: object.name,
    because,
    ...(wrong ? { wrong } : {}),
    origin: spec.origin,
  });
  const period = parseDuration(spec.get('window').string() ?? '');
  if (period === undefined) return refuse('its window is no duration');
  const sli = sliOf(spec.get('indicator'));
  if ('because' in sli) return refuse(sli.because, sli.wrong);
  const description = spec.get('description').string();
  return {
    name: object.name,
    service: object.name,
    objective: Number(spec.get('target').value),
    period,
    sli,
    ...(description === undefined ? {} : { description }),
    origin: spec.origin,
  };
}

/** Pyrra wraps a selector in rates and sums by the labels of `grouping` (pyrra `slo/rules.go`). */
function sliOf(indicator: Cursor): SliOrReason {
  const { ratio, latency, native, gauge } = {
    ratio: indicator.get('ratio'),
    latency: indicator.get('latency'),
    native: indicator.get('latencyNative'),
    gauge: indicator.get('bool_gauge'),
  };
  if (ratio.exists) return eventsOf(ratio, 'errors');
  if (latency.exists) {
    if (!/[{,]\s*le\s*=/.test(metricOf(latency.get('success')) ?? ''))
      return {
        because: 'its success metric names no bucket (le), and so counts a request in every bucket it fits',
        wrong: true,
      };
    return eventsOf(latency, 'success');
  }
  if (native.exists) return nativeOf(native);
  const metric = gauge.exists ? metricOf(gauge) : undefined;
  if (metric === undefined) return { because: 'its indicator is of a kind that is not followed' };
  const sum = sumOf(gauge);
  return {
    kind: 'events',
    good: `${sum}(sum_over_time(${metric}[5m]))`,
    total: `${sum}(count_over_time(${metric}[5m]))`,
  };
}

function eventsOf(at: Cursor, counted: 'errors' | 'success'): SliOrReason {
  const [part, total] = [metricOf(at.get(counted)), metricOf(at.get('total'))];
  if (part === undefined || total === undefined) return NO_SELECTOR;
  const rate = (metric: string): string => `${sumOf(at)}(rate(${metric}[5m]))`;
  return { kind: 'events', [counted === 'errors' ? 'bad' : 'good']: rate(part), total: rate(total) };
}

function nativeOf(at: Cursor): SliOrReason {
  const selector = metricOf(at.get('total'));
  const threshold = parseDuration(at.get('latency').string() ?? '');
  if (selector === undefined || threshold === undefined) return NO_SELECTOR;
  return { kind: 'native-histogram', selector, threshold };
}

const NO_SELECTOR = { because: 'its metrics are no plain selectors' } as const;

function metricOf(at: Cursor): string | undefined {
  const metric = at.get('metric').string()?.trim();
  return metric !== undefined && /^[a-zA-Z_:][\w:]*(?:\{[^]*\})?$|^\{[^]*\}$/.test(metric) ? metric : undefined;
}

function sumOf(at: Cursor): string {
  const grouping = at.get('grouping').strings();
  return grouping.length === 0 ? 'sum' : `sum by (${grouping.join(', ')}) `;
}

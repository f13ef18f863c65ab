import { parseDuration, seconds } from '../../../../model/duration.ts';
import type { Spec } from '../../../../model/spec.ts';
import { literal } from '../numbers.ts';
import type { Refusal, Sli, Slo } from '../types.ts';

export type SloSpec = Spec['slos'][number];

/** An SLO of `launchgate.yaml`, or why no rules follow from it. */
export function fromSpec(slo: SloSpec): Slo | Refusal {
  const sli = sliOf(slo);
  if ('because' in sli) return { slo: slo.name, ...sli };
  return {
    name: slo.name,
    service: slo.service,
    objective: slo.objective,
    period: seconds(slo.window),
    sli,
    ...(slo.minBadEvents === undefined ? {} : { minBadEvents: slo.minBadEvents }),
  };
}

type SliOrReason = Sli | Pick<Refusal, 'because' | 'wrong'>;

function sliOf(slo: SloSpec): SliOrReason {
  const { good, bad, total, measure, histogram } = slo;
  if (total !== undefined && bad !== undefined) return { kind: 'events', bad, total };
  if (total !== undefined && good !== undefined) return { kind: 'events', good, total };
  if (total === undefined && good !== undefined && bad !== undefined)
    return { kind: 'events', bad, total: `(${good}) + (${bad})` };
  const threshold = slo.threshold === undefined ? undefined : parseDuration(slo.threshold);
  if (histogram !== undefined) return ofHistogram(histogram, threshold);
  if (measure === undefined)
    return { because: 'the spec gives neither bad nor good with total, nor a histogram, nor a measure' };
  if (threshold === undefined) return { because: 'a measure is held against a threshold, and none is given' };
  return { kind: 'measure', value: measure, badWhen: '>', bound: threshold };
}

/** A latency SLI from a histogram of seconds; of a classic one the threshold must be the end of a bucket. */
function ofHistogram(
  { selector, native, buckets }: NonNullable<SloSpec['histogram']>,
  threshold: number | undefined,
): SliOrReason {
  if (threshold === undefined) return { because: 'a histogram is held against a threshold, and none is given' };
  if (native) return { kind: 'native-histogram', selector, threshold };
  if (buckets !== undefined && !buckets.includes(threshold))
    return { because: noBucket(threshold, buckets), wrong: true };
  const [, name = selector, matchers = ''] = /^([^{]+?)\s*(?:\{\s*(.*?)\s*,?\s*\})?$/s.exec(selector.trim()) ?? [];
  const within = matchers === '' ? '' : `${matchers},`;
  return {
    kind: 'events',
    good: `sum(rate(${name}_bucket{${within}${leMatcher(threshold)}}[5m]))`,
    total: `sum(rate(${name}_count${matchers === '' ? '' : `{${matchers}}`}[5m]))`,
  };
}

/** Prometheus 3 writes whole bounds with a point, `1.0`, where 2 left them as exposed: both are one bucket. */
function leMatcher(threshold: number): string {
  return Number.isInteger(threshold) ? `le=~"${threshold}|${threshold}\\\\.0"` : `le="${literal(threshold)}"`;
}

function noBucket(threshold: number, buckets: readonly number[]): string {
  const below = buckets.filter((bucket) => bucket < threshold);
  const above = buckets.filter((bucket) => bucket > threshold);
  const near = [...(below.length > 0 ? [Math.max(...below)] : []), ...(above.length > 0 ? [Math.min(...above)] : [])];
  return `no bucket ends at ${literal(threshold)} s (nearest: ${near.map(literal).join(' and ')}), so what is within the threshold cannot be counted`;
}

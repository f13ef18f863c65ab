import { literal, windowName } from './numbers.ts';
import type { Sli } from './types.ts';
import { filler, summands, windowed, type Summand, type Windowed } from './window.ts';

/**
 * The error ratio of an SLI over a window, as PromQL that answers nothing, rather than NaN, where there was no traffic.
 *
 * 0/0 is NaN, and `sum_over_time` over a series that holds one NaN is NaN for the whole period: so `total > 0` leaves the sample out. No
 * bad event yet means no series yet: `or 0 * total` makes that 0. No good event yet likewise means that all are bad.
 */
export interface Ratio {
  /** Window in seconds. */
  readonly error: (window: number) => string;
  /** What has a sample whenever something was measured, with traffic or without: its absence is an alert. */
  readonly present: (window: number) => string;
  /** How many bad events a window held, as long as that can be told. */
  readonly badEvents?: (window: number) => string;
  /** A value for each evaluation, recorded as `slo:sli_slice:ratio`; the ratio of a window is its average. */
  readonly slice?: string;
}

export type RatioOrReason = Ratio | { readonly reason: string };

/** The error ratio of an SLI; `recorded` is the selector of its slices, where it has them. */
export function ratioOf(sli: Sli, recorded: string): RatioOrReason {
  switch (sli.kind) {
    case 'events':
      return ofEvents(sli);
    case 'ratio':
      return ofRatio(sli.error);
    case 'native-histogram':
      return ofNativeHistogram(sli.selector, sli.threshold);
    case 'measure': {
      const bound = `${sli.badWhen} bool ${literal(sli.bound)}`;
      // Of several series the worst counts, and a comparison with itself leaves NaN out, which otherwise would count as good.
      const worst = `${sli.badWhen.startsWith('>') ? 'max' : 'min'}(${sli.value})`;
      return ofSlices(`(${worst} == ${worst}) ${bound}`, recorded);
    }
    case 'slices':
      return ofSliceRatio(sli, recorded);
  }
}

function ofEvents(sli: Sli & { kind: 'events' }): RatioOrReason {
  const total = windowed(sli.total);
  if ('reason' in total) return { reason: `total: ${total.reason}` };
  const part = sli.bad ?? sli.good;
  if (part === undefined) return { reason: 'neither bad nor good events are given' };
  const counted = windowed(part);
  const which = sli.bad === undefined ? 'good' : 'bad';
  if ('reason' in counted) return { reason: `${which}: ${counted.reason}` };
  const all = whole(total.template);
  const share = `(${sumOf(counted.template, all)})\n/\n((${all}) > 0)`;
  const count = countOf(counted, total, which);
  return {
    error: filler(which === 'bad' ? share : `1 - (\n${share}\n)`),
    present: filler(all),
    ...(count === undefined ? {} : { badEvents: count }),
  };
}

/** A sum of which any term may have no series yet. */
function sumOf(text: string, all: string): string {
  const terms = summands(text);
  const filled = ({ text: term }: Summand): string => `(${term}) or 0 * (${all})`;
  const [only] = terms;
  if (only !== undefined && terms.length === 1) return filled(only);
  return terms.map((term, index) => `${index === 0 ? '' : ` ${term.sign} `}(${filled(term)})`).join('');
}

/** The total, where it is a sum: a term without series counts as 0 as long as another has some. */
function whole(text: string): string {
  const terms = summands(text);
  if (terms.length === 1) return text;
  return sumOf(text, terms.map(({ text: term }) => `(${term})`).join(' or '));
}

/** Bad events of a window: rates times its seconds, increases as they are. */
function countOf(counted: Windowed, total: Windowed, which: 'good' | 'bad'): Ratio['badEvents'] {
  const text = `${counted.template} ${total.template}`;
  const rates = /\bi?rate\s*\(/.test(text);
  if (rates === /\bincrease\s*\(/.test(text)) return undefined;
  const all = whole(total.template);
  const part = sumOf(counted.template, all);
  const bad = filler(which === 'bad' ? part : `(${all}) - (${part})`);
  return rates ? (window) => `(${bad(window)}) * ${window}` : bad;
}

function ofRatio(error: string): RatioOrReason {
  const expr = windowed(error);
  if ('reason' in expr) return expr;
  // A comparison keeps what it compares and drops NaN.
  return { error: filler(`(${expr.template}) >= 0`), present: filler(expr.template) };
}

function ofNativeHistogram(selector: string, threshold: number): RatioOrReason {
  const rates = (window: number): string => `sum(rate(${selector}[${windowName(window)}]))`;
  return {
    error: (window) =>
      `(1 - histogram_fraction(0, ${literal(threshold)}, ${rates(window)}))\nand\n(histogram_count(${rates(window)}) > 0)`,
    present: rates,
    badEvents: (window) =>
      `(1 - histogram_fraction(0, ${literal(threshold)}, ${rates(window)})) * histogram_count(${rates(window)}) * ${window}`,
  };
}

function ofSliceRatio({ of, slice, most }: Sli & { kind: 'slices' }, recorded: string): RatioOrReason {
  const events = ofEvents(of);
  if ('reason' in events) return events;
  const ratio = events.error(slice);
  const judged = most === undefined ? ratio : `(\n${ratio}\n) > bool ${literal(most)}`;
  return { ...ofSlices(judged, recorded), present: () => events.present(slice) };
}

function ofSlices(slice: string, recorded: string): Ratio {
  return { slice, error: (window) => `avg_over_time(${recorded}[${windowName(window)}])`, present: () => recorded };
}

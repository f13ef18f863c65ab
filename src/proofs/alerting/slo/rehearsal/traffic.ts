import type { Selector } from '../../promql/index.ts';
import { exact, literal } from '../numbers.ts';
import type { Sli } from '../types.ts';
import { over, windowed } from '../window.ts';
import { notation, selectorsOf, seriesFor, takes, type Series } from './series.ts';

/** A stretch of time of even traffic; `events` 0 is a gap in it. */
export interface Stretch {
  readonly steps: number;
  readonly errorRatio: number;
  readonly events?: number;
}

export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** The series of an SLI, with what share of the events each counts. */
export interface Traffic {
  readonly share: (errorRatio: number) => number;
  readonly series: Series;
}

/** Events in each step: enough that small ratios are whole numbers. */
const EVENTS = 1_000_000;

/** Series that make an error ratio of one's choice, or why there are none. */
export function trafficOf(sli: Sli): readonly Traffic[] | { readonly reason: string } {
  if (sli.kind !== 'events') return { reason: `an SLI of kind ${sli.kind} cannot be run backwards` };
  const counted = selectorsIn(sli.bad ?? sli.good ?? '');
  const total = selectorsIn(sli.total);
  const [part, whole] = [counted?.[0], total?.[0]];
  if (part === undefined || whole === undefined) return { reason: 'its selectors cannot be read' };
  if (/\b(?:by|without)\b/.test(`${sli.bad ?? sli.good ?? ''} ${sli.total}`))
    return { reason: 'it has one ratio for each of several groups' };
  const isBad = sli.bad !== undefined;
  const inPart = seriesFor(part);
  const rest = seriesFor(whole, part.name === whole.name ? part : undefined);
  if (inPart === undefined || rest === undefined) return { reason: 'no series is found that its selectors take' };
  const included = takes(whole, inPart);
  const shareOfPart = (ratio: number): number => (isBad ? ratio : 1 - ratio);
  return [
    { series: inPart, share: shareOfPart },
    { series: rest, share: (ratio) => (included ? 1 - shareOfPart(ratio) : 1) },
    ...idle([...(counted ?? []), ...(total ?? [])], [inPart, rest]),
  ];
}

/** Further terms of a sum: there, and counting nothing. */
function idle(all: readonly Selector[], taken: readonly Series[]): Traffic[] {
  const names = new Set(taken.map(notation));
  return all.flatMap((selector) => {
    const series = seriesFor(selector);
    if (series === undefined || taken.some((one) => takes(selector, one)) || names.has(notation(series))) return [];
    names.add(notation(series));
    return [{ series, share: () => 0 }];
  });
}

function selectorsIn(text: string): readonly Selector[] | undefined {
  const expr = windowed(text);
  return 'reason' in expr ? undefined : selectorsOf(over(expr, 300));
}

/** Counters that go through the stretches one after the other. */
export function counters(traffic: readonly Traffic[], stretches: readonly Stretch[]): InputSeries[] {
  return traffic.map(({ series, share }) => {
    let value = 0;
    const parts = stretches.map(({ steps, errorRatio, events = EVENTS }) => {
      const increment = exact(events * share(errorRatio));
      const text = `${literal(value + increment)}+${literal(increment)}x${steps - 1}`;
      value = exact(value + increment * steps);
      return text;
    });
    return { series: notation(series), values: parts.join(' ') };
  });
}

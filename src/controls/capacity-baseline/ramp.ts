/** Load that rises by steps until it is not carried any more: the knee. */
import { CannotTell, type StepContext } from '../../model/drill/drill.ts';
import type { LoadReport, LoadRequest } from '../../model/drill/load.ts';
import type { Objectives } from './input.ts';
import { watch, whatIsFull, type Full, type Watched } from './watch.ts';

export type Needs = 'deeds' | 'edge' | 'load' | 'parts' | 'people' | 'terminals';
export type Context = StepContext<Needs>;

export interface Ramp {
  readonly requests: readonly LoadRequest[];
  /** Rising, requests a second. */
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly from: readonly string[];
  readonly objectives: Objectives;
  /** Parts by layer, whose use is watched. */
  readonly layers: ReadonlyMap<string, readonly string[]>;
}

/** One rate, and what came of it. */
export interface Held {
  readonly rate: number;
  readonly report: LoadReport;
  readonly watched: Watched;
  /** Why it was not carried; empty where it was. */
  readonly short: string;
}

export interface Knee {
  /** Highest rate that was carried, requests a second; 0 where none was. */
  readonly rate: number;
  readonly steps: readonly Held[];
  /** What was used up at the first rate that was not carried; undefined where all were. */
  readonly full?: Full;
}

/** Where no SLO says what may fail. */
const NOTHING_FAILS = 100;
const TIMEOUT_MS = 10_000;
const FEWEST_CONNECTIONS = 16;
const MOST_CONNECTIONS = 256;

/** Steps up until a rate is missed twice: a machine that does something else for a moment is no limit. */
export async function findKnee(context: Context, ramp: Ramp): Promise<Knee> {
  const steps: Held[] = [];
  let rate = 0;
  for (const next of ramp.rates) {
    let held = await carry(context, ramp, next);
    if (held.short !== '') held = await carry(context, ramp, next);
    steps.push(held);
    context.say(`${next.toFixed(0)} requests/s: ${held.short === '' ? 'carried' : held.short}`);
    if (held.short !== '') return { rate, steps, full: whatIsFull(held.watched, held.report) };
    rate = next;
  }
  return { rate, steps };
}

/** One step of the ramp. */
export async function carry(
  { target: { load, parts }, signal }: Context,
  { requests, seconds, from, objectives, layers }: Ramp,
  rate: number,
): Promise<Held> {
  const watching = await watch(parts, layers, signal);
  const report = await load.run({
    requests,
    perSecond: rate,
    seconds,
    connections: connectionsFor(rate),
    from,
    timeoutMs: TIMEOUT_MS,
  });
  const watched = await watching.stop();
  return { rate, report, watched, short: shortOf(report, objectives) };
}

/** Enough for answers of a quarter of a second, and no more: each costs the generator a handshake as it begins. */
function connectionsFor(rate: number): number {
  return Math.min(MOST_CONNECTIONS, Math.max(FEWEST_CONNECTIONS, Math.ceil(rate / 4)));
}

/** What of a load was not as promised, in words; empty where all was. */
export function shortOf(report: LoadReport, { availability = NOTHING_FAILS, latency }: Objectives): string {
  if (report.due === 0) throw new CannotTell('no request was due');
  if (report.saturated) return 'the load generator was the bottleneck';
  // None of the requests is answered by a redirect while nobody else asks.
  const bad = [
    ...Object.entries(report.statuses).filter(([status]) => Number(status) >= 300),
    ...Object.entries(report.errors),
  ];
  const failed = bad.reduce((sum, [, count]) => sum + count, 0);
  // In thousandths of a percent, which are whole numbers: 0.1 % of 1,000 is 1.
  if (failed > Math.floor((report.due * Math.round((100 - availability) * 1000)) / 100_000))
    return `${failed} of ${report.due} failed (${bad.map(([kind, count]) => `${kind} x ${count}`).join(', ')})`;
  if (latency === undefined) return '';
  const { name, ms } = quantileOf(report, latency.percent);
  return ms <= latency.seconds * 1000 ? '' : `${name} was ${ms.toFixed(0)} ms`;
}

/** The nearest quantile that is known and asks for no less. */
export function quantileOf({ latency }: LoadReport, percent: number): { readonly name: string; readonly ms: number } {
  if (percent <= 90) return { name: 'p90', ms: latency.p90 };
  if (percent <= 99) return { name: 'p99', ms: latency.p99 };
  return percent <= 99.9 ? { name: 'p99.9', ms: latency.p999 } : { name: 'the longest', ms: latency.max };
}

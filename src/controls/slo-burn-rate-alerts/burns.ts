/** Made-up burns of an error budget, and when the alerts of an SLO must fire on them. */
import { rulesOf } from '../../proofs/alerting/slo/generate.ts';
import { detectionTime } from '../../proofs/alerting/slo/detection.ts';
import { bookOf, judgeSlo, rulesAbout, type Judged } from '../../proofs/alerting/slo/judge/index.ts';
import {
  counters,
  trafficOf,
  type InputSeries,
  type Stretch,
  type Traffic,
} from '../../proofs/alerting/slo/rehearsal/traffic.ts';
import { policyOf, type Params } from './check.ts';
import type { BurnRules } from './query.ts';

type FoundTier = Judged['tiers'][number];

/** One run of simulated time, with what it must show. */
export interface Burn {
  readonly name: string;
  readonly stepSeconds: number;
  readonly steps: number;
  readonly series: readonly InputSeries[];
  /** Alerts that are watched. */
  readonly alerts: readonly string[];
  /** Seconds of simulated time at which the fault begins. */
  readonly start: number;
  readonly expects:
    | {
        readonly kind: 'fires';
        readonly alert: string;
        /** Seconds from the start, by the formula. */
        readonly predicted: number;
        readonly atLeast: number;
        readonly atMost: number;
        readonly because: string;
      }
    | { readonly kind: 'silent' };
}

/** The burns of an SLO, or why there are none. */
export function burnsOf(input: BurnRules, params: Params): readonly Burn[] | { readonly reason: string } {
  const { slo } = input;
  if ('because' in slo) return { reason: slo.because };
  const own = rulesOf(slo, { page: 'page', ticket: 'ticket' });
  if ('because' in own) return { reason: own.because };
  const traffic = trafficOf(slo.sli);
  if ('reason' in traffic) return traffic;
  const judged = judgeSlo(slo, rulesAbout(bookOf(input.rules), slo), policyOf(input, params));
  const tiers = judged.tiers.toSorted((a, b) => b.threshold - a.threshold || a.long - b.long);
  const [quickest] = tiers;
  if (quickest === undefined) return { reason: 'it has no burn-rate alert that can be rehearsed' };
  const { absentWithin } = policyOf(input, params);
  return [
    ...tiers.flatMap((tier, at) => burnOf(tier, tiers[at - 1], tiers, traffic)),
    noise(tiers, quickest, traffic),
    ...promising(judged.absent, absentWithin).map(({ name }) => absence(name, absentWithin)),
  ];
}

/** A quarter of the short window: a rate needs more than one sample in it. */
function stepOf({ short }: FoundTier): number {
  return Math.max(15, Math.floor(short / 4 / 15) * 15);
}

/** An error ratio that this tier sees and the steeper one before it does not; `undefined` where there is none between them. */
function ratioFor({ threshold }: FoundTier, before: FoundTier | undefined): number | undefined {
  if (before === undefined) return Math.min(1, threshold * 2);
  return threshold < before.threshold * 0.999 ? Math.sqrt(threshold * before.threshold) : undefined;
}

/** Clean for the longest window of its alert, then bad. */
function burnOf(
  tier: FoundTier,
  before: FoundTier | undefined,
  tiers: readonly FoundTier[],
  traffic: readonly Traffic[],
): Burn[] {
  const errorRatio = ratioFor(tier, before);
  if (errorRatio === undefined) return [];
  const own = tiers.filter(({ alert }) => alert.name === tier.alert.name);
  const step = stepOf(tier);
  const clean = Math.ceil(Math.max(...own.map(({ long }) => long)) / step) + 1;
  const times = own.flatMap(
    (one) =>
      detectionTime({ ...one, name: 'page-quick' }, errorRatio, { scrape: 0, evaluation: 0, hold: one.hold }) ?? [],
  );
  const predicted = Math.min(...times);
  const bad = Math.ceil(predicted / step) + 10;
  const stretches: Stretch[] = [
    { steps: clean, errorRatio: 0 },
    { steps: bad, errorRatio },
  ];
  const { long, factor, threshold, hold } = tier;
  return [
    {
      name: `${percent(errorRatio)} of the events fail`,
      stepSeconds: step,
      steps: clean + bad,
      series: counters(traffic, stretches),
      alerts: [tier.alert.name],
      start: clean * step,
      expects: {
        kind: 'fires',
        alert: tier.alert.name,
        predicted,
        // A sample and an evaluation may each be a step early or late.
        atLeast: Math.max(0, predicted - 2 * step),
        atMost: predicted + 2 * step,
        because: `${long} s x ${factor} x ${Number((threshold / factor).toPrecision(6))} / ${Number(errorRatio.toPrecision(6))} + ${hold} s`,
      },
    },
  ];
}

/** Half of what the slowest tier allows for, and a spike that is over before it counts for any of them. */
function noise(tiers: readonly FoundTier[], quickest: FoundTier, traffic: readonly Traffic[]): Burn {
  const step = stepOf(quickest);
  const window = Math.ceil(quickest.long / step);
  const spike = Math.max(1, Math.floor(window / 20));
  const least = Math.min(...tiers.map(({ threshold }) => threshold));
  // Before the spike the short windows of all tiers are full.
  const before = Math.max(window, ...tiers.map(({ short }) => Math.ceil(short / step)));
  const most = Math.min((quickest.threshold * window) / 8, 0.4 * least * before);
  const stretches: Stretch[] = [
    { steps: before, errorRatio: least / 2 },
    { steps: spike, errorRatio: Math.min(1, most / spike) },
    { steps: window * 2, errorRatio: least / 2 },
  ];
  return {
    name: 'half of the budget burns, and a spike is over before it counts',
    stepSeconds: step,
    steps: before + spike + window * 2,
    series: counters(traffic, stretches),
    alerts: [...new Set(tiers.map(({ alert }) => alert.name))],
    start: 0,
    expects: { kind: 'silent' },
  };
}

/** Those that are to tell in time. Beside them others may wait for longer, for a ticket; alone they are what there is. */
function promising(absent: Judged['absent'], within: number): Judged['absent'] {
  const soon = absent.filter(({ waits }) => waits <= within);
  return soon.length > 0 ? soon : absent;
}

function absence(alert: string, within: number): Burn {
  const step = Math.max(15, Math.floor(within / 60));
  return {
    name: 'there is no data at all',
    stepSeconds: step,
    steps: Math.ceil(within / step) + 4,
    series: [],
    alerts: [alert],
    start: 0,
    expects: {
      kind: 'fires',
      alert,
      predicted: within,
      atLeast: 0,
      atMost: within,
      because: 'the longest wait that the param absentWithin allows',
    },
  };
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`;
}

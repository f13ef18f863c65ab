import { formatDuration, parseDuration } from '../../../../model/duration.ts';
import type { Finding } from '../../../../model/result.ts';
import { exact, literal } from '../numbers.ts';
import { budgetOf, tiersOf, windowsFor } from '../tiers.ts';
import { TIER_NAMES, type Slo } from '../types.ts';
import type { ReadRule } from './book.ts';
import type { Condition } from './burn.ts';

/** A pair of windows that an alert compares with one threshold. */
export interface FoundTier {
  readonly alert: ReadRule;
  readonly long: number;
  readonly short: number;
  readonly threshold: number;
  readonly factor: number;
  /** `for` of the alert, in seconds. */
  readonly hold: number;
}

/** Windows, and the share of the budget in percent, that a company uses besides the known ones. */
export interface OwnWindows {
  readonly long: number;
  readonly short: number;
  readonly budgetPercent: number;
}

/** The tier of a condition whose comparisons are all of one SLO, or what keeps it from being one. */
export function tierOf({ alert, comparisons }: Condition, slo: Slo): FoundTier | Finding {
  const seen = comparisons.flatMap(({ reading, threshold }) =>
    'reason' in reading ? [] : [{ window: reading.window, threshold }],
  );
  const sorted = seen.toSorted((a, b) => a.window - b.window);
  const [short, long] = [sorted[0], sorted.at(-1)];
  const problem = (message: string, remediation: string): Finding => ({
    message: `${alert.name} ${message}`,
    severity: 'high',
    origin: alert.origin,
    remediation,
  });
  if (short === undefined || long === undefined || short.window === long.window)
    return problem(
      `looks over ${formatDuration(long?.window ?? 0)} alone, so it fires long after a burn has ended, or on a spike`,
      'Join a long and a short window with "and", such as 1h and 5m.',
    );
  if (Math.abs(short.threshold - long.threshold) > 1e-9)
    return problem(
      `compares ${formatDuration(long.window)} with ${literal(long.threshold)} and ${formatDuration(short.window)} with ${literal(short.threshold)}, so the windows ask for different burn rates`,
      'Compare both windows with the same factor times the budget.',
    );
  return {
    alert,
    long: long.window,
    short: short.window,
    threshold: long.threshold,
    factor: exact(long.threshold / budgetOf(slo.objective)),
    hold: parseDuration(alert.for ?? '0s') ?? 0,
  };
}

/** Whether any error ratio is above the threshold. */
export function canFire({ threshold }: FoundTier): boolean {
  return threshold < 1;
}

/** What is wrong with a tier by itself. */
export function judgeTier(tier: FoundTier, slo: Slo, own: readonly OwnWindows[]): Finding[] {
  const { alert, long, short, factor, threshold, hold } = tier;
  const budget = budgetOf(slo.objective);
  const windows = `${formatDuration(long)} and ${formatDuration(short)}`;
  const found = (severity: Finding['severity'], message: string, remediation: string): Finding => ({
    message: `${alert.name}, ${windows}: ${message}`,
    severity,
    origin: alert.origin,
    remediation,
  });
  if (!canFire(tier))
    return [
      found(
        'critical',
        `can never fire: it wants an error ratio above ${show(factor)} x ${literal(budget)} = ${show(threshold)}, and none is above 1`,
        `At an objective of ${literal(slo.objective)} use a factor below ${literal(exact(1 / budget))}; ${suggestion(slo)}.`,
      ),
    ];
  const findings: Finding[] = [];
  if (factor < LEAST)
    findings.push(
      found(
        'high',
        `fires at ${show(factor)} times the pace that spends the budget of ${literal(slo.objective)} in ${formatDuration(slo.period)}, so it fires while the objective is met`,
        `Use a factor of 1 or more times the budget of ${literal(budget)}.`,
      ),
    );
  else if (!isKnown(tier, slo, own))
    findings.push(
      found(
        'medium',
        `fires at ${show(factor)} times the pace, when ${show(shareOf(tier, slo))} % of the budget of ${formatDuration(slo.period)} is gone; ${usual(tier, slo)}`,
        'Use factor = share of the budget x period / long window, or list the windows in the param "windows".',
      ),
    );
  if (hold > short)
    findings.push(
      found(
        'high',
        `waits for ${alert.for ?? ''} after both windows are above, longer than the ${formatDuration(short)} in which the shorter one forgets: a burn of that length ends unnoticed`,
        `Set "for" to at most ${formatDuration(short)}, or leave it out: the windows are the delay.`,
      ),
    );
  return findings;
}

/** Below it a tier fires on an SLO that ends its period with budget left. */
const LEAST = 0.9;

/** Percent of the budget that is gone when the long window is full. */
function shareOf({ factor, long }: Pick<FoundTier, 'factor' | 'long'>, { period }: Slo): number {
  return exact(((factor * long) / period) * 100);
}

/** The tiers of Pyrra for 28 days; it scales the windows with the period and leaves the factors (pyrra `slo/rules.go`: `Windows`). */
const PYRRA = [
  { long: 3600, short: 300, factor: 14 },
  { long: 21_600, short: 1800, factor: 7 },
  { long: 86_400, short: 7200, factor: 2 },
  { long: 345_600, short: 21_600, factor: 1 },
];
const PYRRA_PERIOD = 28 * 86_400;

function isKnown(tier: FoundTier, slo: Slo, own: readonly OwnWindows[]): boolean {
  const share = shareOf(tier, slo);
  const scale = slo.period / PYRRA_PERIOD;
  const catalog = slo.windows ?? windowsFor(slo.period);
  const usualOnes = TIER_NAMES.map((name) => catalog[name]);
  return (
    [...usualOnes, ...own].some(
      ({ long, short, budgetPercent }) =>
        near(tier.long, long) && near(tier.short, short) && near(share, budgetPercent),
    ) ||
    PYRRA.some(
      ({ long, short, factor }) =>
        near(tier.long, long * scale) && near(tier.short, short * scale, 0.35) && near(tier.factor, factor),
    ) ||
    tiersOf(slo.objective, slo.period, slo.windows).some(
      ({ long, short, factor }) => long === tier.long && short === tier.short && near(tier.factor, factor),
    )
  );
}

/** 14 and 14.4, 28 and 30 days are the same to everybody. */
function near(value: number, target: number, tolerance = 0.1): boolean {
  return Math.abs(value - target) <= tolerance * target;
}

function usual(tier: FoundTier, slo: Slo): string {
  const same = tiersOf(slo.objective, slo.period, slo.windows).find(({ long }) => near(tier.long, long));
  return same === undefined
    ? `windows of ${formatDuration(tier.long)} are not among the usual ones`
    : `usual for ${formatDuration(same.long)} and ${formatDuration(same.short)} is ${show(same.factor)}, ${show(shareOf(same, slo))} %`;
}

function suggestion(slo: Slo): string {
  return `the tiers would be ${tiersOf(slo.objective, slo.period, slo.windows)
    .map(({ long, factor }) => `${show(factor)} over ${formatDuration(long)}`)
    .join(', ')}`;
}

function show(value: number): string {
  return String(Number(value.toPrecision(4)));
}

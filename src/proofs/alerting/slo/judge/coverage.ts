import { formatDuration } from '../../../../model/duration.ts';
import type { Finding } from '../../../../model/result.ts';
import { literal } from '../numbers.ts';
import type { Slo } from '../types.ts';
import type { FoundTier } from './tiers.ts';

interface Asked {
  readonly severityLabel: string;
  readonly pages: readonly string[];
}

interface Seen {
  /** Some alert is about the SLO, sound or not. */
  readonly concerned: boolean;
  /** Some alert could not be understood, and may be what is missing. */
  readonly open: boolean;
  /** Some tier is wrong by itself: mending it comes before asking for more. */
  readonly broken: boolean;
}

/** What the tiers leave open together. */
export function judgeCoverage(tiers: readonly FoundTier[], slo: Slo, asked: Asked, seen: Seen): Finding[] {
  if (seen.open || seen.broken) return [];
  if (tiers.length === 0) return seen.concerned ? [] : [nothing(slo)];
  return [...quickest(tiers, slo), ...steady(tiers, slo), ...paging(tiers, slo, asked)];
}

function nothing({ name, objective, period }: Slo): Finding {
  return {
    message: `no alert fires when the error budget of ${name} burns (${literal(objective)} % over ${formatDuration(period)})`,
    severity: 'high',
    fromAbsence: true,
    remediation: 'Add multi-window burn-rate alerts; launchgate synth writes them.',
  };
}

/** The quickest window is at most this part of the period, 2.4 h of 30 days, and never asked to be below 1 h. */
const QUICK_SHARE = 300;

function quickest(tiers: readonly FoundTier[], slo: Slo): Finding[] {
  const least = tiers.toSorted((a, b) => a.long - b.long)[0];
  if (least === undefined || least.long <= Math.max(3600, slo.period / QUICK_SHARE)) return [];
  return [
    {
      message: `the quickest tier of ${slo.name}, ${least.alert.name}, looks over ${formatDuration(least.long)}: at ${literal(Number((least.factor * 2).toPrecision(3)))} times the pace it alerts after ${formatDuration(least.long / 2 + least.hold)}`,
      severity: 'medium',
      origin: least.alert.origin,
      remediation: 'Add a tier over 1h and 5m.',
    },
  ];
}

/** 28 days have a slowest factor of 0.933, 30 days of 1. */
const SLOWEST = 1.1;

function steady(tiers: readonly FoundTier[], slo: Slo): Finding[] {
  const slowest = tiers.toSorted((a, b) => a.factor - b.factor)[0];
  if (slowest === undefined || slowest.factor <= SLOWEST) return [];
  return [
    {
      message: `a steady burn of up to ${literal(Number(slowest.factor.toPrecision(4)))} times the pace alerts nobody: it spends the budget of ${slo.name} in ${formatDuration(Math.round(slo.period / slowest.factor / 3600) * 3600)} instead of ${formatDuration(slo.period)}`,
      severity: 'medium',
      origin: slowest.alert.origin,
      remediation: 'Add a tier at 1 times the pace over 3d and 6h.',
    },
  ];
}

function paging(tiers: readonly FoundTier[], slo: Slo, { severityLabel, pages }: Asked): Finding[] {
  if (pages.length === 0) return [];
  const severities = tiers.map(({ alert }) => alert.labels[severityLabel]?.toLowerCase());
  if (severities.some((severity) => severity === undefined || pages.includes(severity))) return [];
  const [first] = tiers;
  return [
    {
      message: `no tier of ${slo.name} pages: they are of ${severityLabel} ${[...new Set(severities)].join(', ')}, and ${pages.join(', ')} page`,
      severity: 'high',
      ...(first === undefined ? {} : { origin: first.alert.origin }),
      remediation: `Give the quick tiers a ${severityLabel} that pages.`,
    },
  ];
}

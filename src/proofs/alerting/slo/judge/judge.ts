import type { Finding } from '../../../../model/result.ts';
import type { RuleText } from '../../rules.ts';
import type { Slo } from '../types.ts';
import { absenceAlerts, judgeAbsence, openAbsence, waitOf } from './absence.ts';
import { bookOf, type ReadRule } from './book.ts';
import { conditionsOf } from './burn.ts';
import { judgeCoverage } from './coverage.ts';
import { claims, expectedOf } from './expected.ts';
import { poisoned } from './poison.ts';
import { judgeRecords } from './records.ts';
import { likeness, sort } from './sort.ts';
import { canFire, judgeTier, tierOf, type FoundTier, type OwnWindows } from './tiers.ts';

/** What a company asks of its burn-rate alerts. */
export interface Policy {
  readonly severityLabel: string;
  /** Severities that wake somebody, lower case; empty: not known. */
  readonly pages: readonly string[];
  /** The other severities that somebody answers to, lower case. */
  readonly tickets?: readonly string[];
  readonly windows: readonly OwnWindows[];
  /** Longest time until absent data alerts, in seconds. */
  readonly absentWithin: number;
}

export interface Judged {
  readonly findings: readonly Finding[];
  /** What cannot be told, and why. */
  readonly open: readonly string[];
  readonly tiers: readonly FoundTier[];
  /** Alerts on absent data, each with the seconds without any after which it is to fire. */
  readonly absent: readonly { readonly name: string; readonly waits: number }[];
  /** What no rule is there for at all, so that it can be added without touching another. */
  readonly lacks: readonly ('burn' | 'absent')[];
}

/** Holds the rules that concern an SLO against what the SLO says. */
export function judgeSlo(slo: Slo, rules: readonly RuleText[], policy: Policy): Judged {
  const expected = expectedOf(slo.sli);
  if ('reason' in expected) return { findings: [], open: [expected.reason], tiers: [], absent: [], lacks: [] };
  const book = bookOf(rules);
  const isOwn = (rule: ReadRule): boolean => claims(rule, slo);
  const conditions = book.alerts.flatMap((alert) => conditionsOf(alert, book, isOwn));
  const sorted = sort(conditions, slo, expected);
  // A plain threshold beside burn-rate alerts is nobody's mistake; alone it is what is there instead of them.
  const several = sorted.own.filter(({ comparisons }) => comparisons.length > 1);
  const read = (several.length > 0 ? several : sorted.own).map((condition) => tierOf(condition, slo));
  const tiers = read.filter((each): each is FoundTier => 'alert' in each);
  const sound = tiers.filter(canFire);
  const absent = absenceAlerts(book, slo, expected);
  const records = [...book.records.values()].flat();
  const concerned = sorted.own.length + sorted.flawed.length + sorted.open.length > 0;
  const blamed = new Set(sorted.flawed.map(({ origin }) => origin));
  const gaps = judgeCoverage(sound, slo, policy, {
    concerned,
    broken: sorted.flawed.length > 0 || sound.length < read.length || book.broken.length > 0,
    open: sorted.open.length > 0,
  });
  // What looks like the alerts of this SLO may be what fills a gap.
  const mayBeFilled = sorted.similar.size > 0 && (gaps.length > 0 || !concerned);
  const findings = [
    ...book.broken.map(refused),
    ...sorted.flawed,
    ...read.filter((each): each is Finding => 'message' in each),
    ...tiers.flatMap((tier) => judgeTier(tier, slo, policy.windows)),
    ...(mayBeFilled ? [] : gaps),
    ...poisoned(records, book, isOwn),
    ...judgeRecords(
      records.filter((record) => isOwn(record) && !blamed.has(record.origin)),
      slo,
      expected,
      book,
    ),
    ...judgeAbsence(absent, slo, policy),
  ];
  return {
    findings: distinct(findings),
    open: [
      ...sorted.open,
      ...openAbsence(absent, slo),
      ...(mayBeFilled ? likeness(sorted.similar, slo, expected, concerned ? gaps : []) : []),
    ],
    tiers: sound,
    absent: absent.map((one) => ({ name: one.alert.name, waits: waitOf(one) })),
    lacks: [
      ...(concerned || sorted.similar.size > 0 ? [] : ['burn' as const]),
      ...(absent.length > 0 ? [] : ['absent' as const]),
    ],
  };
}

function refused({ kind, name, origin }: RuleText): Finding {
  return {
    message: `Prometheus refuses the expression of ${kind} ${name}, and loads no rule of its file`,
    severity: 'critical',
    origin,
    remediation: 'Mend the expression; promtool check rules says where it breaks.',
  };
}

function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ message }) => !seen.has(message) && seen.add(message));
}

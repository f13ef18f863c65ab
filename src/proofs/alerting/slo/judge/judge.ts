import type { Finding } from '../../../../model/result.ts';
import { selectors } from '../../promql/index.ts';
import type { RuleText } from '../../rule-texts.ts';
import { literal } from '../numbers.ts';
import { budgetOf } from '../tiers.ts';
import type { Slo } from '../types.ts';
import { absenceAlerts, judgeAbsence } from './absence.ts';
import { bookOf, type Book, type ReadRule } from './book.ts';
import { conditionsOf, type Comparison, type Condition } from './burn.ts';
import { constant } from './constants.ts';
import { judgeCoverage } from './coverage.ts';
import { claims, expectedOf, isNameOf, sameParts, textOf, type Expected } from './expected.ts';
import { poisoned } from './poison.ts';
import { canFire, judgeTier, tierOf, type FoundTier, type OwnWindows } from './tiers.ts';

/** What a company asks of its burn-rate alerts. */
export interface Policy {
  readonly severityLabel: string;
  /** Severities that wake somebody, lower case; empty: not known. */
  readonly pages: readonly string[];
  readonly windows: readonly OwnWindows[];
  /** Longest time until absent data alerts, in seconds. */
  readonly absentWithin: number;
}

export interface Judged {
  readonly findings: readonly Finding[];
  /** What cannot be told, and why. */
  readonly open: readonly string[];
  readonly tiers: readonly FoundTier[];
  /** Alerts on absent data. */
  readonly absent: readonly string[];
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
  const read = sorted.own.map((condition) => tierOf(condition, slo));
  const tiers = read.filter((each): each is FoundTier => 'alert' in each);
  const sound = tiers.filter(canFire);
  const absent = absenceAlerts(book, slo, expected);
  const records = [...book.records.values()].flat();
  const concerned = sorted.own.length + sorted.flawed.length + sorted.open.length > 0;
  const findings = [
    ...book.broken.map(refused),
    ...sorted.flawed,
    ...read.filter((each): each is Finding => 'message' in each),
    ...tiers.flatMap((tier) => judgeTier(tier, slo, policy.windows)),
    ...judgeCoverage(sound, slo, policy, {
      concerned,
      broken: sorted.flawed.length > 0 || sound.length < read.length || book.broken.length > 0,
      open: sorted.open.length > 0 || sorted.similar.size > 0,
    }),
    ...poisoned(records, book, isOwn),
    ...metaOf(records.filter(isOwn), slo, book),
    ...judgeAbsence(absent, slo, policy.absentWithin),
  ];
  return {
    findings: distinct(findings),
    open: [...sorted.open, ...(concerned ? [] : likeness(sorted.similar, slo, expected))],
    tiers: sound,
    absent: absent.map(({ alert }) => alert.name),
    lacks: [
      ...(concerned || sorted.similar.size > 0 ? [] : ['burn' as const]),
      ...(absent.length > 0 ? [] : ['absent' as const]),
    ],
  };
}

interface Sorted {
  /** Conditions that are about the SLO and can be judged as tiers. */
  readonly own: Condition[];
  readonly flawed: Finding[];
  readonly open: string[];
  /** Alerts that look like burn-rate alerts on the SLO's metrics, with what they measure instead. */
  readonly similar: Map<string, string>;
}

function sort(conditions: readonly Condition[], slo: Slo, expected: Expected): Sorted {
  const sorted: Sorted = { own: [], flawed: [], open: [], similar: new Map() };
  for (const condition of conditions) {
    const { alert, comparisons, contradiction } = condition;
    const verdicts = comparisons.map((comparison) => verdictOf(comparison, alert, slo, expected));
    const about = verdicts.filter(({ kind }) => kind !== 'foreign' && kind !== 'similar');
    if (about.length === 0) {
      const similar = verdicts.find(({ kind }) => kind === 'similar')?.text;
      if (comparisons.length > 1 && similar !== undefined) sorted.similar.set(alert.name, similar);
      continue;
    }
    if (contradiction !== undefined) sorted.flawed.push(neverTogether(alert, contradiction));
    const flaws = about.flatMap(({ finding }) => finding ?? []);
    const open = about.flatMap(({ open: reason }) => reason ?? []);
    sorted.flawed.push(...flaws);
    sorted.open.push(...open);
    const judged = comparisons.filter((_, index) => verdicts[index]?.kind === 'own');
    if (contradiction === undefined && flaws.length === 0 && open.length === 0)
      sorted.own.push({ ...condition, comparisons: judged });
  }
  return sorted;
}

function likeness(similar: ReadonlyMap<string, string>, slo: Slo, expected: Expected): string[] {
  const [text] = similar.values();
  if (text === undefined) return [];
  const names = [...similar.keys()];
  const look = names.length === 1 ? 'looks like a burn-rate alert' : 'look like burn-rate alerts';
  return [
    `${names.join(' and ')} ${look} on the same metrics, but measure ${text}, where ${slo.name} is ${textsOf(expected)}`,
  ];
}

interface Verdict {
  readonly kind: 'own' | 'flawed' | 'open' | 'similar' | 'foreign';
  readonly finding?: Finding;
  readonly open?: string;
  readonly text?: string;
}

/** Whether a comparison is of the SLO, by what it measures and by what its labels claim. */
function verdictOf({ reading, side }: Comparison, alert: ReadRule, slo: Slo, expected: Expected): Verdict {
  const said = selectors(side).some(({ matchers }) =>
    matchers.some(({ op, value, label }) => op === '=' && /slo/.test(label) && isNameOf(value, slo)),
  );
  const others = selectors(side).some(({ matchers }) =>
    matchers.some(
      ({ op, value, label }) => op === '=' && /^(?:sloth_)?slo(?:_name)?$/.test(label) && !isNameOf(value, slo),
    ),
  );
  const claimed = said || (!others && (reading.via.some((rule) => claims(rule, slo)) || claims(alert, slo)));
  if ('reason' in reading) {
    if (!claimed) return { kind: 'foreign' };
    if (reading.missing === undefined && reading.wrong !== true)
      return { kind: 'open', open: `${alert.name} cannot be read as an error ratio: ${reading.reason}` };
    return { kind: 'flawed', finding: unreadable(reading, alert, slo) };
  }
  const same = sameParts(expected, reading.parts);
  if (same === 'same' && !others) return { kind: 'own' };
  if (claimed && same === 'differs') return { kind: 'flawed', finding: otherEvents(reading, alert, slo, expected) };
  if (claimed)
    return {
      kind: 'open',
      open: `${alert.name} measures ${textOf(reading.parts)}, which cannot be compared with ${textsOf(expected)}`,
    };
  const shares = [...expected.metrics].some((metric) =>
    new RegExp(`(?<![\\w:])${metric}(?![\\w:])`).test(textOf(reading.parts)),
  );
  return shares ? { kind: 'similar', text: textOf(reading.parts) } : { kind: 'foreign' };
}

function unreadable(reading: Exclude<Comparison['reading'], { parts: unknown }>, alert: ReadRule, slo: Slo): Finding {
  const rule = reading.via.at(-1) ?? alert;
  return {
    message:
      reading.missing === undefined
        ? `${rule.name}, which ${alert.name} reads, is no error ratio: ${reading.reason}`
        : `${alert.name} never fires: ${reading.reason}`,
    severity: 'critical',
    origin: rule.origin,
    ...(reading.missing === undefined ? {} : { fromAbsence: true }),
    remediation: `Record the error ratio of ${slo.name} over one window under the name that the alert reads.`,
  };
}

function otherEvents(
  reading: Exclude<Comparison['reading'], { reason: string }>,
  alert: ReadRule,
  slo: Slo,
  expected: Expected,
): Finding {
  const rule = reading.via.at(-1) ?? alert;
  return {
    message: `${rule.name}, which ${alert.name} reads, measures ${textOf(reading.parts)}, and ${slo.name} is ${textsOf(expected)}`,
    severity: 'high',
    origin: rule.origin,
    remediation: 'Bring the rule and the SLO in line.',
  };
}

function neverTogether(alert: ReadRule, contradiction: string): Finding {
  return {
    message: `${alert.name} can never fire: ${contradiction}`,
    severity: 'critical',
    origin: alert.origin,
    remediation: 'Join the windows with "and ignoring (…)" or "and on (…)", leaving out the label that differs.',
  };
}

function textsOf({ parts }: Expected): string {
  return parts.map(textOf).join(' or ');
}

/** Objective and budget are recorded for dashboards and must be those of the SLO. */
function metaOf(records: readonly ReadRule[], slo: Slo, book: Book): Finding[] {
  const meant: Readonly<Record<string, number>> = {
    'slo:objective:ratio': slo.objective / 100,
    'slo:error_budget:ratio': budgetOf(slo.objective),
    'slo:time_period:days': slo.period / 86_400,
  };
  return records.flatMap((record) => {
    const [target, value] = [meant[record.name], constant(record.ast, book)];
    if (target === undefined || value === undefined || Math.abs(value - target) <= 1e-9 * Math.max(1, target))
      return [];
    return [
      {
        message: `${record.name} of ${slo.name} is ${literal(value)}, and the SLO says ${literal(target)}`,
        severity: 'medium' as const,
        origin: record.origin,
        remediation: `Record vector(${literal(target)}).`,
      },
    ];
  });
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

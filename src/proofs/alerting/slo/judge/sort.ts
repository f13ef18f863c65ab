import type { Finding } from '../../../../model/result.ts';
import { print, selectors, type Expr } from '../../promql/index.ts';
import type { Slo } from '../types.ts';
import type { Contradiction } from './alternatives.ts';
import type { ReadRule } from './book.ts';
import type { Comparison, Condition } from './burn.ts';
import { claims, isNameOf, isOpposite, sameParts, textOf, type Expected } from './expected.ts';

/** The conditions of all alerts, by what they have to do with an SLO. */
export interface Sorted {
  /** Conditions that are about the SLO and can be judged as tiers. */
  readonly own: Condition[];
  readonly flawed: Finding[];
  readonly open: string[];
  /** Alerts that look like burn-rate alerts on the SLO's metrics, with what they measure instead. */
  readonly similar: Map<string, string>;
}

export function sort(conditions: readonly Condition[], slo: Slo, expected: Expected): Sorted {
  const sorted: Sorted = { own: [], flawed: [], open: [], similar: new Map() };
  for (const condition of conditions) {
    const { alert, comparisons, contradiction } = condition;
    const isJoined = comparisons.some(({ reading }) => isSlo(reading, expected));
    const verdicts = comparisons.map((comparison) => verdictOf(comparison, { alert, isJoined }, slo, expected));
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

/** Says of the alerts that are similar what keeps them from being the SLO's, and what is missing without them. */
export function likeness(
  similar: ReadonlyMap<string, string>,
  slo: Slo,
  expected: Expected,
  gaps: readonly Finding[],
): string[] {
  const [text] = similar.values();
  if (text === undefined) return [];
  const names = [...similar.keys()];
  const look = names.length === 1 ? 'looks like a burn-rate alert' : 'look like burn-rate alerts';
  const without = gaps.length === 0 ? '' : `; without them, ${gaps.map(({ message }) => message).join(', and ')}`;
  return [
    `${names.join(' and ')} ${look} on the same metrics, but measure ${text}, where ${slo.name} is ${textsOf(expected)}${without}`,
  ];
}

interface Verdict {
  readonly kind: 'own' | 'flawed' | 'open' | 'similar' | 'foreign';
  readonly finding?: Finding;
  readonly open?: string;
  readonly text?: string;
}

/** Where a comparison stands. */
interface Place {
  readonly alert: ReadRule;
  /** Another window of the same condition measures the SLO. */
  readonly isJoined: boolean;
}

function isSlo(reading: Comparison['reading'], expected: Expected): boolean {
  return !('reason' in reading) && sameParts(expected, reading.parts) === 'same';
}

/** A share of events, or what was to be one. */
function isShare(reading: Comparison['reading']): boolean {
  return 'reason' in reading ? reading.wrong === true : 'counted' in reading.parts;
}

/** Whether a comparison is of the SLO, by what it measures, what it is joined with and what its labels claim. */
function verdictOf({ reading, side }: Comparison, { alert, isJoined }: Place, slo: Slo, expected: Expected): Verdict {
  const named = sloNamesIn(side);
  const others = named.length > 0 && !named.some((value) => isNameOf(value, slo));
  const says = named.length > 0 || reading.via.some((rule) => claims(rule, slo)) || claims(alert, slo);
  const claimed = !others && (says || (isJoined && isShare(reading)));
  if ('reason' in reading) {
    if (!claimed) return { kind: 'foreign' };
    if (reading.missing === undefined && reading.wrong !== true)
      return { kind: 'open', open: `${alert.name} cannot be read as an error ratio: ${reading.reason}` };
    return { kind: 'flawed', finding: unreadable(reading, alert, slo) };
  }
  const same = sameParts(expected, reading.parts);
  if (same === 'same' && !others) return { kind: 'own' };
  if (!others && isOpposite(expected, reading.parts)) return { kind: 'flawed', finding: wrongWay(side, alert, slo) };
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

/** SLOs that an expression selects by name. */
function sloNamesIn(side: Expr): string[] {
  return selectors(side).flatMap(({ matchers }) =>
    matchers.flatMap(({ label, op, value }) => (op === '=' && /^(?:sloth_)?slo(?:_name)?$/.test(label) ? [value] : [])),
  );
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

function wrongWay(side: Expr, alert: ReadRule, slo: Slo): Finding {
  return {
    message: `${alert.name} compares ${print(side)} the wrong way round: it holds while ${slo.name} is met, and ends when its budget burns`,
    severity: 'high',
    origin: alert.origin,
    remediation: 'Let an error ratio be above its bound, or a success ratio below it.',
  };
}

function neverTogether(alert: ReadRule, { because, remediation }: Contradiction): Finding {
  return {
    message: `${alert.name} can never fire: ${because}`,
    severity: 'critical',
    origin: alert.origin,
    remediation,
  };
}

function textsOf({ parts }: Expected): string {
  return parts.map(textOf).join(' or ');
}

import { formatDuration, parseDuration } from '../../../../model/duration.ts';
import type { Finding } from '../../../../model/result.ts';
import type { Expr, Selector } from '../../promql/index.ts';
import { contradiction, within } from '../../promql/matchers.ts';
import { print } from '../../promql/print.ts';
import { bare, children, walk } from '../../promql/walk.ts';
import { neverHolds } from './alternatives.ts';
import { reads, recordsOf, type Book, type ReadRule } from './book.ts';
import { constant } from './constants.ts';
import { isNameOf, type Expected } from './expected.ts';

/** An alert that asks whether something is missing. */
export interface AbsenceAlert {
  readonly alert: ReadRule;
  /** Why it never fires: what it asks about always has a sample, as `x or vector(0)` has, or it wants something impossible besides. */
  readonly never?: string;
  /** Seconds for which what it asks about still has a sample after the last one of its metrics: `[1h]` in `absent_over_time(x[1h])`. */
  readonly lingers: number;
  /** What it asks for and the SLO reads a part of: as long as anything else has it, the alert is silent. */
  readonly tooWide?: Selector;
  /** It asks for failures alone, of which there are none while all is well. */
  readonly ofFailures: boolean;
}

interface Named {
  readonly name: string;
  readonly service: string;
}

/** Alerts on the absence of what the SLO is measured by: its metrics, or a record of its own. */
export function absenceAlerts(book: Book, slo: Named, expected: Expected): AbsenceAlert[] {
  return book.alerts.flatMap((alert) =>
    absentCalls(alert.ast)
      .filter((arg) => concerns(arg, book, slo, expected))
      .map((arg) => {
        const never = alwaysThere(arg, book) ? 'what it asks for always has a sample' : impossible(alert, book);
        const tooWide = widerThan(expected, reads(book, arg));
        return {
          alert,
          lingers: lingering(arg, book),
          ofFailures: asksForFailures(expected, reads(book, arg)),
          ...(never !== undefined && { never }),
          ...(tooWide !== undefined && { tooWide }),
        };
      }),
  );
}

function impossible({ ast }: ReadRule, book: Book): string | undefined {
  return neverHolds(ast, book)?.because;
}

/** The longest way back to a sample that still counts: ranges and offsets, those of records below added. */
function lingering(expr: Expr, book: Book, depth = 0): number {
  const back =
    expr.kind === 'selector' || expr.kind === 'subquery'
      ? Math.max(0, (expr.range?.seconds ?? 0) + (expr.offset?.seconds ?? 0))
      : 0;
  const below =
    expr.kind === 'selector' && depth < 8 ? (recordsOf(book, expr) ?? []).map(({ ast }) => ast) : children(expr);
  const deeper = expr.kind === 'selector' ? depth + 1 : depth;
  return back + Math.max(0, ...below.map((each) => lingering(each, book, deeper)));
}

function absentCalls(expr: Expr): Expr[] {
  const found: Expr[] = [];
  walk(expr, (each) => {
    const [arg] = each.kind === 'call' && /^absent(?:_over_time)?$/.test(each.fn) ? each.args : [];
    if (arg !== undefined) found.push(arg);
  });
  return found;
}

/** A record of another SLO may be made of the same metrics; a name that is said must be this one. */
function concerns(arg: Expr, book: Book, slo: Named, expected: Expected): boolean {
  const all = reads(book, arg);
  const said = all.flatMap(({ matchers }) =>
    matchers.filter(({ label, op }) => op === '=' && /slo/.test(label) && !/service|window|period/.test(label)),
  );
  if (said.length > 0 && !said.some(({ value }) => isNameOf(value, slo))) return false;
  return all.some((asked) =>
    expected.read.some(
      ({ name, matchers }) =>
        name !== undefined &&
        name === asked.name &&
        contradiction({ ...asked, matchers: [...asked.matchers, ...matchers] }) === undefined,
    ),
  );
}

/** The selector that takes in more than the SLO reads, where each one that is asked for does. */
function widerThan({ read }: Expected, asked: readonly Selector[]): Selector | undefined {
  const [first, ...others] = asked.filter(({ name }) => read.some((own) => own.name === name)).map(atNow);
  const isWider = (one: Selector): boolean => {
    const own = read.filter(({ name }) => name === one.name).map(atNow);
    return own.every((each) => within(each, one) && !within(one, each));
  };
  return first !== undefined && [first, ...others].every(isWider) ? first : undefined;
}

/** Whether all that is asked for is part of a part of what the SLO counts: `code=~"5.."` of all requests. */
function asksForFailures({ read }: Expected, asked: readonly Selector[]): boolean {
  const own = read.map(atNow);
  const parts = own.filter((part) => own.some((all) => within(part, all) && !within(all, part)));
  return asked.length > 0 && asked.map(atNow).every((one) => parts.some((part) => within(one, part)));
}

function atNow({ range: _range, offset: _offset, ...selector }: Selector): Selector {
  return selector;
}

function alwaysThere(expr: Expr, book: Book, depth = 0): boolean {
  const inner = bare(expr);
  if (depth > 8) return false;
  if (constant(inner, book) !== undefined) return true;
  if (inner.kind === 'binary' && inner.op === 'or')
    return [inner.lhs, inner.rhs].some((side) => alwaysThere(side, book, depth + 1));
  if (inner.kind === 'aggregation') return alwaysThere(inner.arg, book, depth + 1);
  if (inner.kind !== 'selector' || inner.range !== undefined) return false;
  return (recordsOf(book, inner) ?? []).some(({ ast }) => alwaysThere(ast, book, depth + 1));
}

interface Asked {
  readonly severityLabel: string;
  /** Severities that wake somebody, lower case; empty: not known. */
  readonly pages: readonly string[];
  /** The other severities that somebody answers to, lower case. */
  readonly tickets?: readonly string[];
  readonly absentWithin: number;
}

/** What is wrong with how the absence of data is noticed. */
export function judgeAbsence(found: readonly AbsenceAlert[], slo: Named, asked: Asked): Finding[] {
  const able = found.filter(({ never }) => never === undefined);
  const [dead] = found;
  if (able.length === 0 && dead?.never !== undefined)
    return [
      {
        message: `${dead.alert.name} asks whether data of ${slo.name} is absent and can never fire: ${dead.never}`,
        severity: 'high',
        origin: dead.alert.origin,
        remediation:
          'Ask for the absence of the metric itself, not of what is filled with a constant, and for nothing besides.',
      },
    ];
  if (able.length === 0)
    return [
      {
        message: `no alert says that the data of ${slo.name} is absent: when its metrics are renamed or no longer scraped, nothing ever fires again`,
        severity: 'high',
        fromAbsence: true,
        remediation: `Add an alert on absent(…) of its total, or let launchgate synth write it.`,
      },
    ];
  const [misled] = able;
  if (misled !== undefined && able.every(({ ofFailures }) => ofFailures))
    return [
      {
        message: `${misled.alert.name} fires whenever nothing fails: it asks for a part of what ${slo.name} counts, which is absent while all is well`,
        severity: 'medium',
        origin: misled.alert.origin,
        remediation: 'Ask for the absence of its total.',
      },
    ];
  const soonest = able.toSorted((a, b) => waitOf(a) - waitOf(b))[0];
  if (soonest === undefined) return [];
  if (waitOf(soonest) <= asked.absentWithin) return unheard(able, slo, asked);
  return [
    {
      message: `${soonest.alert.name} ${waitText(soonest)} before it says that data of ${slo.name} is absent, and a burn in that time alerts nobody`,
      severity: 'medium',
      origin: soonest.alert.origin,
      remediation: `Wait at most ${Math.round(asked.absentWithin / 60)} minutes.`,
    },
  ];
}

/** A severity that nobody has said anything of, such as `info`: nobody comes. */
function unheard(
  able: readonly AbsenceAlert[],
  { name }: Named,
  { severityLabel, pages, tickets = [] }: Asked,
): Finding[] {
  const heard = [...pages, ...tickets];
  const severities = able.map(({ alert }) => alert.labels[severityLabel]?.toLowerCase());
  const [first] = able;
  if (pages.length === 0 || first === undefined) return [];
  if (severities.some((severity) => severity === undefined || heard.includes(severity) || severity.includes('{{')))
    return [];
  return [
    {
      message: `${first.alert.name} says that data of ${name} is absent, of ${severityLabel} ${severities[0] ?? ''}, and nobody answers to it: the severities are ${heard.join(', ')}`,
      severity: 'medium',
      origin: first.alert.origin,
      remediation: `Give it a ${severityLabel} that somebody answers to.`,
    },
  ];
}

/** Why it cannot be told whether the absence of data is noticed. */
export function openAbsence(found: readonly AbsenceAlert[], { name }: Named): string[] {
  const able = found.filter(({ never }) => never === undefined);
  const [first] = able;
  if (first?.tooWide === undefined || able.some(({ tooWide }) => tooWide === undefined)) return [];
  return [
    `${first.alert.name} asks whether all of ${print(first.tooWide)} is absent, and is silent about ${name} while anything else exposes it`,
  ];
}

function waitText({ alert, lingers }: AbsenceAlert): string {
  const hold = alert.for === undefined ? '' : `waits ${alert.for}`;
  if (lingers === 0) return hold;
  return `${hold === '' ? 'looks' : `${hold} and looks`} back over ${formatDuration(lingers)}`;
}

/** Seconds from the last sample until it is to fire. */
export function waitOf({ alert, lingers }: AbsenceAlert): number {
  return (parseDuration(alert.for ?? '0s') ?? 0) + lingers;
}

import { formatDuration, parseDuration } from '../../../../model/duration.ts';
import type { Finding } from '../../../../model/result.ts';
import type { Expr } from '../../promql/index.ts';
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
        return { alert, lingers: lingering(arg, book), ...(never !== undefined && { never }) };
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
  return all.some(({ name }) => name !== undefined && expected.metrics.has(name));
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

/** What is wrong with how the absence of data is noticed. */
export function judgeAbsence(found: readonly AbsenceAlert[], slo: Named, within: number): Finding[] {
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
  const soonest = able.toSorted((a, b) => waitOf(a) - waitOf(b))[0];
  if (soonest === undefined || waitOf(soonest) <= within) return [];
  return [
    {
      message: `${soonest.alert.name} ${waitText(soonest)} before it says that data of ${slo.name} is absent, and a burn in that time alerts nobody`,
      severity: 'medium',
      origin: soonest.alert.origin,
      remediation: `Wait at most ${Math.round(within / 60)} minutes.`,
    },
  ];
}

function waitText({ alert, lingers }: AbsenceAlert): string {
  const hold = alert.for === undefined ? '' : `waits ${alert.for}`;
  if (lingers === 0) return hold;
  return `${hold === '' ? 'looks' : `${hold} and looks`} back over ${formatDuration(lingers)}`;
}

function waitOf({ alert, lingers }: AbsenceAlert): number {
  return (parseDuration(alert.for ?? '0s') ?? 0) + lingers;
}

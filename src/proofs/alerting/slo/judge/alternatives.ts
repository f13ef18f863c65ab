import type { Aggregation, Binary, Matching } from '../../promql/ast.ts';
import { labelsOf, obstacle, truthOf, valueOf, type Expr } from '../../promql/index.ts';
import { bare } from '../../promql/walk.ts';
import { recordedIn, type Book } from './book.ts';

type Bare = Exclude<Expr, { kind: 'paren' }>;

/** Ways in which an alert may fire that are told apart; one of more is taken as a whole. */
const MOST = 64;

/** What an alert fires on, one expression for each way: `(a or b) and c` is `a and c`, or `b and c`. */
export function alternatives(expr: Expr): Expr[] {
  const inner = bare(expr);
  if (isWrapped(inner)) return spread(alternatives(inner.arg), inner, (arg) => ({ ...inner, arg }));
  if (inner.kind !== 'binary') return [inner];
  if (inner.op === 'or') return [inner.lhs, inner.rhs].flatMap(alternatives);
  if (inner.op !== 'and' && inner.op !== 'unless') return [inner];
  const lefts = spread(alternatives(inner.lhs), inner.lhs, (lhs) => lhs);
  const rights = inner.op === 'and' ? spread(alternatives(inner.rhs), inner.rhs, (rhs) => rhs) : [inner.rhs];
  if (lefts.length * rights.length > MOST) return [inner];
  return lefts.flatMap((lhs) => rights.map((rhs) => ({ ...inner, lhs, rhs })));
}

/** What is no choice stays as it is written. */
function spread(ways: readonly Expr[], whole: Expr, one: (way: Expr) => Expr): Expr[] {
  return ways.length === 1 ? [whole] : ways.map(one);
}

/** Without aggregations around conditions: `max without (window) (a > 1)` is a > 1. */
export function unwrapped(expr: Expr): Bare {
  const inner = bare(expr);
  return isWrapped(inner) ? unwrapped(inner.arg) : inner;
}

function isWrapped(expr: Bare): expr is Aggregation {
  if (expr.kind !== 'aggregation' || !/^(?:max|min|sum|avg|count|group)$/.test(expr.op)) return false;
  const arg = bare(expr.arg);
  return arg.kind === 'aggregation' || (arg.kind === 'binary' && /^(?:and|or|unless|[<>]=?)$/.test(arg.op));
}

/** Why parts that must hold together never do, and what mends it. */
export interface Contradiction {
  readonly because: string;
  readonly remediation: string;
}

/** Takes `and` and `unless` apart into `parts`, and says what keeps them from holding at once. */
export function collect(expr: Expr, book: Book, parts: Expr[]): Contradiction | undefined {
  const inner = unwrapped(expr);
  if (inner.kind !== 'binary' || (inner.op !== 'and' && inner.op !== 'unless')) {
    parts.push(inner);
    return undefined;
  }
  const left = collect(inner.lhs, book, parts);
  if (inner.op === 'unless') return left ?? emptied(inner, book);
  const right = collect(inner.rhs, book, parts);
  return left ?? right ?? apart(inner.lhs, inner.rhs, inner.matching, book);
}

/** A condition besides the ratios that never holds. */
export function neverHolds(part: Expr, book: Book): Contradiction | undefined {
  const { verdict, because } = truthOf(part, { record: onlyRecord(book) });
  return verdict === 'never' ? { because, remediation: 'Take out the condition that never holds.' } : undefined;
}

/** The expression behind a name that one rule records. */
function onlyRecord(book: Book): (name: string) => Expr | undefined {
  return (name) => {
    const [rule, ...others] = book.records.get(name) ?? [];
    return others.length > 0 ? undefined : rule?.ast;
  };
}

function emptied(unless: Binary, book: Book): Contradiction | undefined {
  const never = neverHolds(unless, book);
  return never === undefined || neverHolds(unless.lhs, book) !== undefined ? undefined : never;
}

function apart(lhs: Expr, rhs: Expr, matching: Matching | undefined, book: Book): Contradiction | undefined {
  const [left, right] = [labelsOf(lhs, recordedIn(book)), labelsOf(rhs, recordedIn(book))];
  const label = obstacle(left, right, matching);
  if (label === undefined) return undefined;
  const value = (of: typeof left): string => JSON.stringify(valueOf(of, label) ?? '');
  return {
    because: `"and" joins samples whose label ${label} is ${value(left)} on one side and ${value(right)} on the other, so they never match`,
    remediation: 'Join the windows with "and ignoring (…)" or "and on (…)", leaving out the label that differs.',
  };
}

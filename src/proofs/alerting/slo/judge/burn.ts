import { labelsOf, obstacle, valueOf, type Expr } from '../../promql/index.ts';
import type { Matching } from '../../promql/ast.ts';
import { bare } from '../../promql/walk.ts';
import { exact } from '../numbers.ts';
import { recordedIn, type Book, type ReadRule } from './book.ts';
import { constant } from './constants.ts';
import { readRatio, type Prefers, type Reading } from './ratio.ts';

/** One comparison of an error ratio with a constant. */
export interface Comparison {
  readonly reading: Reading;
  /** Error ratio above which it holds. */
  readonly threshold: number;
  /** The compared side as it is written. */
  readonly side: Expr;
}

/** One alternative of an alert: what must hold together for it to fire. */
export interface Condition {
  readonly alert: ReadRule;
  readonly comparisons: readonly Comparison[];
  /** Further conditions, such as a least of traffic. */
  readonly guards: number;
  /** Why its parts can never hold at once. */
  readonly contradiction?: string;
}

/** The alternatives of an alert that compare something with a constant. */
export function conditionsOf(alert: ReadRule, book: Book, prefers: Prefers): Condition[] {
  return alternatives(alert.ast).flatMap((alternative) => {
    const parts: Expr[] = [];
    const contradiction = collect(alternative, book, parts);
    const comparisons = parts.flatMap((part) => comparisonOf(part, book, prefers) ?? []);
    if (comparisons.length === 0) return [];
    return [
      {
        alert,
        comparisons,
        guards: parts.length - comparisons.length,
        ...(contradiction === undefined ? {} : { contradiction }),
      },
    ];
  });
}

function alternatives(expr: Expr): Expr[] {
  const inner = unwrapped(expr);
  return inner.kind === 'binary' && inner.op === 'or' ? [inner.lhs, inner.rhs].flatMap(alternatives) : [inner];
}

/** Without aggregations around conditions: `max without (window) (a > 1)` is a > 1. */
function unwrapped(expr: Expr): Exclude<Expr, { kind: 'paren' }> {
  const inner = bare(expr);
  if (inner.kind !== 'aggregation' || !/^(?:max|min|sum|avg|count|group)$/.test(inner.op)) return inner;
  const arg = bare(inner.arg);
  const isCondition = arg.kind === 'binary' && /^(?:and|or|unless|[<>]=?)$/.test(arg.op);
  return isCondition || arg.kind === 'aggregation' ? unwrapped(arg) : inner;
}

/** Takes `and` apart, and says which label keeps two sides from matching. */
function collect(expr: Expr, book: Book, parts: Expr[]): string | undefined {
  const inner = unwrapped(expr);
  if (inner.kind !== 'binary' || (inner.op !== 'and' && inner.op !== 'unless')) {
    parts.push(inner);
    return undefined;
  }
  const left = collect(inner.lhs, book, parts);
  if (inner.op === 'unless') return left;
  const right = collect(inner.rhs, book, parts);
  return left ?? right ?? contradictionOf(inner.lhs, inner.rhs, inner.matching, book);
}

function contradictionOf(lhs: Expr, rhs: Expr, matching: Matching | undefined, book: Book): string | undefined {
  const [left, right] = [labelsOf(lhs, recordedIn(book)), labelsOf(rhs, recordedIn(book))];
  const label = obstacle(left, right, matching);
  if (label === undefined) return undefined;
  const value = (of: typeof left): string => JSON.stringify(valueOf(of, label) ?? '');
  return `"and" joins samples whose label ${label} is ${value(left)} on one side and ${value(right)} on the other, so they never match`;
}

function comparisonOf(expr: Expr, book: Book, prefers: Prefers): Comparison | undefined {
  const inner = unwrapped(expr);
  if (inner.kind !== 'binary' || !/^[<>]=?$/.test(inner.op) || inner.bool) return undefined;
  const right = constant(inner.rhs, book, prefers);
  if (right !== undefined) return compared(inner.lhs, inner.op, right, book, prefers);
  const left = constant(inner.lhs, book, prefers);
  return left === undefined
    ? undefined
    : compared(inner.rhs, inner.op.startsWith('>') ? '<' : '>', left, book, prefers);
}

function compared(side: Expr, op: string, bound: number, book: Book, prefers: Prefers): Comparison | undefined {
  const inner = bare(side);
  if (inner.kind === 'binary' && (inner.op === '*' || inner.op === '/')) {
    const factor = constant(inner.rhs, book, prefers);
    if (factor !== undefined && factor > 0)
      return compared(inner.lhs, op, exact(inner.op === '*' ? bound / factor : bound * factor), book, prefers);
    const before = inner.op === '*' ? constant(inner.lhs, book, prefers) : undefined;
    if (before !== undefined && before > 0) return compared(inner.rhs, op, exact(bound / before), book, prefers);
  }
  const reading = readRatio(inner, book, prefers);
  if (op.startsWith('>')) return { reading, threshold: bound, side: inner };
  if ('reason' in reading || reading.parts.form !== 'bad') return undefined;
  // Few good ones are many bad ones: good / total < 0.99 is an error ratio above 0.01.
  return {
    reading: { ...reading, parts: { ...reading.parts, form: 'good' } },
    threshold: exact(1 - bound),
    side: inner,
  };
}

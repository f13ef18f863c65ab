import type { Expr } from '../../promql/index.ts';
import { bare } from '../../promql/walk.ts';
import { exact } from '../numbers.ts';
import { alternatives, collect, neverHolds, unwrapped, type Contradiction } from './alternatives.ts';
import type { Book, ReadRule } from './book.ts';
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
  readonly contradiction?: Contradiction;
}

/** The alternatives of an alert that compare something with a constant. */
export function conditionsOf(alert: ReadRule, book: Book, prefers: Prefers): Condition[] {
  return alternatives(alert.ast).flatMap((alternative) => {
    const parts: Expr[] = [];
    const apart = collect(alternative, book, parts);
    const read = parts.map((part) => comparisonOf(part, book, prefers));
    const comparisons = read.flatMap((comparison) => comparison ?? []);
    if (comparisons.length === 0) return [];
    const guards = parts.filter((_, at) => !isRatio(read[at]));
    const contradiction = apart ?? guards.map((guard) => neverHolds(guard, book)).find(Boolean);
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

function isRatio(comparison: Comparison | undefined): boolean {
  return comparison !== undefined && !('reason' in comparison.reading);
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

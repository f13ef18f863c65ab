/**
 * Numerators weighted by traffic, `(total[w] / total[P]) * bad[w]`: divided by `total[w]` they are the bad events of a window over what the traffic of
 * the period would have brought, so quiet nights burn little. Thresholds mean the same (sloth `contrib/denominator_corrected_rules`).
 */
import type { Expr } from '../../promql/index.ts';
import { bare } from '../../promql/walk.ts';
import { recordsOf, type Book } from './book.ts';
import { canonical, type Canonical } from './canonical.ts';

/** The numerator without its weight; itself where it has none. */
export function unweighted(numerator: Expr, total: Canonical, book: Book): Expr {
  const inner = bare(numerator);
  if (inner.kind !== 'binary' || inner.op !== '*') return numerator;
  if (weighs(inner.lhs, total, book)) return inner.rhs;
  return weighs(inner.rhs, total, book) ? inner.lhs : numerator;
}

function weighs(factor: Expr, total: Canonical, book: Book): boolean {
  const share = trafficShare(recorded(factor, book), book);
  return share !== undefined && share.now.text === total.text && windowOf(share.now) === windowOf(total);
}

/** `total[w] / total[P]` with w no longer than P. */
export function trafficShare(expr: Expr, book: Book): { readonly now: Canonical } | undefined {
  const inner = bare(expr);
  if (inner.kind !== 'binary' || inner.op !== '/') return undefined;
  const [now, usual] = [canonical(inner.lhs, book), canonical(inner.rhs, book)];
  return now.text === usual.text && windowOf(now) <= windowOf(usual) ? { now } : undefined;
}

function recorded(expr: Expr, book: Book): Expr {
  const inner = bare(expr);
  if (inner.kind !== 'selector' || inner.range !== undefined) return inner;
  const [rule, ...others] = recordsOf(book, inner) ?? [];
  return rule === undefined || others.length > 0 ? inner : rule.ast;
}

function windowOf({ windows }: Canonical): number {
  return windows.size === 1 ? Math.max(...windows) : Number.NaN;
}

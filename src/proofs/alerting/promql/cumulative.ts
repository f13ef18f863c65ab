/**
 * Counters that are compared as they are. A counter only grows until its process starts anew, so that what it says is of the whole life of the process:
 * a bound on it is passed for good, and a share of it hardly moves any more. https://prometheus.io/docs/concepts/metric_types/#counter
 */
import type { Binary, Expr, Selector } from './ast.ts';
import { boundsOf } from './bounds.ts';
import { COMPARISONS } from './functions.ts';
import { isCounter, type Knowledge } from './knowledge.ts';
import { nameOf } from './needs.ts';
import { typeOf } from './types.ts';
import { bare } from './walk.ts';

/** What is wrong with the comparisons of an alert that are made of counters themselves; `and` leaves it to its other side. */
export function cumulative(expr: Expr, knowledge: Knowledge): string | undefined {
  const inner = bare(expr);
  if (inner.kind !== 'binary') return undefined;
  if (inner.op === 'or') return cumulative(inner.lhs, knowledge) ?? cumulative(inner.rhs, knowledge);
  if (!COMPARISONS.has(inner.op) || inner.bool || typeOf(inner.rhs) !== 'scalar') return undefined;
  return ofShare(inner.lhs, knowledge) ?? ofBound(inner, knowledge);
}

/** That something was ever counted may be meant, as of memory errors that cannot be corrected; a number that it reaches in time is not. */
function ofBound({ op, lhs, rhs }: Binary, knowledge: Knowledge): string | undefined {
  const { lo: bound } = boundsOf(rhs, knowledge);
  const counter = (op === '>' && bound > 0) || (op === '>=' && bound > 1) ? counterOf(lhs) : undefined;
  const name = counter === undefined ? undefined : nameOf(counter);
  if (name === undefined || !isCounter(name, knowledge)) return undefined;
  return `${name} only grows, so once past the bound the alert fires until the process starts anew; compare increase(${name}[…])`;
}

function ofShare(expr: Expr, knowledge: Knowledge): string | undefined {
  const quotient = unscaled(expr);
  if (quotient.kind !== 'binary' || quotient.op !== '/') return undefined;
  const [part, whole] = [quotient.lhs, quotient.rhs].map((side) => nameOf(counterOf(side) ?? NONE));
  if (part === undefined || whole === undefined) return undefined;
  if (!isMean(part, whole, knowledge) && ![part, whole].every((name) => isCounter(name, knowledge))) return undefined;
  return `${part} / ${whole} is over the whole life of the processes, and hardly moves after a while; take the rate of both`;
}

/** The sum of a histogram or summary by its count; gauges may end so too. */
function isMean(part: string, whole: string, knowledge: Knowledge): boolean {
  const areGauges = [part, whole].some((name) => knowledge.type?.(name) === 'gauge');
  return !areGauges && part.endsWith('_sum') && whole === part.replace(/_sum$/, '_count');
}

const NONE: Selector = { kind: 'selector', templatedName: false, matchers: [], open: false, from: 0, to: 0 };

/** The counter that a sum or a single series of it is made of, without a range. */
function counterOf(expr: Expr): Selector | undefined {
  const inner = unscaled(expr);
  if (inner.kind === 'aggregation' && /^(?:sum|avg|max|min)$/.test(inner.op)) return counterOf(inner.arg);
  return inner.kind === 'selector' && inner.range === undefined ? inner : undefined;
}

/** Without what it is multiplied by, as with 100 for percent. */
function unscaled(expr: Expr): Expr {
  const inner = bare(expr);
  if (inner.kind !== 'binary' || inner.op !== '*') return inner;
  if (typeOf(inner.lhs) === 'scalar') return unscaled(inner.rhs);
  return typeOf(inner.rhs) === 'scalar' ? unscaled(inner.lhs) : inner;
}

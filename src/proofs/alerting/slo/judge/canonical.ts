import type { Aggregation } from '../../promql/ast.ts';
import { print, selectors, type Expr, type Selector } from '../../promql/index.ts';
import { bare } from '../../promql/walk.ts';
import { constant } from './constants.ts';
import { recordsOf, type Book } from './book.ts';

/** A part of a ratio in a form in which equal texts count the same events, whatever their window. */
export interface Canonical {
  readonly text: string;
  /** The ranges it holds, in seconds. */
  readonly windows: ReadonlySet<number>;
  /** `rate` and `increase` count alike as long as both parts of a ratio use the same. */
  readonly functions: ReadonlySet<string>;
  /** Samples of value 0 or below are left out: `total > 0`. */
  readonly filtered: boolean;
  /** It has a sample even where nothing is measured: `or vector(0)`. */
  readonly filled: boolean;
}

interface Seen {
  readonly windows: Set<number>;
  readonly functions: Set<string>;
  filtered: boolean;
  filled: boolean;
}

export function canonical(expr: Expr, book: Book): Canonical {
  const seen: Seen = { windows: new Set(), functions: new Set(), filtered: false, filled: false };
  const text = sum(expr, book, seen, true);
  return { text, ...seen };
}

/** The terms of a sum in alphabetical order; each less what only fills or filters. */
function sum(expr: Expr, book: Book, seen: Seen, top: boolean): string {
  return terms(stripped(expr, book, seen, top), book, seen)
    .map((term) => print(simplified(term, book, seen, 0)))
    .sort()
    .join(' + ');
}

function terms(expr: Expr, book: Book, seen: Seen): Expr[] {
  const inner = bare(expr);
  if (inner.kind !== 'binary' || inner.op !== '+' || inner.matching !== undefined) return [inner];
  return [inner.lhs, inner.rhs].flatMap((side) => terms(stripped(side, book, seen, false), book, seen));
}

/** Without `or vector(0)`, `or 0 * x`, and at the top without `> 0`. */
function stripped(expr: Expr, book: Book, seen: Seen, top: boolean): Expr {
  const inner = bare(expr);
  if (inner.kind === 'call' && inner.fn === 'clamp_min' && top) {
    const [value, least] = inner.args;
    if (value !== undefined && least !== undefined && (constant(least, book) ?? 0) > 0) {
      seen.filtered = true;
      return stripped(value, book, seen, top);
    }
  }
  if (inner.kind !== 'binary') return inner;
  if (inner.op === 'or') {
    const fill = bare(inner.rhs);
    if (constant(fill, book) !== undefined) seen.filled = true;
    if (constant(fill, book) !== undefined || isZeroed(fill, book)) return stripped(inner.lhs, book, seen, top);
  }
  if (top && (inner.op === '>' || inner.op === '!=') && !inner.bool && constant(inner.rhs, book) === 0) {
    seen.filtered = true;
    return stripped(inner.lhs, book, seen, top);
  }
  return inner;
}

function isZeroed(expr: Expr, book: Book): boolean {
  return expr.kind === 'binary' && expr.op === '*' && [expr.lhs, expr.rhs].some((side) => constant(side, book) === 0);
}

const WINDOW = { text: 'window', from: 0, to: 0 };

/** The grouping less the labels that one value is asked of, as they make one group: `sum by (job) (x{job="api"})`. None where nothing is left. */
function telling(grouping: Aggregation['grouping'], arg: Expr): Pick<Aggregation, 'grouping'> {
  if (grouping === undefined || grouping.mode === 'without') return grouping === undefined ? {} : { grouping };
  const read = selectors(arg);
  const labels = grouping.labels.filter(
    (label) => new Set(read.map((each) => askedOf(each, label))).size !== 1 || askedOf(read[0], label) === undefined,
  );
  return labels.length === 0 ? {} : { grouping: { ...grouping, labels } };
}

/** The one value that a selector asks of a label. */
function askedOf(selector: Selector | undefined, label: string): string | undefined {
  return selector?.matchers.find((each) => each.label === label && each.op === '=' && !each.templated)?.value;
}

/** Ranges replaced by one word, records by what they record, `increase` by `rate`, no grouping by nothing. */
function simplified(expr: Expr, book: Book, seen: Seen, depth: number): Expr {
  const inner = bare(expr);
  const down = (each: Expr): Expr => simplified(each, book, seen, depth);
  switch (inner.kind) {
    case 'selector': {
      if (inner.range !== undefined) {
        seen.windows.add(inner.range.seconds ?? Number.NaN);
        return { ...inner, range: WINDOW };
      }
      const [rule, ...others] = depth < 8 ? (recordsOf(book, inner) ?? []) : [];
      return rule === undefined || others.length > 0 ? inner : simplified(rule.ast, book, seen, depth + 1);
    }
    case 'call':
      if (/^(?:rate|increase|irate)$/.test(inner.fn)) seen.functions.add(inner.fn);
      return { ...inner, fn: inner.fn === 'increase' ? 'rate' : inner.fn, args: inner.args.map(down) };
    case 'aggregation': {
      const { grouping, ...rest } = inner;
      const arg = down(inner.arg);
      return { ...rest, ...telling(grouping, arg), arg };
    }
    case 'binary':
      return { ...inner, lhs: down(inner.lhs), rhs: down(inner.rhs) };
    case 'unary':
      return { ...inner, expr: down(inner.expr) };
    case 'subquery':
      if (inner.range.seconds !== undefined) seen.windows.add(inner.range.seconds);
      return { ...inner, expr: down(inner.expr), range: WINDOW };
    default:
      return inner;
  }
}

import { print, type Expr } from '../../promql/index.ts';
import { bare } from '../../promql/walk.ts';
import { recordsOf, type Book, type ReadRule } from './book.ts';
import { canonical, type Canonical } from './canonical.ts';
import { constant } from './constants.ts';
import { unweighted } from './weighted.ts';

/** What an error ratio is worked out from, its window left out. */
export type Parts =
  | { readonly form: 'bad' | 'good'; readonly counted: string; readonly total: string }
  /** Time beyond a bound, a native histogram's share, or anything else of one window. */
  | { readonly form: 'measure' | 'fraction' | 'other'; readonly text: string };

export interface ErrorRatio {
  readonly parts: Parts;
  /** Seconds. */
  readonly window: number;
  /** Without traffic it has no sample, rather than NaN. */
  readonly nanSafe: boolean;
  /** It has a sample even where nothing is measured. */
  readonly filled: boolean;
  /** The records it was read through, outermost first. */
  readonly via: readonly ReadRule[];
}

export interface Unreadable {
  readonly reason: string;
  readonly via: readonly ReadRule[];
  /** The name that nothing here records. */
  readonly missing?: string;
  /** Something is wrong with it, rather than beyond what is understood here. */
  readonly wrong?: boolean;
}

export type Reading = ErrorRatio | Unreadable;

/** Tells among several records of one name those of the SLO in question. */
export type Prefers = (rule: ReadRule) => boolean;

/** Reads an expression as the error ratio of something over a window. */
export function readRatio(expr: Expr, book: Book, prefers: Prefers, via: readonly ReadRule[] = []): Reading {
  const inner = bare(expr);
  const down = (each: Expr): Reading => readRatio(each, book, prefers, via);
  const unreadable = (reason: string, more: Partial<Unreadable> = {}): Unreadable => ({ reason, via, ...more });
  if (via.length > 8) return unreadable('records refer to each other too deeply');
  switch (inner.kind) {
    case 'selector': {
      if (inner.offset !== undefined || inner.at !== undefined)
        return unreadable(`${print(inner)} looks at another time`);
      const found = recordsOf(book, inner);
      if (found === undefined || found.length === 0)
        return unreadable(`${print(inner)} is recorded by no rule here`, { missing: inner.name ?? '' });
      const rule = found.find(prefers) ?? (found.length === 1 ? found[0] : undefined);
      return rule === undefined
        ? unreadable(`${print(inner)} is recorded by ${found.length} rules, and none says that it is of this SLO`)
        : readRatio(rule.ast, book, prefers, [...via, rule]);
    }
    case 'aggregation':
      return /^(?:max|min|avg|sum)$/.test(inner.op) && !isRate(inner.arg) ? down(inner.arg) : other(inner, book, via);
    case 'call':
      return ofCall(inner, book, prefers, via);
    case 'subquery':
      return down(inner.expr);
    case 'binary':
      return ofBinary(inner, book, prefers, via);
    default:
      return other(inner, book, via);
  }
}

function ofCall(call: Expr & { kind: 'call' }, book: Book, prefers: Prefers, via: readonly ReadRule[]): Reading {
  const [arg] = call.args;
  if (arg === undefined) return other(call, book, via);
  if (/^(?:clamp_min|clamp_max|clamp|sort|round)$/.test(call.fn)) return readRatio(arg, book, prefers, via);
  if (call.fn !== 'avg_over_time') return other(call, book, via);
  const average = averaged(arg, book, prefers, via);
  // The average of a raw metric is a ratio of its own; that of a record is the record's, which must be there.
  const isRaw = average !== undefined && 'reason' in average && average.missing?.includes(':') === false;
  return average === undefined || isRaw ? other(call, book, via) : average;
}

/** The average of a ratio, or of a judgement, over a range. */
function averaged(arg: Expr, book: Book, prefers: Prefers, via: readonly ReadRule[]): Reading | undefined {
  const inner = bare(arg);
  if (inner.kind !== 'selector' && inner.kind !== 'subquery') return undefined;
  const window = inner.range?.seconds;
  if (window === undefined) return undefined;
  const { range: _, ...instant } = inner;
  const of = readRatio(inner.kind === 'subquery' ? inner.expr : (instant as Expr), book, prefers, via);
  return 'reason' in of ? of : { ...of, window };
}

function ofBinary(binary: Expr & { kind: 'binary' }, book: Book, prefers: Prefers, via: readonly ReadRule[]): Reading {
  const { op, lhs, rhs, bool } = binary;
  const bound = constant(rhs, book);
  if (/^(?:[<>]=?|[!=]=)$/.test(op)) {
    if (bound === undefined) return other(binary, book, via);
    if (bool) return ofMeasure(lhs, op, bound, book, via);
    return changed(readRatio(lhs, book, prefers, via), { nanSafe: true });
  }
  if (op === 'or' && bound !== undefined) return changed(readRatio(lhs, book, prefers, via), { filled: true });
  if (op === 'and' || op === 'unless') {
    const of = readRatio(lhs, book, prefers, via);
    return op === 'and' && isPositive(rhs, book) ? changed(of, { nanSafe: true }) : of;
  }
  if (op === '-' && constant(lhs, book) === 1) return complement(rhs, book, prefers, via);
  if (op !== '/' || bound !== undefined) return other(binary, book, via);
  return averageOf(lhs, rhs, book, prefers, via) ?? division(lhs, rhs, book, via);
}

/** `1 - good / total`, and the share that a native histogram has above a bound. */
function complement(of: Expr, book: Book, prefers: Prefers, via: readonly ReadRule[]): Reading {
  const inner = bare(of);
  if (inner.kind === 'call' && inner.fn === 'histogram_fraction') {
    const { text, windows, filled } = canonical(inner, book);
    return ofOne({ form: 'fraction', text }, windows, { nanSafe: false, filled }, via);
  }
  const share = readRatio(of, book, prefers, via);
  if ('reason' in share || share.parts.form !== 'bad') return share;
  return { ...share, parts: { ...share.parts, form: 'good' } };
}

/** `sum_over_time(x[30d]) / count_over_time(x[30d])`. */
function averageOf(lhs: Expr, rhs: Expr, book: Book, prefers: Prefers, via: readonly ReadRule[]): Reading | undefined {
  const [sum, count] = [bare(lhs), bare(rhs)];
  if (sum.kind !== 'call' || count.kind !== 'call') return undefined;
  if (sum.fn !== 'sum_over_time' || count.fn !== 'count_over_time') return undefined;
  const [arg] = sum.args;
  return arg === undefined ? undefined : averaged(arg, book, prefers, via);
}

function division(lhs: Expr, rhs: Expr, book: Book, via: readonly ReadRule[]): Reading {
  const total = canonical(rhs, book);
  const [counted, form] = countedOf(unweighted(lhs, total, book), total, book);
  const windows = new Set([...counted.windows, ...total.windows]);
  if (windows.size > 1)
    return {
      reason: `it divides by events of another window (${[...windows].map((each) => `${each} s`).join(', ')})`,
      via,
      wrong: true,
    };
  const functions = new Set([...counted.functions, ...total.functions]);
  if (functions.size > 1) return { reason: `it divides ${[...functions].join(' by ')}`, via, wrong: true };
  const parts: Parts = { form, counted: counted.text, total: total.text };
  return ofOne(parts, windows, { nanSafe: total.filtered, filled: false }, via);
}

/** `total - good` over `total` counts the good ones. */
function countedOf(lhs: Expr, total: Canonical, book: Book): [Canonical, 'bad' | 'good'] {
  const inner = filledIn(bare(lhs), book);
  if (inner.kind === 'binary' && inner.op === '-') {
    const from = canonical(inner.lhs, book);
    if (from.text === total.text) {
      const good = canonical(inner.rhs, book);
      return [{ ...good, windows: new Set([...good.windows, ...from.windows]) }, 'good'];
    }
  }
  return [canonical(lhs, book), 'bad'];
}

/** Without `or vector(0)` around it. */
function filledIn(expr: Exclude<Expr, { kind: 'paren' }>, book: Book): Exclude<Expr, { kind: 'paren' }> {
  return expr.kind === 'binary' && expr.op === 'or' && constant(expr.rhs, book) !== undefined
    ? filledIn(bare(expr.lhs), book)
    : expr;
}

function ofMeasure(lhs: Expr, op: string, bound: number, book: Book, via: readonly ReadRule[]): Reading {
  const inner = bare(lhs);
  const itself = inner.kind === 'binary' && inner.op === '==' && print(inner.lhs) === print(inner.rhs);
  const value = bare(itself ? inner.lhs : inner);
  const worst = value.kind === 'aggregation' && /^(?:max|min)$/.test(value.op) ? value.arg : value;
  const { text, filled } = canonical(worst, book);
  return { parts: { form: 'measure', text: `${text} ${op} ${bound}` }, window: 0, nanSafe: true, filled, via };
}

function other(expr: Expr, book: Book, via: readonly ReadRule[]): Reading {
  const { text, windows, filled } = canonical(expr, book);
  return ofOne({ form: 'other', text }, windows, { nanSafe: false, filled }, via);
}

function ofOne(
  parts: Parts,
  windows: ReadonlySet<number>,
  rest: Pick<ErrorRatio, 'nanSafe' | 'filled'>,
  via: readonly ReadRule[],
): Reading {
  const [window, ...more] = windows;
  if (window === undefined || more.length > 0)
    return {
      reason: window === undefined ? 'it looks over no window of time' : 'it looks over several windows at once',
      via,
    };
  return { parts, window, ...rest, via };
}

function changed(of: Reading, change: Partial<Pick<ErrorRatio, 'nanSafe' | 'filled'>>): Reading {
  return 'reason' in of ? of : { ...of, ...change };
}

function isPositive(expr: Expr, book: Book): boolean {
  const inner = bare(expr);
  return inner.kind === 'binary' && inner.op === '>' && !inner.bool && (constant(inner.rhs, book) ?? -1) >= 0;
}

function isRate(expr: Expr): boolean {
  const inner = bare(expr);
  return inner.kind === 'call' && /^(?:rate|increase|irate)$/.test(inner.fn);
}

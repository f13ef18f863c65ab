/**
 * Alerts that fire whatever the samples are: nothing in them tells a good value from a bad one. An alert fires for every series that its expression
 * gives, of 0 as of any value (`rules/alerting.go`: `Eval`). Where the presence of a series is the news, as in `absent`, `ALERTS` or a count of what was
 * picked out, nothing is said.
 */
import type { Binary, Call, Expr } from './ast.ts';
import { boundsOf } from './bounds.ts';
import { COMPARISONS } from './functions.ts';
import type { Interval } from './interval.ts';
import type { Knowledge } from './knowledge.ts';
import { nameOf } from './needs.ts';
import { alwaysThere } from './presence.ts';
import { typeOf } from './types.ts';
import { bare, selectors, walk } from './walk.ts';

/** Records of records are followed so far. */
const MAX_RECORDS = 20;

/** Why the alert fires for any value of what it reads; `undefined` where something decides. What reads nothing is a dead-man switch. */
export function indifference(expr: Expr, knowledge: Knowledge): string | undefined {
  if (selectors(expr).length === 0) return undefined;
  if (alwaysThere(expr)) return 'it has a result at all times, as one side of or always does';
  return holdsAnyway(expr, knowledge) ?? (comparesNothing(expr, knowledge, 0) ? NO_BOUND : undefined);
}

const NO_BOUND = 'nothing is held against a bound, so it fires for any value, 0 included';

/** A comparison at the top that every value satisfies; of `and` both sides must be such, of `or` one will do. */
function holdsAnyway(expr: Expr, knowledge: Knowledge): string | undefined {
  const inner = bare(expr);
  if (inner.kind !== 'binary') return undefined;
  const { op, lhs, rhs, bool } = inner;
  if (op === 'or') return holdsAnyway(lhs, knowledge) ?? holdsAnyway(rhs, knowledge);
  if (op === 'and') return holdsAnyway(rhs, knowledge) === undefined ? undefined : holdsAnyway(lhs, knowledge);
  const isFree = COMPARISONS.has(op) && !bool && inner.fill === undefined && inner.matching === undefined;
  return isFree ? ofComparison(inner, knowledge) : undefined;
}

function ofComparison({ op, lhs, rhs }: Binary, knowledge: Knowledge): string | undefined {
  const flipped = typeOf(lhs) === 'scalar';
  const [value, bound] = flipped ? [rhs, lhs] : [lhs, rhs];
  if (typeOf(bound) !== 'scalar' || isNews(value, knowledge, 0)) return undefined;
  const direction = flipped ? (MIRRORED[op] ?? op) : op;
  const [left, right] = [boundsOf(value, knowledge), boundsOf(bound, knowledge)];
  if (!holds(direction, left, right) || right.lo !== right.hi) return undefined;
  return `what it compares is ${words(left)}, so ${direction} ${short(right.lo)} holds for any value`;
}

const MIRRORED: Readonly<Record<string, string>> = { '>': '<', '<': '>', '>=': '<=', '<=': '>=' };

/** Whether all values of the left side satisfy the comparison; NaN, which satisfies none but `!=`, is left aside. */
function holds(op: string, left: Interval, right: Interval): boolean {
  switch (op) {
    case '>':
      return left.lo > right.hi;
    case '>=':
      return left.lo >= right.hi;
    case '<':
      return left.hi < right.lo;
    case '<=':
      return left.hi <= right.lo;
    case '!=':
      return left.lo > right.hi || left.hi < right.lo;
    default:
      return false;
  }
}

function words({ lo, hi }: Interval): string {
  if (lo === hi) return `always ${short(lo)}`;
  if (lo === -Infinity) return `at most ${short(hi)}`;
  return hi === Infinity ? `never below ${short(lo)}` : `between ${short(lo)} and ${short(hi)}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Functions and aggregations whose result is there only because a series is. */
const OF_PRESENCE = /^(?:absent|absent_over_time|present_over_time|count_over_time|count|count_values|group)$/;

/** Series that are there only while something is the case. */
const NEWS = /^(?:ALERTS|ALERTS_FOR_STATE|.*_info|kube_.*_reason|kube_.*_labels|kube_.*_annotations)$/;

/** Whether there being a result at all may be what the alert waits for. What cannot be looked into counts. */
function isNews(expr: Expr, knowledge: Knowledge, records: number): boolean {
  let found = false;
  walk(expr, (each) => {
    if (found) return false;
    found = isNewsItself(each, knowledge, records);
    return !found;
  });
  return found;
}

function isNewsItself(each: Expr, knowledge: Knowledge, records: number): boolean {
  switch (each.kind) {
    case 'placeholder':
      return true;
    case 'call':
      return each.fn === '' || OF_PRESENCE.test(each.fn);
    case 'aggregation':
      return each.op === '' || OF_PRESENCE.test(each.op) || each.param !== undefined;
    case 'binary':
      return each.op === 'and' || each.op === 'unless' || (COMPARISONS.has(each.op) && !each.bool);
    case 'selector': {
      const name = nameOf(each);
      if (name === undefined || NEWS.test(name)) return true;
      const recorded = knowledge.record?.(name);
      return recorded !== undefined && (records >= MAX_RECORDS || isNews(recorded, knowledge, records + 1));
    }
    default:
      return false;
  }
}

/** Functions whose result says how much, and is there as long as their series are. */
const AMOUNTS =
  /^(?:rate|increase|irate|delta|idelta|deriv|predict_linear|changes|resets|(?:avg|max|min|sum|stddev|stdvar|quantile)_over_time|histogram_quantile|histogram_avg|double_exponential_smoothing|holt_winters)$/;

/** Functions that change how an amount is written, and not whether it is there. */
const REWRITES =
  /^(?:abs|ceil|floor|round|sqrt|exp|ln|log2|log10|clamp|clamp_min|clamp_max|label_replace|label_join|sort|sort_desc)$/;

/** Whether the expression gives an amount and holds it against nothing. */
function comparesNothing(expr: Expr, knowledge: Knowledge, records: number): boolean {
  return !isNews(expr, knowledge, records) && isAmount(expr, knowledge, records);
}

function isAmount(expr: Expr, knowledge: Knowledge, records: number): boolean {
  const inner = bare(expr);
  const of = (each: Expr | undefined): boolean => each !== undefined && isAmount(each, knowledge, records);
  switch (inner.kind) {
    case 'call':
      return isAmountOf(inner, of);
    case 'aggregation':
    case 'unary':
      return of(inner.kind === 'unary' ? inner.expr : inner.arg);
    case 'binary':
      return !COMPARISONS.has(inner.op) && (of(inner.lhs) || of(inner.rhs) || isRelation(inner));
    case 'selector': {
      const recorded = records < MAX_RECORDS ? knowledge.record?.(nameOf(inner) ?? '') : undefined;
      return recorded !== undefined && isAmount(recorded, knowledge, records + 1);
    }
    default:
      return false;
  }
}

function isAmountOf({ fn, args }: Call, of: (each: Expr | undefined) => boolean): boolean {
  return AMOUNTS.test(fn) || (REWRITES.test(fn) && of(args[0]));
}

/** A quotient or a difference of what is measured; products often only join labels. */
function isRelation({ op, lhs, rhs }: Binary): boolean {
  return (op === '/' || op === '-') && [lhs, rhs].every((side) => typeOf(side) === 'vector');
}

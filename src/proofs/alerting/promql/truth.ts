import { formatDuration } from '../../../model/duration.ts';
import type { Aggregation, Binary, Call, Expr, Span } from './ast.ts';
import { boundsOf } from './bounds.ts';
import type { Knowledge } from './knowledge.ts';
import { intersect, type Interval } from './interval.ts';
import { COMPARISONS } from './functions.ts';
import { carries, labelsOf } from './labels.ts';
import { neverMeet } from './meeting.ts';
import { alwaysThere, emptiedBy } from './presence.ts';
import { contradiction, within } from './matchers.ts';
import { nameOf } from './needs.ts';
import { print } from './print.ts';
import { typeOf } from './types.ts';
import { bare, children, selectors, walk } from './walk.ts';

/**
 * Whether an alert on the expression can ever fire, that is, whether it can have a result at all; the result's value does not matter.
 * `never` is proven. `can`: nothing stands against it as long as its metrics have series. `unknown` says what decides.
 */
export interface Truth extends Span {
  readonly verdict: 'never' | 'can' | 'unknown';
  readonly because: string;
}

export function truthOf(expr: Expr, knowledge: Knowledge = {}): Truth {
  const never = noSamples(expr) ?? impossibility(expr, knowledge);
  if (never !== undefined) return { verdict: 'never', ...never };
  const whole = { from: expr.from, to: expr.to };
  const doubt = doubtOf(expr);
  if (doubt !== undefined) return { verdict: 'unknown', because: doubt, ...whole };
  return { verdict: 'can', because: 'nothing in it excludes the rest', ...whole };
}

/** What Prometheus loads as a rule and cannot evaluate as one (`rules/manager.go`: `EngineQueryFunc`). */
function noSamples(expr: Expr): Reason | undefined {
  const type = typeOf(expr);
  if (type !== 'matrix' && type !== 'string') return undefined;
  const because = `it is a ${type === 'matrix' ? 'range of samples' : 'string'}, and a rule needs one sample for each series`;
  return { because, from: expr.from, to: expr.to };
}

type Reason = Span & { readonly because: string };

/** Why the expression has no result, whatever the samples. */
function impossibility(expr: Expr, knowledge: Knowledge): Reason | undefined {
  const at = (because: string | undefined): Reason | undefined =>
    because === undefined ? undefined : { because, from: expr.from, to: expr.to };
  switch (expr.kind) {
    case 'selector':
      return at(contradiction(expr));
    case 'call':
      return ofCall(expr, knowledge);
    case 'binary':
      return ofBinary(expr, knowledge);
    case 'aggregation':
      return at(takesNone(expr)) ?? impossibility(expr.arg, knowledge);
    default:
      return firstOf(children(expr), knowledge);
  }
}

function firstOf(exprs: readonly Expr[], knowledge: Knowledge): Reason | undefined {
  for (const expr of exprs) {
    const reason = impossibility(expr, knowledge);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function ofCall(call: Call, knowledge: Knowledge): Reason | undefined {
  const { fn, args, from, to } = call;
  if (fn.startsWith('absent'))
    return args.some(alwaysThere) ? { because: `what ${fn} asks for is there at all times`, from, to } : undefined;
  if (/^(?:vector|scalar)$/.test(fn)) return undefined;
  const sparse = tooSparse(call, knowledge);
  if (sparse !== undefined) return { because: sparse, from, to };
  if (fn === 'histogram_quantile' && args[1] !== undefined && lostBuckets(args[1]))
    return { because: 'histogram_quantile needs the label le, and it was aggregated away', from, to };
  return firstOf(
    args.filter((argument) => typeOf(argument) !== 'scalar'),
    knowledge,
  );
}

/** `topk(0, x)` takes no series at all (`promql/engine.go`: `aggregationK`). */
function takesNone({ op, param }: Aggregation): string | undefined {
  const asked = param === undefined ? param : bare(param);
  const isNone = /^(?:topk|bottomk|limitk)$/.test(op) && asked?.kind === 'number' && asked.value < 1;
  return isNone ? `${op} of ${asked.value} takes no series` : undefined;
}

/** Functions that have no result from fewer than two samples (`promql/functions.go`). */
const OF_TWO_SAMPLES =
  /^(?:rate|increase|irate|delta|idelta|deriv|predict_linear|double_exponential_smoothing|holt_winters)$/;

/** A window that is no longer than the interval of the scrapes holds one sample: it is open on the left. */
function tooSparse({ fn, args }: Call, knowledge: Knowledge): string | undefined {
  const window = bare(args[0] ?? NOTHING);
  if (
    !OF_TWO_SAMPLES.test(fn) ||
    window.kind !== 'selector' ||
    window.range?.seconds === undefined ||
    window.extension !== undefined
  )
    return undefined;
  const name = nameOf(window);
  const interval = name === undefined ? undefined : knowledge.interval?.(name);
  if (name === undefined || interval === undefined || window.range.seconds > interval) return undefined;
  return `${fn} needs two samples, and [${window.range.text}] holds no more than one of ${name}, which is scraped every ${formatDuration(interval)}`;
}

const NOTHING: Expr = { kind: 'number', value: 0, from: 0, to: 0 };

/** Classic buckets whose `le` does not reach the function: it then has nothing to work with. Native histograms have no `_bucket`. */
function lostBuckets(argument: Expr): boolean {
  const read = selectors(argument);
  return (
    read.length > 0 &&
    read.every((each) => nameOf(each)?.endsWith('_bucket') === true) &&
    carries(labelsOf(argument), 'le') === 'never'
  );
}

function ofBinary(expr: Binary, knowledge: Knowledge): Reason | undefined {
  const { op, lhs, rhs, from, to } = expr;
  const at = (because: string): Reason => ({ because, from, to });
  const [left, right] = [impossibility(lhs, knowledge), impossibility(rhs, knowledge)];
  if (op === 'or') return left !== undefined && right !== undefined ? left : undefined;
  if (op === 'unless') {
    if (left !== undefined) return left;
    const emptied = emptiedBy(expr);
    return emptied === undefined ? undefined : at(emptied);
  }
  if (expr.fill === undefined && (left ?? right) !== undefined) return left ?? right;
  const apart = neverMeet(expr, knowledge);
  if (apart !== undefined) return at(apart);
  const absence = absenceOfPresent(expr);
  if (absence !== undefined) return at(absence);
  if (op === 'and') return contradictingFilters(expr, knowledge, at);
  return isFilter(expr) ? outOfBounds(expr, knowledge, at) : undefined;
}

function outOfBounds(
  { op, lhs, rhs }: Binary,
  knowledge: Knowledge,
  at: (because: string) => Reason,
): Reason | undefined {
  const [left, right] = [boundsOf(lhs, knowledge), boundsOf(rhs, knowledge)];
  if (typeOf(lhs) === 'scalar') {
    if (intersect(op, left, right) !== undefined) return undefined;
    return at(`the left side is ${words(left)}, and the right side ${words(right)}: ${op} never holds`);
  }
  if (intersect(op, left, right) !== undefined) return undefined;
  return at(
    `the left side is ${words(left)}, so ${op} ${right.lo === right.hi ? short(right.lo) : words(right)} never holds`,
  );
}

function words({ lo, hi }: Interval): string {
  if (Number.isNaN(lo)) return 'NaN';
  if (lo === hi) return `always ${short(lo)}`;
  if (lo === -Infinity) return `at most ${short(hi)}`;
  return hi === Infinity ? `at least ${short(lo)}` : `between ${short(lo)} and ${short(hi)}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** The operands that all must have a result for the whole to have one. */
function conjuncts(expr: Expr): Expr[] {
  const inner = bare(expr);
  if (inner.kind !== 'binary' || inner.op === 'or' || inner.fill !== undefined) return [inner];
  if (inner.op === 'unless') return conjuncts(inner.lhs);
  return [...conjuncts(inner.lhs), ...conjuncts(inner.rhs)];
}

/** `absent(x) and x`: the one side has a result only where the other has none. */
function absenceOfPresent(expr: Binary): string | undefined {
  const parts = conjuncts(expr);
  for (const part of parts) {
    if (part.kind !== 'call' || part.fn !== 'absent') continue;
    const absent = bare(part.args[0] ?? part);
    if (absent.kind !== 'selector') continue;
    const present = parts.flatMap(instantSelectors).find((each) => within(each, absent));
    if (present !== undefined) return `absent(${print(absent)}) has a result only while ${print(present)} has none`;
  }
  return undefined;
}

/** Selectors that must have a series now for the operand to have a result. */
function instantSelectors(expr: Expr): ReturnType<typeof selectors> {
  const found: ReturnType<typeof selectors> = [];
  walk(expr, (each) => {
    if (each.kind === 'selector' && each.range === undefined) found.push(each);
    return (
      each.kind !== 'subquery' &&
      !(each.kind === 'call' && /^absent|^scalar$/.test(each.fn)) &&
      !(each.kind === 'binary' && (each.op === 'or' || each.op === 'unless'))
    );
  });
  return found;
}

/** `x > 5 and x < 3`: filters of one and the same vector that leave nothing together. */
function contradictingFilters(expr: Binary, knowledge: Knowledge, at: (because: string) => Reason): Reason | undefined {
  if (expr.matching !== undefined) return undefined;
  const left: Map<string, Interval> = new Map();
  for (const side of [expr.lhs, expr.rhs]) {
    const inner = bare(side);
    if (inner.kind !== 'binary' || !isFilter(inner) || inner.matching !== undefined || typeOf(inner.rhs) !== 'scalar')
      continue;
    if (selectors(inner.lhs).some((each) => nameOf(each) === undefined)) continue;
    const subject = print(inner.lhs);
    const before = left.get(subject) ?? boundsOf(inner.lhs, knowledge);
    const after = intersect(inner.op, before, boundsOf(inner.rhs, knowledge));
    if (after === undefined) return at(`no value of ${subject} satisfies both comparisons`);
    left.set(subject, after);
  }
  return undefined;
}

/** What keeps a verdict of `can` from being given. */
function doubtOf(expr: Expr): string | undefined {
  let doubt: string | undefined;
  walk(expr, (each) => {
    if (doubt !== undefined) return;
    if (each.kind === 'placeholder') doubt = `the variable ${each.name} decides`;
    else if (each.kind === 'selector' && (each.templatedName || each.open)) doubt = 'a variable decides what is read';
    else if (each.kind === 'binary' && each.op !== 'or' && !isScaled(each)) doubt = sharedMetric(each);
  });
  return doubt;
}

function isScaled({ lhs, rhs }: Binary): boolean {
  return typeOf(lhs) === 'scalar' || typeOf(rhs) === 'scalar';
}

function sharedMetric({ op, lhs, rhs }: Binary): string | undefined {
  if (op === '/') return undefined;
  const names = new Set(selectors(lhs).map(nameOf));
  const shared = selectors(rhs)
    .map(nameOf)
    .find((name) => name !== undefined && names.has(name));
  return shared === undefined
    ? undefined
    : `both sides of ${op} read ${shared}, and how they hang together is not worked out`;
}

function isFilter({ op, bool }: Binary): boolean {
  return COMPARISONS.has(op) && !bool;
}

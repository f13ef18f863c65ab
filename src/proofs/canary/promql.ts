/**
 * What a PromQL expression answers when there is nothing to answer, and what it speaks of.
 */
import {
  bare,
  parse,
  selectors,
  typeOf,
  walk,
  type Expr,
  type Matcher as LabelMatcher,
} from '../alerting/promql/index.ts';

/** A value of an expression under an assumption: a number (NaN included), an empty vector, or not known. */
export type Empty =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

/** `absent`: no series is there at all. `idle`: the series are there, and nothing happens. */
export type Silence = 'absent' | 'idle';

export type Matcher = Pick<LabelMatcher, 'label' | 'op' | 'value'>;

export interface QueryFacts {
  /** The matchers of each selector, its metric's name included as `__name__`. */
  readonly selectors: readonly (readonly Matcher[])[];
  /** Quantiles asked for by `histogram_quantile` or a `quantile` label. */
  readonly quantiles: readonly number[];
  /** The answer is a number and not a list. */
  readonly scalar: boolean;
  readonly absent: Empty;
  readonly idle: Empty;
}

const NONE: Empty = { kind: 'none' };
const UNKNOWN: Empty = { kind: 'unknown' };

/** `undefined` where the text is no PromQL that Prometheus would take. */
export function readQuery(query: string): QueryFacts | undefined {
  const parsed = parse(query);
  if (!parsed.ok) return undefined;
  const { expr } = parsed;
  const asked = selectors(expr).map(({ name, matchers }): Matcher[] => [
    ...(name === undefined ? [] : [{ label: '__name__', op: '=' as const, value: name }]),
    ...matchers.map(({ label, op, value }) => ({ label, op, value })),
  ]);
  return {
    selectors: asked,
    quantiles: [...quantileCalls(expr), ...asked.flatMap(quantileLabels)],
    scalar: typeOf(expr) === 'scalar',
    absent: valueOf(expr, 'absent'),
    idle: valueOf(expr, 'idle'),
  };
}

function quantileLabels(matchers: readonly Matcher[]): number[] {
  return matchers.filter(({ label, op }) => label === 'quantile' && op === '=').map(({ value }) => Number(value));
}

function quantileCalls(root: Expr): number[] {
  const found: number[] = [];
  walk(root, (expr) => {
    if (expr.kind !== 'call' || expr.fn !== 'histogram_quantile' || expr.args[0] === undefined) return;
    const quantile = bare(expr.args[0]);
    if (quantile.kind === 'number') found.push(quantile.value);
  });
  return found;
}

/** Follows an expression with every selector empty, or every counter still. */
function valueOf(expr: Expr, silence: Silence): Empty {
  switch (expr.kind) {
    case 'number':
      return numeric(expr.value);
    case 'selector':
    case 'subquery':
      return silence === 'absent' ? NONE : numeric(0);
    case 'paren':
      return valueOf(expr.expr, silence);
    case 'unary': {
      const inner = valueOf(expr.expr, silence);
      return expr.op === '-' && inner.kind === 'number' ? numeric(-inner.value) : inner;
    }
    case 'aggregation': {
      const value = valueOf(expr.arg, silence);
      return value.kind !== 'number' || KEEPING.has(expr.op) ? value : UNKNOWN;
    }
    case 'call':
      return callValue(expr, silence);
    case 'binary':
      return binary(expr, silence);
    case 'string':
    case 'placeholder':
      return UNKNOWN;
  }
}

const KEEPING: ReadonlySet<string> = new Set(['sum', 'avg', 'min', 'max', 'topk', 'bottomk', 'quantile']);
/** Functions that keep a still counter at 0. */
const STILL =
  /^(?:rate|irate|increase|delta|idelta|deriv|(?:avg|max|min|sum|last)_over_time|abs|ceil|floor|round|sort|sort_desc|label_replace|label_join|sqrt)$/;

/** Functions that keep what they are given, and those that answer out of nothing. */
function callValue({ fn, args }: Extract<Expr, { kind: 'call' }>, silence: Silence): Empty {
  if (fn === 'absent' || fn === 'absent_over_time') return silence === 'absent' ? numeric(1) : NONE;
  const first = args[0] === undefined ? UNKNOWN : valueOf(args[0], silence);
  if (fn === 'vector') return first;
  if (fn === 'scalar') return first.kind === 'none' ? numeric(Number.NaN) : first;
  if (fn === 'histogram_quantile') {
    const series = args[1] === undefined ? UNKNOWN : valueOf(args[1], silence);
    return series.kind === 'number' ? numeric(Number.NaN) : series;
  }
  if (first.kind !== 'number') return first;
  const bound = args[1] === undefined ? undefined : bare(args[1]);
  if (fn === 'clamp_min' || fn === 'clamp_max') {
    const limit = fn === 'clamp_min' ? Math.max : Math.min;
    return bound?.kind === 'number' ? numeric(limit(first.value, bound.value)) : UNKNOWN;
  }
  return STILL.test(fn) ? first : UNKNOWN;
}

function binary({ op, lhs, rhs, bool, fill }: Extract<Expr, { kind: 'binary' }>, silence: Silence): Empty {
  if (fill !== undefined) return UNKNOWN;
  const [a, b] = [valueOf(lhs, silence), valueOf(rhs, silence)];
  if (op === 'or') return a.kind === 'none' ? b : a;
  if (op === 'unless') return b.kind === 'none' ? a : b.kind === 'number' && a.kind === 'number' ? NONE : UNKNOWN;
  if (a.kind === 'none' || b.kind === 'none') return NONE;
  if (a.kind === 'unknown' || b.kind === 'unknown') return UNKNOWN;
  if (op === 'and') return a;
  const holds = COMPARISONS[op]?.(a.value, b.value);
  if (holds === undefined) return numeric(ARITHMETIC[op]?.(a.value, b.value) ?? Number.NaN);
  if (bool) return numeric(holds ? 1 : 0);
  return holds ? a : NONE;
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};
const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
  atan2: Math.atan2,
};

function numeric(value: number): Empty {
  return { kind: 'number', value };
}

/** The values that samples may have: a closed interval, and whether NaN is among them. */
export interface Interval {
  readonly lo: number;
  readonly hi: number;
  readonly nan: boolean;
  /** Whole numbers only. */
  readonly whole?: boolean;
}

export const UNBOUNDED: Interval = { lo: -Infinity, hi: Infinity, nan: true };

export function span(lo: number, hi: number, whole = false): Interval {
  return { lo, hi, nan: false, whole };
}

/** Sums of infinities may be NaN, and so may their products with zero. */
export function isFinite({ lo, hi }: Interval): boolean {
  return Number.isFinite(lo) && Number.isFinite(hi);
}

/** Interval arithmetic; anything that may overflow, divide by zero or leave the real numbers widens. */
export function arithmetic(op: string, left: Interval, right: Interval): Interval {
  const nan = left.nan || right.nan || !isFinite(left) || !isFinite(right);
  switch (op) {
    case '+':
      return bounded(left.lo + right.lo, left.hi + right.hi, nan);
    case '-':
      return bounded(left.lo - right.hi, left.hi - right.lo, nan);
    case '*':
      return { ...corners(left, right, (a, b) => (a === 0 || b === 0 ? 0 : a * b)), nan };
    case '/':
      return quotient(left, right);
    case '%':
      return left.lo >= 0 && right.lo > 0 ? { lo: 0, hi: Math.min(left.hi, right.hi), nan: true } : UNBOUNDED;
    case '^':
      if (left.lo === left.hi && right.lo === right.hi) return bounded(left.lo ** right.lo, left.lo ** right.lo, nan);
      return left.lo >= 0 ? { lo: 0, hi: Infinity, nan } : UNBOUNDED;
    default:
      return UNBOUNDED;
  }
}

/** 0/0 is NaN, and x/0 is infinite: a divisor that may be zero opens the interval on the side of its sign. */
function quotient(left: Interval, right: Interval): Interval {
  if (right.lo > 0 || right.hi < 0)
    return { ...corners(left, right, (a, b) => (Math.abs(b) === Infinity ? 0 : a / b)), nan: true };
  if (left.lo >= 0 && right.lo >= 0) return { lo: 0, hi: Infinity, nan: true };
  return UNBOUNDED;
}

function corners(left: Interval, right: Interval, apply: (a: number, b: number) => number): Interval {
  const values = [left.lo, left.hi].flatMap((a) => [right.lo, right.hi].map((b) => apply(a, b)));
  return bounded(Math.min(...values), Math.max(...values), true);
}

function bounded(lo: number, hi: number, nan: boolean): Interval {
  return { lo: Number.isNaN(lo) ? -Infinity : lo, hi: Number.isNaN(hi) ? Infinity : hi, nan };
}

/** `clamp`, with both bounds themselves uncertain. */
export function clampTo(value: Interval, least: Interval, most: Interval): Interval {
  return {
    lo: Math.min(Math.max(value.lo, least.lo), most.lo),
    hi: Math.min(Math.max(value.hi, least.hi), most.hi),
    nan: value.nan || least.nan || most.nan,
  };
}

/** What is left of the left side by a comparison with the right; `undefined` where nothing can be. NaN satisfies `!=` alone. */
export function intersect(op: string, left: Interval, right: Interval): Interval | undefined {
  const kept = (lo: number, hi: number, strict = false): Interval | undefined =>
    lo > hi || (strict && lo >= hi) || Number.isNaN(lo) || Number.isNaN(hi)
      ? undefined
      : { lo, hi, nan: false, ...(left.whole === true ? { whole: true } : {}) };
  switch (op) {
    case '>':
      return left.hi > right.lo ? kept(Math.max(left.lo, right.lo), left.hi) : undefined;
    case '>=':
      return kept(Math.max(left.lo, right.lo), left.hi);
    case '<':
      return left.lo < right.hi ? kept(left.lo, Math.min(left.hi, right.hi)) : undefined;
    case '<=':
      return kept(left.lo, Math.min(left.hi, right.hi));
    case '==': {
      const fractional = left.whole === true && right.lo === right.hi && !Number.isInteger(right.lo);
      return fractional ? undefined : kept(Math.max(left.lo, right.lo), Math.min(left.hi, right.hi));
    }
    case '!=':
      return left.lo === left.hi && right.lo === right.hi && left.lo === right.lo && !left.nan && !right.nan
        ? undefined
        : left;
    default:
      return left;
  }
}

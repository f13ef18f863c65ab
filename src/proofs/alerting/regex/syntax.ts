/**
 * The syntax of RE2 as Go reads it (`regexp/syntax`, Perl flags), as far as a language of strings is meant by it. What it allows and
 * is not understood here (word boundaries, Unicode classes, multi-line anchors) is `unsupported`; what it refuses is `invalid`.
 */
export type Regex =
  | { readonly kind: 'empty' }
  /** One code point out of inclusive ranges. */
  | { readonly kind: 'class'; readonly ranges: Ranges }
  | { readonly kind: 'sequence'; readonly parts: readonly Regex[] }
  | { readonly kind: 'either'; readonly parts: readonly Regex[] }
  | { readonly kind: 'repeat'; readonly part: Regex; readonly min: number; readonly max: number }
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' };

export type Ranges = readonly (readonly [number, number])[];

export class RegexProblem extends Error {
  readonly kind: 'invalid' | 'unsupported';

  constructor(kind: 'invalid' | 'unsupported', message: string) {
    super(message);
    this.kind = kind;
  }
}

export const LAST_CODE_POINT = 0x10_ffff;
export const ANYTHING: Ranges = [[0, LAST_CODE_POINT]];

export function invalid(message: string): RegexProblem {
  return new RegexProblem('invalid', message);
}

export function unsupported(message: string): RegexProblem {
  return new RegexProblem('unsupported', message);
}

/** Sorted and merged. */
export function normal(ranges: Ranges): Ranges {
  const merged: [number, number][] = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

export function inverse(ranges: Ranges): Ranges {
  const left: [number, number][] = [];
  let next = 0;
  for (const [low, high] of normal(ranges)) {
    if (low > next) left.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= LAST_CODE_POINT) left.push([next, LAST_CODE_POINT]);
  return left;
}

/** Under `(?i)`: the ranges with the other cases of their letters. Only ASCII ranges, and single letters beyond. */
export function folded(ranges: Ranges): Ranges {
  return normal(ranges.flatMap((range) => [range, ...otherCases(range)]));
}

/** The two letters beyond ASCII that fold to an ASCII one: the long s and the Kelvin sign. */
const FOLDS_TO_ASCII: readonly (readonly [number, number])[] = [
  [0x73, 0x17f],
  [0x6b, 0x212a],
];

function otherCases([low, high]: readonly [number, number]): (readonly [number, number])[] {
  if (low === 0 && high === LAST_CODE_POINT) return [];
  if (high > 0x7f) {
    if (low !== high) throw unsupported('a range of letters beyond ASCII under (?i)');
    const text = String.fromCodePoint(low);
    return [text.toLowerCase(), text.toUpperCase()]
      .filter((other) => [...other].length === 1)
      .map((other) => [other.codePointAt(0) ?? 0, other.codePointAt(0) ?? 0] as const);
  }
  const cases: [number, number][] = [];
  const add = (from: number, to: number, shift: number): void => {
    const [first, last] = [Math.max(low, from), Math.min(high, to)];
    if (first <= last) cases.push([first + shift, last + shift]);
  };
  add(0x41, 0x5a, 32);
  add(0x61, 0x7a, -32);
  for (const [letter, other] of FOLDS_TO_ASCII)
    if ((low <= letter && letter <= high) || (low <= letter - 32 && letter - 32 <= high)) cases.push([other, other]);
  return cases;
}

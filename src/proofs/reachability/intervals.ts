/** Sets of numbers as half-open intervals, flat: `[from, to, from, to, …)`, ascending, disjoint, never adjacent. */
export type Intervals<T extends number | bigint> = readonly T[];

export function union<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  if (a === b || b.length === 0) return a;
  if (a.length === 0) return b;
  return combine(a, b, (inA, inB) => inA || inB);
}

export function intersect<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  if (a === b || a.length === 0) return a;
  if (b.length === 0) return b;
  return combine(a, b, (inA, inB) => inA && inB);
}

/** What is in `a` and not in `b`. */
export function subtract<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  if (a.length === 0 || b.length === 0) return a;
  return combine(a, b, (inA, inB) => inA && !inB);
}

export function unionAll<T extends number | bigint>(sets: readonly Intervals<T>[]): Intervals<T> {
  if (sets.length < 3) return union(sets[0] ?? [], sets[1] ?? []);
  const half = sets.length >> 1;
  return union(unionAll(sets.slice(0, half)), unionAll(sets.slice(half)));
}

/** Whether all of `inner` lies in `outer`. */
export function covers<T extends number | bigint>(outer: Intervals<T>, inner: Intervals<T>): boolean {
  return subtract(inner, outer).length === 0;
}

export function overlap<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): boolean {
  return intersect(a, b).length > 0;
}

export function same<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): boolean {
  return a === b || (a.length === b.length && a.every((value, index) => value === b[index]));
}

/** Walks the bounds of both sets in order and writes a bound wherever membership in the result changes. */
function combine<T extends number | bigint>(
  a: Intervals<T>,
  b: Intervals<T>,
  keep: (inA: boolean, inB: boolean) => boolean,
): Intervals<T> {
  const out: T[] = [];
  let i = 0;
  let j = 0;
  let inside = false;
  while (i < a.length || j < b.length) {
    const nextA = a[i];
    const nextB = b[j];
    const at = nextB === undefined || (nextA !== undefined && nextA <= nextB) ? (nextA as T) : nextB;
    if (nextA === at) i += 1;
    if (nextB === at) j += 1;
    if (keep((i & 1) === 1, (j & 1) === 1) === inside) continue;
    inside = !inside;
    out.push(at);
  }
  return out;
}

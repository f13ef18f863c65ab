import type { Origin } from '../../model/origin.ts';

/** A number with where it comes from, in words. */
export interface Known {
  readonly value: number;
  /** `DATABASE_MAX_CONNS of ConfigMap shop/api`. */
  readonly from: string;
  /** Set where `value` is the low end of what it may be, and this the high end. */
  readonly atMost?: number;
  /** Set where nothing was found that says otherwise. */
  readonly byDefault?: boolean;
  readonly origin?: Origin;
}

/** A number that nothing tells. It is never replaced by a usual value. */
export interface Unknown {
  /** What is not known: `how many connections a process of api opens`. */
  readonly unknown: string;
  /** What would tell it, as an instruction without a full stop. */
  readonly declare: string;
  readonly origin?: Origin;
}

export type Figure = Known | Unknown;

export function isKnown<T extends object>(figure: T | Unknown): figure is T {
  return !('unknown' in figure);
}

/** `1,234`: a number as people read it, with no more than three digits after the point. */
export function show(value: number): string {
  const [whole = '', ...rest] = String(Number(value.toFixed(Math.abs(value) < 10 ? 2 : 1))).split('.');
  return [whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ','), ...rest].join('.');
}

/** `1 pod`, `3 pods`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${show(value)} ${value === 1 ? one : many}`;
}

/** Measurements in words, the same in every report and reason. */
import type { Tolerance } from './drill.ts';
import type { ObservationRecord } from './record.ts';

type Bounds = Tolerance & { readonly is?: number };

/** Unit of a measurement that is 1 or 0. */
export const YES_OR_NO = 'yes or no';

/** `4.2 s`; three significant digits at least, and no more decimals than a reader can use. */
export function measureText(value: number, unit: string): string {
  if (unit === YES_OR_NO && (value === 0 || value === 1)) return value === 1 ? 'yes' : 'no';
  const text =
    Number.isInteger(value) || Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : shortened(value);
  return unit === '' ? text : unit === '%' ? `${text} %` : `${text} ${unit}`;
}

/** `at most 300 s`, `200 to 499`; empty where there is no bound. */
export function boundsText({ atLeast, atMost, is }: Bounds, unit: string): string {
  if (is !== undefined && unit === YES_OR_NO) return measureText(is, unit);
  if (atLeast !== undefined && atLeast === atMost) return `exactly ${measureText(atLeast, unit)}`;
  if (atLeast !== undefined && atMost !== undefined)
    return `${measureText(atLeast, '')} to ${measureText(atMost, unit)}`;
  const bounds = [
    ...(is === undefined ? [] : [`exactly ${measureText(is, unit)}`]),
    ...(atLeast === undefined ? [] : [`at least ${measureText(atLeast, unit)}`]),
    ...(atMost === undefined ? [] : [`at most ${measureText(atMost, unit)}`]),
  ];
  return bounds.join(' and ');
}

/** `rto was 312 s, at most 300 s wanted: the copy took 290 s`. */
export function missedText({ name, value, unit, detail, ...bounds }: ObservationRecord): string {
  const wanted = boundsText(bounds, unit);
  const because = detail === undefined ? '' : `: ${detail}`;
  return `${name} was ${measureText(value, unit)}${wanted === '' ? '' : `, ${wanted} wanted`}${because}`;
}

function shortened(value: number): string {
  return String(Number(value.toPrecision(Math.abs(value) >= 100 ? 4 : 3)));
}

/** What an activity means to whoever runs it: whether there is a number to it, how long it may take, whether it may change something. */
import { parseDuration, seconds } from '../../model/duration.ts';

interface Counting {
  readonly pause?: unknown;
  readonly kubernetes?: { readonly value?: string | undefined } | undefined;
  readonly process?: { readonly do: string } | undefined;
}

export function hasNumber({ pause, kubernetes, process }: Counting): boolean {
  if (pause !== undefined) return false;
  if (kubernetes !== undefined) return kubernetes.value !== undefined;
  return process === undefined || process.do === 'start' || process.do === 'restart';
}

interface Timed {
  readonly pause?: string | undefined;
  readonly timeout?: string | undefined;
}

const STEP_MS = 30_000;
/** A pause ends a little late on a machine that is busy. */
const MARGIN_MS = 10_000;

/** Longest time of a step, milliseconds. */
export function stepMs({ pause, timeout }: Timed): number {
  if (timeout !== undefined) return seconds(timeout) * 1000;
  return pause === undefined ? STEP_MS : seconds(pause) * 1000 + MARGIN_MS;
}

/** Whether a pause is over before its time is up. */
export function endsInTime({ pause, timeout }: Timed): boolean {
  if (pause === undefined || timeout === undefined) return true;
  return (parseDuration(timeout) ?? Infinity) > (parseDuration(pause) ?? 0);
}

/** As much of a step as tells whether it may change something. */
interface Changing {
  readonly process?: unknown;
  readonly pause?: unknown;
  readonly promql?: unknown;
  readonly measure?: unknown;
  readonly http?: { readonly method: string } | undefined;
  readonly kubernetes?: { readonly method: string } | undefined;
}

/** Whether it may leave the world otherwise than it was. A measurement that is a question does not; what nobody can tell may. */
export function changes(one: Changing): boolean {
  if (one.process !== undefined || one.pause !== undefined || one.promql !== undefined) return false;
  if (one.http !== undefined) return one.http.method !== 'GET' && one.http.method !== 'HEAD';
  if (one.kubernetes !== undefined) return one.kubernetes.method !== 'GET';
  return one.measure === undefined;
}

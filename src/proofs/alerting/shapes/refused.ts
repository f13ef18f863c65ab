import { MalformedValue, type Cursor } from '../../../model/cursor.ts';
import type { Origin } from '../../../model/origin.ts';
import { promDuration } from '../promql/time-span.ts';

/** Something for which a program refuses to load its configuration: it keeps the old one, or does not start. */
export interface Refusal {
  readonly because: string;
  readonly origin?: Origin;
  /** It rests on something that was not found. */
  readonly fromAbsence?: true;
}

/** The program whose configuration it is would not load this. Thrown while reading, answered by the readers as data. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(because: string, origin?: Origin, fromAbsence?: true) {
    super(because);
    this.refusal = { because, ...(origin !== undefined && { origin }), ...(fromAbsence && { fromAbsence }) };
  }
}

/** What reading gives, or why the program would refuse it. A value of the wrong type is refused like any other mistake. */
export function orRefusal<T>(read: () => T): { readonly value: T } | { readonly refused: Refusal } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.refusal };
    if (error instanceof MalformedValue) return { refused: { because: error.message, origin: error.origin } };
    throw error;
  }
}

/** A scalar as Go reads it into a string: numbers and booleans as they are written. */
export function text(at: Cursor): string | undefined {
  const { value } = at;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return at.string();
}

/** Go's YAML knows the words of YAML 1.1. */
export function flag(at: Cursor): boolean | undefined {
  const word = typeof at.value === 'string' ? /^(?:(y|yes|on|true)|n|no|off|false)$/i.exec(at.value) : null;
  return word === null ? at.boolean() : word[1] !== undefined;
}

export function texts(at: Cursor): string[] {
  return at.items().map((item) => text(item) ?? '');
}

/** Configuration is read strictly: a misspelt key is an error. */
export function onlyKeys(at: Cursor, known: readonly string[]): void {
  for (const [key, value] of at.entries())
    if (!known.includes(key)) throw new Refused(`field ${key} not found`, value.origin);
}

/** Seconds of a duration of Prometheus: whole numbers, units from large to small. */
export function secondsOf(at: Cursor): number | undefined {
  const written = text(at);
  if (written === undefined) return undefined;
  if (written === '0') return 0;
  const seconds = promDuration(written);
  if (seconds === undefined) throw new Refused(`not a valid duration string: "${written}"`, at.origin);
  return seconds;
}

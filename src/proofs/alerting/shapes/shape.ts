import type { Cursor } from '../../../model/cursor.ts';
import { Refused, flag as flagAt, onlyKeys, secondsOf, text as textAt } from './refused.ts';
import { standsIn } from './stand-ins.ts';

/** What Alertmanager decodes a value into: refuses what does not fit. What is absent always fits. */
export type Shape = (at: Cursor) => void;

export type Fields = Readonly<Record<string, Shape>>;

/** A mapping with these keys and no others, of which perhaps more must hold. */
export function mapping(fields: Fields, ...rules: readonly Shape[]): Shape {
  return (at) => {
    onlyKeys(at, Object.keys(fields));
    for (const [key, value] of at.entries()) if (value.exists) fields[key]?.(value);
    if (at.exists) for (const rule of rules) rule(at);
  };
}

/** Keys of one shape, separated by spaces. */
export function each(names: string, shape: Shape = text): Fields {
  return Object.fromEntries(names.split(' ').map((name) => [name, shape]));
}

export function list(shape: Shape): Shape {
  return (at) => {
    for (const item of at.items()) shape(item);
  };
}

export const anything: Shape = () => {};

/** A scalar of any kind: Go reads it as it is written. */
export const text: Shape = (at) => void textAt(at);

/** A mapping of whatever values. */
export const anyMapping: Shape = (at) => void at.entries();

/** A mapping of names to scalars. */
export const texts: Shape = (at) => valuesOf(text)(at);

/** A mapping of names to values of one shape. */
export function valuesOf(shape: Shape): Shape {
  return (at) => {
    for (const [, value] of at.entries()) shape(value);
  };
}

export const flag: Shape = filledIn((at) => void flagAt(at));

export const number: Shape = filledIn((at) => void at.number());

/** A duration of Prometheus. */
export const duration: Shape = filledIn((at) => void secondsOf(at));

/** A duration as Go writes it, which knows fractions and no days. */
export const goDuration: Shape = filledIn((at) => {
  const written = textAt(at) ?? '';
  if (!/^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/.test(written))
    throw new Refused(`time: invalid duration "${written}"`, at.origin);
});

/** The same where a number counts nanoseconds. */
export const nanoseconds: Shape = (at) => {
  if (typeof at.value !== 'number') goDuration(at);
};

/** Where it is sent. An example's is told of elsewhere. Source: Alertmanager `config/common/url.go`, `ParseURL`. */
export const url: Shape = filledIn((at) => {
  const written = textAt(at) ?? '';
  if (standsIn(written)) return;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(written)?.[1] ?? '';
  if (!/^https?$/i.test(scheme)) throw new Refused(`unsupported scheme "${scheme}" for URL`, at.origin);
  if (!/^https?:\/\/[^/?#]/i.test(written)) throw new Refused('missing host for URL', at.origin);
});

/** A host with its port. */
export const hostAndPort: Shape = filledIn((at) => {
  const written = textAt(at) ?? '';
  if (written === '' || standsIn(written)) return;
  if (!/^(?:\[[^\]]*\]|[^:[\]]*):[^:]+$/.test(written))
    throw new Refused(`address ${written}: missing port in address`, at.origin);
});

/** One of these words; a template may decide which. */
export function oneOf(words: readonly string[], fold = false): Shape {
  return filledIn((at) => {
    const written = textAt(at) ?? '';
    if (!words.includes(fold ? written.toLowerCase() : written))
      throw new Refused(
        `${String(at.origin.pointer?.at(-1))} is "${written}", not one of ${words.join(', ')}`,
        at.origin,
      );
  });
}

/** At least one of the keys is set. */
export function needs(names: string, lack: string): Shape {
  return (at) => {
    if (!names.split(' ').some((name) => isSet(at, name))) throw new Refused(lack, at.origin);
  };
}

/** No two of the alternatives, each one key or several, are set. */
export function atMostOne(alternatives: readonly string[]): Shape {
  return (at) => {
    const given = alternatives.filter((names) => names.split(' ').some((name) => isSet(at, name)));
    if (given.length > 1)
      throw new Refused(
        `at most one of ${given.join(' & ').replaceAll(' ', '/').replaceAll('/&/', ' & ')} must be configured`,
        at.origin,
      );
  };
}

/** Whether a key has a value; an empty text counts as none. */
export function isSet(at: Cursor, key: string): boolean {
  const value = at.get(key);
  return value.exists && value.value !== '';
}

/** What a template or a variable fills in is not known. */
export function isFilledIn(value: unknown): boolean {
  return typeof value === 'string' && /\{\{|\$/.test(value);
}

function filledIn(shape: Shape): Shape {
  return (at) => {
    if (!isFilledIn(at.value)) shape(at);
  };
}

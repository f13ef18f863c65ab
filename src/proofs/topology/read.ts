import type { At, Origin } from '../../model/origin.ts';
import { isList, Reference, textOf, Unknown, whyUnknown, type Body, type Value } from './evaluate/index.ts';

/** An answer that is known, or the reason why it is not. */
export type Told<T> = { readonly known: true; readonly value: T; readonly origin: Origin } | Untold;

interface Untold {
  readonly known: false;
  readonly because: string;
  readonly origin: Origin;
}

/** A switch; what stands for `unset` is the provider's default. */
export function flag(body: Body, name: string, unset: boolean): Told<boolean> {
  return told(body, name, unset, (value) => {
    if (typeof value === 'boolean') return value;
    return value === 'true' ? true : value === 'false' ? false : undefined;
  });
}

export function number(body: Body, name: string, unset: number): Told<number> {
  return told(body, name, unset, (value) => {
    const parsed = typeof value === 'number' ? value : Number.parseFloat(textOf(value) ?? '');
    return Number.isFinite(parsed) ? parsed : undefined;
  });
}

export function text(body: Body, name: string, unset: string): Told<string> {
  return told(body, name, unset, textOf);
}

function told<T>(body: Body, name: string, unset: T, read: (value: Value) => T | undefined): Told<T> {
  const at = body.attribute(name);
  if (at === undefined) return { known: true, value: unset, origin: body.origin };
  const value = read(at.value);
  if (value !== undefined) return { known: true, value, origin: at.origin };
  return {
    known: false,
    because: `${name}: ${whyUnknown(at.value) ?? 'its value has another type'}`,
    origin: at.origin,
  };
}

/** The elements of a list; a list that is not known as a whole is one unknown element. */
export function elements(body: Body, name: string): readonly At<Value>[] {
  const at = body.attribute(name);
  if (at === undefined) return [];
  const { value, origin } = at;
  return isList(value) ? value.map((item) => ({ value: item, origin })) : [{ value, origin }];
}

/**
 * What a value names, in a form that is equal for two places that name the same: the address of a resource whichever of its attributes
 * is given, the output of a module that was not read, or the text itself. `undefined` where it is not known.
 */
export function identityOf(value: Value | undefined): string | undefined {
  if (value instanceof Reference) {
    const isModule = /(?:^|\.)module\.[^.]+$/.test(value.address);
    return isModule ? value.text : value.address;
  }
  if (value === undefined || value instanceof Unknown) return undefined;
  return textOf(value);
}

/** As {@link identityOf}, of an attribute. */
export function identityAt(body: Body, name: string): string | undefined {
  return identityOf(body.attribute(name)?.value);
}

/** `terraform/main.tf:12`. */
export function placed({ path, line }: Origin): string {
  return line === undefined ? path : `${path}:${line}`;
}

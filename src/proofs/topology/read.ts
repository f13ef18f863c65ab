import type { At, Origin } from '../../model/origin.ts';
import {
  isList,
  Reference,
  textOf,
  Unknown,
  whyUnknown,
  type Body,
  type Resource,
  type Value,
} from './evaluate/index.ts';

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

/** As {@link number}, where it is stated and known. */
export function knownNumber(body: Body | undefined, name: string): At<number> | undefined {
  const told = body?.attribute(name) === undefined ? undefined : number(body, name, Number.NaN);
  return told?.known === true ? told : undefined;
}

/** As {@link text}, where it is stated and known. */
export function knownText(body: Body | undefined, name: string): At<string> | undefined {
  const told = body?.attribute(name) === undefined ? undefined : text(body, name, '');
  return told?.known === true ? told : undefined;
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

/** Whether an attribute names the resource: by a reference to it, or by the name that it gives itself in `named`. */
export function refersTo(body: Body, name: string, resource: Resource, named: string): boolean {
  const identity = identityAt(body, name);
  return identity !== undefined && (identity === resource.address || identity === identityAt(resource, named));
}

/** `terraform/main.tf:12`. */
export function placed({ path, line }: Origin): string {
  return line === undefined ? path : `${path}:${line}`;
}

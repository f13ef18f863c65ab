/** Values of Terraform as they would stand in a file of Grafana. */
import { isList, isMap, Reference, sketchOf, Unknown, type Body, type Value } from '../../topology/evaluate/index.ts';

/** A value with a text such as `${var.limit}` for what is not known. */
export function plain(value: Value | undefined): unknown {
  if (value === undefined) return undefined;
  if (value instanceof Unknown || value instanceof Reference) return sketchOf(value);
  if (isList(value)) return value.map(plain);
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)])) : value;
}

/** The text of an attribute; what is not known of it stands as `${…}`. */
export function textIn(body: Body, name: string): string | undefined {
  const value = body.attribute(name)?.value;
  return value === undefined ? undefined : sketchOf(value);
}

/** Entries that have a value. */
export function given(entries: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

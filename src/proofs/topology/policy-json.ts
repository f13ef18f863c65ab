/** Policies of AWS as Terraform holds them: JSON text, known or as far as it is known. */
import { parseJson } from '../../model/json.ts';
import { textOf, Unknown, type Value } from './evaluate/index.ts';

/** What the JSON text says, as far as it is known; `undefined` where it is none. */
export function documentOf(value: Value): Value | undefined {
  if (value instanceof Unknown && value.json !== undefined) return value.json;
  const text = writtenIn(value);
  return text === undefined ? undefined : (parseJson(text) as Value | undefined);
}

/** The text that a value comes to, with `${…}` for what is not known. */
export function writtenIn(value: Value): string | undefined {
  return textOf(value) ?? (value instanceof Unknown ? value.sketch : undefined);
}

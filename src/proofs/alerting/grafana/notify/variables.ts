import type { Cursor } from '../../../../model/cursor.ts';
import { text, texts } from '../../shapes/refused.ts';

/** Something is filled in when Grafana or Terraform reads it, and nothing follows from it here. Thrown while reading, answered as data. */
export class FilledInLater extends Error {}

/** `${var.team}`, `$TEAM`; the end of a pattern, `^P1$`, is none. */
export function hasVariable(value: string): boolean {
  return /\$\{|\$[A-Za-z_]/.test(value);
}

/** A text that decides where alerts go. */
export function known(at: Cursor): string | undefined {
  const value = text(at);
  if (value !== undefined && hasVariable(value))
    throw new FilledInLater(`${value === '${…}' ? 'a value' : value} is filled in later`);
  return value;
}

/** A list of texts, which a variable may stand for as a whole. */
export function knownTexts(at: Cursor): string[] {
  if (typeof at.value === 'string') known(at);
  return texts(at).map((value, index) => known(at.get(index)) ?? value);
}

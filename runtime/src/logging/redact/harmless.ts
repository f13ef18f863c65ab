/** What follows the name of a secret and is none: a literal that says it is not there, a place in a file, a sentence about it. */
import type { Name } from './assignments.ts';
import type { Extent } from './values.ts';

const NOTHING = /^(?:null|undefined|none|nil|true|false|yes|no)$/i;
/** A source's name before a line, and a column, of it. */
const SOURCE =
  /\.(?:[cm]?[jt]sx?|java|kts?|go|py|rb|rs|php|cs|fs|scala|exs?|erl|c|cc|cpp|h|hpp|swift|vue|svelte|sql|sh)$/i;
const LINE = /^\d{1,7}(?::\d{1,7})?[:)\]]*$/;
/** The tag of an image, behind the path of its repository. */
const TAG =
  /^(?:v?\d{1,9}(?:\.\d{1,9}){1,3}(?:[-+][\w.+-]{1,64})?|latest|stable|main|master|edge|sha-[0-9a-f]{7,40})(?:@sha256)?$/;
/** Rules, and what the system says of a file. */
const SENTENCE =
  /\s(?:must|should|cannot|may|is|was|are|has|does|no|not|permission|invalid|missing|expected|failed|too)\s[a-z]{2,32}(?=$|[\s.,;:)])/y;

/** `separator` is what stands before the value. */
export function isHarmless(text: string, { start, end }: Extent, separator: string, name: Name): boolean {
  const value = text.slice(start, end);
  if (!/["'`]/.test(text.charAt(start - 1)) && NOTHING.test(value)) return true;
  if (separator !== ':') return false;
  if (LINE.test(value) && SOURCE.test(name.text)) return true;
  if (name.before === '/' && TAG.test(value)) return true;
  SENTENCE.lastIndex = start - 1;
  return SENTENCE.test(text);
}

/** What follows the name of a secret and is none: a literal that says it is not there, a place in a file, a sentence about it. */
import type { Name } from './assignments.ts';
import { ABOUT } from './sentences.ts';
import type { Extent } from './values.ts';

const NOTHING = /^(?:null|undefined|none|nil|true|false|yes|no|enabled|disabled|string)$/i;
/** Where it is to be found: a variable, of a shell or of a program, or a file by its path. */
const REFERENCE =
  /^(?:\$\{[A-Za-z_][\w.]{0,64}|\$[A-Z][A-Z0-9]{0,31}(?:_[A-Z0-9]{1,31}){1,8}|process\.env\.[A-Z]\w{1,64}|\.{0,2}\/(?:[\w.-]{1,64}\/){1,12}[\w-]{1,64}(?:\.[a-z]{2,6}){1,2})$/;
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

/** What Kubernetes says of an object that has the name of its kind before its own. */
const OBJECT =
  /(?:secrets?\sis\sforbidden|[a-z]{4,32}\s\\{0,8}"[^"\s]{1,253}"\s(?:is\sforbidden|not\sfound|already\sexists))/y;
/** Up to the value, in the name of a resource of AWS. */
const ARN = /\barn:aws[\w-]{0,16}:(?:[\w-]{1,32}:[\w-]{0,32}:\d{0,12}:)?[\w-]{1,32}:$/;
const MAX_ARN = 128;
/** Octets of a fingerprint or of a network interface's address, and parts of an address of IPv6. */
const OCTET = /^[\da-f]{1,4}$/i;
const OCTETS = /^[\da-f]{2}(?::[\da-f]{2}){3,}$/i;
/** A line of a program that calls what makes the value: tracebacks show it. */
const CALL =
  /(?:(?:await|yield|new)\s)?[A-Za-z_$][\w$.]{0,64}\((?:[A-Za-z_$][\w$.]{0,64}(?:,\s?)?){0,8}\);?[ \t]{0,16}(?:$|[\r\n])/y;

/** A password of several words may begin with any of them. */
const PASSWORD = /pass|pwd|phrase|mnemonic/i;
const MORE = /\s[a-z]/y;

/** `separator` is what stands before the value. */
export function isHarmless(text: string, { start, end }: Extent, separator: string, name: Name): boolean {
  const value = text.slice(start, end);
  CALL.lastIndex = start;
  if (/^:?=$/.test(separator) && text.charAt(start - 1) === ' ' && CALL.test(text)) return true;
  if (!/["'`]/.test(text.charAt(start - 1)) && NOTHING.test(value)) return true;
  if (REFERENCE.test(value)) return true;
  if (separator !== ':') return false;
  if (LINE.test(value) && SOURCE.test(name.text)) return true;
  if (name.before === '/' && TAG.test(value)) return true;
  if (name.before === ':' && (OCTET.test(name.text) || ARN.test(text.slice(Math.max(0, start - MAX_ARN), start))))
    return true;
  if (OCTET.test(name.text) && OCTETS.test(value)) return true;
  MORE.lastIndex = end;
  if (text.charAt(start - 1) === ' ' && ABOUT.test(value) && MORE.test(text) && !PASSWORD.test(name.text)) return true;
  OBJECT.lastIndex = start;
  SENTENCE.lastIndex = start - 1;
  return OBJECT.test(text) || SENTENCE.test(text);
}

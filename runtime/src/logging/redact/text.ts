/**
 * Redaction of one string. A single look at its characters decides which passes are worth running: most strings need none. All passes are
 * linear, and a string is cut to a bound before them, so no input makes a line slow.
 */
import { redactAddresses, redactEntries } from './addresses.ts';
import { isOtherSeparator, redactAssignments } from './assignments.ts';
import { percentDecoded, unescaped } from './escapes.ts';
import { redactDevices } from './devices.ts';
import type { SecretKeys } from './keys.ts';
import { redactBehindNames, redactLinks } from './links.ts';
import { redactManifests } from './manifests.ts';
import { redactPairs } from './pairs.ts';
import { redactProse } from './prose.ts';
import { redactTails } from './sentences.ts';
import { redactSql } from './sql.ts';
import { redactTables } from './tables.ts';
import { REDACTED, redactNumbers, redactPem, redactSchemes, redactShapes } from './shapes.ts';

const SEPARATORS = 1;
const SLASHES = 2;
const RUN = 4;
const DIGITS = 8;
const CONTROLS = 16;
/** White space, quotes and other marks between words. */
const BREAK = 32;
const PERCENT = 64;
const ESCAPES = 128;

/** `←` to `⇿`. */
const isArrow = (code: number): boolean => code >= 0x2190 && code <= 0x21ff;

/** A run of characters without a break that is long enough for a token. */
const TOKEN = 16;
/** Digits of the shortest number that is looked at (a social security number). */
const NUMBER = 9;
/** What is read beyond the bound, so that a secret which crosses it is seen whole enough to be known. */
const MARGIN = 2048;
/** Short strings without a secret are remembered, for messages and user agents come again and again; what held one never is. */
const SHORT = 256;
const REMEMBERED = 1024;
/** Characters that steer terminals and readers and that JSON leaves as they are: DEL, C1, bidirectional controls, line separators. */
// oxlint-disable-next-line no-control-regex
const STEERING = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const NAMED =
  /pass|pwd|otp|secret|token|key|pin|credential|identified|auth|bearer|basic|digest|negotiate|ntlm|hawk|dpop|hmac|sharedkey|community|com2sec|snmp-server|psk|scram|ssws|setuser|[dt]pw\s|cookie|httponly|samesite|;\s?path=|vault|\bcode\s(?:is|was)|(?:your|login|verification|security|confirmation)\scode|login\(|cargo\slogin|net\suse|rabbitmq|rclone|mc\salias|sqlplus|[\s"'`](?:-{1,2}[a-z]|on\s[>#])|name=/i;
const VALUED = /(?:val(?:ue)?|default)\\{0,16}["']?\s{0,8}[:=]/i;
// oxlint-disable-next-line no-control-regex
const ANSI = /(?:\u001b\[|\u009b)[0-9;?]{0,32}[ -/]?[@-~]|\u001b(?:\][^\u0007\u001b]{0,256}\u0007?|[@-Z\\^_])/g;

export function textRedactor(keys: SecretKeys, patterns: readonly RegExp[], maximum: number): (text: string) => string {
  const clean = new Set<string>();
  const own = patterns.map(
    (pattern) => new RegExp(pattern.source, pattern.flags.includes('g') ? pattern.flags : `${pattern.flags}g`),
  );
  return (text) => {
    if (clean.has(text)) return text;
    const long = text.length > maximum;
    const read = long ? text.slice(0, maximum + MARGIN) : text;
    const safe = own.reduce((all, pattern) => all.replace(pattern, REDACTED), redactText(read, keys));
    if (long) return `${readWhole(safe).slice(0, maximum)}[cut, ${text.length} characters]`;
    if (safe === text && text.length <= SHORT) {
      if (clean.size >= REMEMBERED) clean.clear();
      clean.add(text);
    }
    return safe;
  };
}

/** Without the margin of what was read: a secret that goes on behind its end was not seen whole, and its head may still be there. */
function readWhole(safe: string): string {
  return safe.endsWith(REDACTED) ? safe : safe.slice(0, Math.max(0, safe.length - MARGIN));
}

function redactText(text: string, keys: SecretKeys): string {
  const traits = traitsOf(text);
  if (traits === 0) return text;
  const visible = (traits & CONTROLS) !== 0 ? text.replace(ANSI, '') : text;
  const plain = (traits & PERCENT) !== 0 ? percentDecoded(visible) : visible;
  const safe = (traits & ESCAPES) !== 0 ? redactEscaped(plain, traits, keys) : redactPlain(plain, traits, keys);
  return (traits & CONTROLS) !== 0 ? safe.replace(STEERING, escaped) : safe;
}

/** The text keeps its escapes unless there was a secret behind them. */
function redactEscaped(text: string, traits: number, keys: SecretKeys): string {
  const plain = unescaped(text);
  const safe = redactPlain(plain, traits, keys);
  return safe === plain ? text : safe;
}

/** The passes in order: the larger forms first, so that what they hold is not cut up by the smaller ones. */
function redactPlain(text: string, traits: number, keys: SecretKeys): string {
  let out = text;
  if ((traits & RUN) !== 0 || out.includes('----')) out = redactPem(out);
  if ((traits & SLASHES) !== 0) out = redactAddresses(out);
  if ((traits & SEPARATORS) !== 0) out = redactEntries(out);
  if ((traits & BREAK) !== 0) out = redactSql(out, keys);
  if ((traits & DIGITS) !== 0) out = redactNumbers(out);
  if ((traits & (SEPARATORS | BREAK)) !== 0 && (hasCall(out) || NAMED.test(out)))
    out = redactBehindNames(redactDevices(redactProse(redactTables(redactManifests(redactSchemes(out)), keys), keys)));
  if ((traits & SEPARATORS) !== 0 && VALUED.test(out)) out = redactPairs(out, keys, REDACTED);
  if ((traits & SEPARATORS) !== 0) out = redactAssignments(out, keys);
  if (/\[redacted\]["' ]/.test(out)) out = redactTails(out);
  if ((traits & RUN) !== 0) out = redactShapes(redactLinks(out));
  return out;
}

/** A call with a literal: it may be one that connects to a database. */
function hasCall(text: string): boolean {
  return text.includes('("') || text.includes("('");
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Bits of what the text holds. Letters, digits and what tokens are made of form runs; digits may have a space or another mark of the numbers
 * of cards between them.
 */
function traitsOf(text: string): number {
  let traits = 0;
  let run = 0;
  let digits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) {
      run += 1;
      digits = 0;
    } else if (code >= 48 && code <= 57) {
      run += 1;
      digits += 1;
      if (digits >= NUMBER) traits |= DIGITS;
    } else if (code === 45 || code === 46 || code === 47 || code === 95 || code === 43 || code === 126) {
      run += 1;
      if (code === 47 || code === 43) digits = 0;
      if (code === 47 && text.charCodeAt(index - 1) === 47) traits |= SLASHES;
      else if (code === 43) traits |= BREAK;
    } else {
      run = 0;
      traits |= BREAK;
      if (code !== 32) {
        if (code !== 0xa0 && code !== 0x2013) digits = 0;
        traits |= traitsOfMark(code, text, index);
      }
    }
    if (run >= TOKEN) traits |= RUN;
  }
  return traits;
}

/** What a character that breaks a run says by itself, or with the one behind it. */
function traitsOfMark(code: number, text: string, index: number): number {
  if (code === 58 || code === 61 || code === 62) return SEPARATORS;
  if (code === 60 && text.charAt(index + 1) === '-') return SEPARATORS;
  if (code === 37) return SEPARATORS | SLASHES | RUN | PERCENT;
  if (code === 64) return SLASHES;
  if (code === 92) return /[ux]/.test(text.charAt(index + 1)) ? SEPARATORS | SLASHES | RUN | ESCAPES : SLASHES;
  if (code === 38 && /^(?:[lg]t;|#)/i.test(text.slice(index + 1, index + 4)))
    return SEPARATORS | SLASHES | RUN | ESCAPES;
  if (isOtherSeparator(code) || isArrow(code)) return SEPARATORS | CONTROLS;
  return code >= 0x7f || code === 27 ? CONTROLS : 0;
}

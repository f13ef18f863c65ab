/**
 * Secrets whose name is a value itself, in text: `{"name":"password","value":"x"}` in either order and with members between, and lists of a
 * name and its value as raw headers are printed.
 */
import { isQuantity, type SecretKeys } from './keys.ts';
import { blockEnd } from './blocks.ts';
import { quotedAt } from './quotes.ts';
import type { Extent } from './values.ts';
import { looksRandom } from './vague.ts';

/** A member that holds a name; quotes may have the backslashes of the literals they stand in. */
const NAME =
  /(?<![\w.-])(?:name|(?:parameter)?key|header|headerName|field|param|parameter|id|path|type)\\{0,16}["']?\s{0,8}:\s{0,8}\\{0,16}["']([^"'\\\r\n]{1,96})\\{0,16}["']/gi;
/** A member that holds a value, up to its quote. */
const VALUE = /(?<![\w.-])(?:(?:parameter)?value|val|headerValue)\\{0,16}["']?\s{0,8}:\s{0,8}(?=\\{0,16}["'`])/gi;
/** The same as items of YAML, such as the variables of a container: the name, at most two lines of other members, and the value to the end of its line. */
const YAML =
  /^[ \t]*(?:-[ \t]+)?(?:name|key):[ \t]{1,8}["']?(?<name>[\w.$-]{1,96})["']?[ \t]*\r?\n(?:[ \t]+[\w.-]{1,64}:[^\r\n]*\r?\n){0,2}?[ \t]+value:[ \t]{1,8}(?=\S)/gm;
/** Both without quotes and beside each other, as YAML, HCL and Go print them: an environment of Kubernetes is such a list. */
const BESIDE =
  /(?<![\w.-])(?:name|(?:parameter)?key|header|param|parameter)\s{0,4}[:=]\s{0,4}(["']?)(?<name>[\w.-]{2,96})\1(?:[,;]\s{0,4}|\s{0,4}\r?\n[ \t]{0,64}|[ \t]{1,4})(?:parameter)?value\s{0,4}[:=][ \t]{0,4}(?=[^\s{[|>])/gi;
/** A variable of Terraform and what it is by default. */
const DEFAULT = /\bvariable\s{1,4}"(?<name>[\w-]{1,96})"\s{0,4}\{[^{}]{0,512}?\bdefault\s{0,8}=\s{0,8}(?=[^\s{[])/g;
/** Where those patterns end, with how far the value reaches from there; the one that reaches further counts. */
const UNQUOTED = [
  [YAML, lineOrBlock],
  [BESIDE, quotedOrBare],
  [DEFAULT, quotedOrBare],
] as const;
const BARE = /[^\s,;{}[\]]{1,4096}/y;
/** How far a value is from its name: members of one object stand together. */
const REACH = 4096;
/** A name in a list, and what stands between it and its value. */
const ITEM =
  /[[,({]\s{0,64}(?:b(?=["'])|<<(?="))?\\{0,16}["'`]([\w.$-]{2,96})\\{0,16}["'`](?:>>)?(?=\s{0,8},\s{0,64}(?:b|<<)?\\{0,16}["'`])/g;
const GAP = /\s{0,8},\s{0,64}(?:b|<<)?/y;
/** A tuple of Erlang whose first element is an atom. */
const ATOM = /\{\s?([a-z][\w@]{1,95})\s?,\s?(?:<<)?(?=")/g;
/** What `serialize` of PHP makes of a name, before its value. */
const SERIALIZED = /(?<=s:\d{1,5}:\\{0,8}"([\w.$-]{2,96})\\{0,8}";s:\d{1,5}:)(?=\\{0,8}")/g;
/** Both, with what a text that they match has in it. */
const MARKED = [
  [ATOM, '{'],
  [SERIALIZED, ';s:'],
] as const;
/** Names stand in lists of names as well; what follows one is a value when it has a digit, or what a name never has. */
const VALUE_LIKE = /^(?=.{0,512}\d)[^]{8,}|^[^]{24,}|[\s=;]/;
/** The command of Redis with its arguments, and one of them. */
const AUTH = /["'`]AUTH\\{0,16}["'`](?:\s{0,8},\s{0,8}\\{0,16}["'`][^"'`\\\r\n]{0,512}\\{0,16}["'`]){1,2}/g;
const ARGUMENT = /(,\s{0,8}\\{0,16}["'`])[^"'`\\]{1,512}/g;

export function redactPairs(text: string, keys: SecretKeys, redacted: string): string {
  const found: Extent[] = [];
  let floor = 0;
  for (const match of text.matchAll(NAME)) {
    const name = match[1] ?? '';
    if (!mayHoldSecret(keys, name) || !isNamed(text, match[0], name)) continue;
    const after = match.index + match[0].length;
    const value = valueBehind(text, after) ?? valueBefore(text, match.index, floor);
    floor = after;
    if (isSecretAt(text, keys, name, value)) found.push(value);
  }
  for (const [pattern, valueAt] of UNQUOTED)
    for (const match of text.matchAll(pattern)) {
      const name = match.groups?.['name'] ?? '';
      const value = mayHoldSecret(keys, name) ? valueAt(text, match.index + match[0].length) : undefined;
      if (isSecretAt(text, keys, name, value)) found.push(value);
    }
  return without(text, found, redacted);
}

/** A type is the name of an input's value only where it is that of a password, and a path that of an operation's (RFC 6902). */
function isNamed(text: string, member: string, name: string): boolean {
  if (/^type/i.test(member)) return /^password$/i.test(name);
  return !/^path/i.test(member) || /["']op\\{0,16}["']\s{0,4}:\s{0,4}\\{0,16}["'](?:add|replace|test)\b/.test(text);
}

function mayHoldSecret(keys: SecretKeys, name: string): boolean {
  return keys.isSecret(name) || keys.isVague(name);
}

function isSecretAt(text: string, keys: SecretKeys, name: string, value: Extent | undefined): value is Extent {
  if (value === undefined) return false;
  const told = text.slice(value.start, value.end);
  return keys.isSecret(name) ? !isQuantity(name, told) : looksRandom(told);
}

function lineOrBlock(text: string, start: number): Extent {
  const end = /[\r\n]/.exec(text.slice(start))?.index;
  return { start, end: blockEnd(text, start) ?? (end === undefined ? text.length : start + end) };
}

function quotedOrBare(text: string, start: number): Extent | undefined {
  BARE.lastIndex = start;
  return quotedAt(text, start) ?? (BARE.test(text) ? { start, end: BARE.lastIndex } : undefined);
}

export function redactItems(text: string, keys: SecretKeys, redacted: string): string {
  const found: Extent[] = [];
  ITEM.lastIndex = 0;
  for (let match = ITEM.exec(text); match !== null; match = ITEM.exec(text)) {
    if (!keys.isSecret(match[1] ?? '')) continue;
    GAP.lastIndex = ITEM.lastIndex;
    const quoted = GAP.test(text) ? quotedAt(text, GAP.lastIndex) : undefined;
    if (quoted === undefined) continue;
    if (!isPair(text, match.index, quoted.after) && !VALUE_LIKE.test(text.slice(quoted.start, quoted.end))) continue;
    found.push(quoted);
    ITEM.lastIndex = quoted.after;
  }
  for (const [pattern, mark] of MARKED)
    for (const match of text.includes(mark) ? text.matchAll(pattern) : [])
      if (keys.isSecret(match[1] ?? ''))
        found.push(...[quotedAt(text, match.index + match[0].length)].filter((it) => it !== undefined));
  const safe = without(text, found, redacted);
  return !safe.includes('AUTH') ? safe : safe.replace(AUTH, (command) => command.replace(ARGUMENT, `$1${redacted}`));
}

/** A list of two inside of another: an entry of headers or of a map, and no list of names. */
function isPair(text: string, at: number, after: number): boolean {
  const isNested = /[[,(]\s{0,64}$/.test(text.slice(Math.max(0, at - 65), at));
  return isNested && /[[(]/.test(text.charAt(at)) && /^\s{0,64}[\])]/.test(text.slice(after, after + 66));
}

/** The first value behind the name, if no bracket closes or opens between them. */
function valueBehind(text: string, from: number): Extent | undefined {
  const near = text.slice(from, from + REACH);
  VALUE.lastIndex = 0;
  const at = VALUE.test(near) ? VALUE.lastIndex : -1;
  if (at === -1 || /[{}[\]]/.test(near.slice(0, at))) return undefined;
  return quotedAt(text, from + at);
}

/** The last value before the name, alike. */
function valueBefore(text: string, to: number, floor: number): Extent | undefined {
  const from = Math.max(floor, to - REACH);
  const near = text.slice(from, to);
  let found: Extent | undefined;
  VALUE.lastIndex = 0;
  while (VALUE.test(near)) {
    const quoted = quotedAt(near, VALUE.lastIndex);
    if (quoted === undefined) continue;
    found = /[{}[\]]/.test(near.slice(quoted.after))
      ? undefined
      : { start: from + quoted.start, end: from + quoted.end };
    VALUE.lastIndex = Math.max(VALUE.lastIndex, quoted.after);
  }
  return found;
}

function without(text: string, extents: readonly Extent[], redacted: string): string {
  let out = '';
  let done = 0;
  for (const { start, end } of [...extents].sort((one, other) => one.start - other.start)) {
    if (start < done) continue;
    out += `${text.slice(done, start)}${redacted}`;
    done = end;
  }
  return done === 0 ? text : out + text.slice(done);
}

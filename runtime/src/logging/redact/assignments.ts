/**
 * Secrets that are named in text: `password=x`, `"token": "x"`, `?code=x`, `Authorization: x`, `%3Ftoken%3Dx`, JSON in JSON with its
 * backslashes. From each separator the name is read backwards and the value forwards, both bounded, so time is linear in the text.
 */
import { isHarmless } from './harmless.ts';
import { withoutIdentifiers } from './identifiers.ts';
import { isQuantity, type SecretKeys } from './keys.ts';
import { ABOUT } from './sentences.ts';
import { REDACTED } from './shapes.ts';
import { randomValue } from './vague.ts';
import { valueEnd, type Extent } from './values.ts';

/** Colons and equals signs of other alphabets and of mathematics. */
const OTHER_SEPARATORS = '：＝﹕﹦∶꞉';
/** What stands between a name and its value. An arrow of hyphens has blanks around it: without them it reaches into an object. */
const SEPARATOR = new RegExp(
  `[=:${OTHER_SEPARATORS}]{1,4}[>~]?|%(?:25)*3[adAD]|(?<=[\\w"'\`\\]]\\s{1,4})(?:[-~]{1,2}>|<-)(?=\\s)|[→⇒⟶➜]`,
  'g',
);
const ARROW = /^(?:[-~<→⇒⟶➜]|=>)/;
const WORD = /\s{0,16}([^\s"'`,;]{1,64})/y;
/** What makes an operator of an equals sign behind it: `?=`, `.=`, `||=`. */
const OPERATOR = /[?.+|&]/;
/** Of a property that may be absent: `token?: string`. */
const OPTIONAL = /\?/;
const MAX_OPERATOR = 2;
const MAX_NAME = 96;
const MAX_CLOSING = 64;
const MAX_INDENT = 64;
/** The value of a form's field, and the name of the next. */
const FIELD = /[^\s&"'`<>=;]{1,4096}={0,2}&[\w.%[\]-]{1,64}=/y;
/** The second word of a name of two: "api key", "verification code", "pass phrase". */
const SECOND = /^(?:key|codes?|word|phrase)$/i;
/** The type of a declaration, behind its name: `var token string = "x"`. */
const TYPE = /^(?:string|str|text|varchar)$/i;
/** The same with a colon, between a name and its value: `token: string = "x"`. */
const TYPED =
  /\s{0,4}(?:&\s?(?:'\w{1,16}\s)?)?(?:string|str|bytes|text|any|Secret(?:Str|String)|Optional\[\w{1,16}\])\??(?:\s?\|\s?(?:null|undefined|None))?\s{0,4}=(?![=>])/iy;

/** Of an address: it may be "cc". */
const GROUP = /^[0-9a-f]{1,4}$/i;
const GROUPS = /(?<![\w.-])[0-9a-f]{0,4}(?::{1,2}[0-9a-f]{1,4}){2,7}["'`\\\])\s]{0,8}$/i;
const MAX_ADDRESS = 48;
const NEXT_GROUP = /^::|^:[0-9a-f]{1,4}:/i;
/** The end of an identifier behind its last mark, at most. */
const MAX_PIECE = 8;

/** `["token"]=> string(8) "x"`. */
const DUMPED = /\s{0,64}string\(\d{1,9}\)\s(?=")/y;

/** A name, read backwards from its separator. */
export interface Name {
  readonly text: string;
  /** With the word before it, where the two may be one name. */
  readonly phrase: string | undefined;
  /** What stands before the name: "" at the start of the text. */
  readonly before: string;
  readonly inUrl: boolean;
  /** How far it is indented, where nothing but the marks of a sequence stands before it on its line. */
  readonly indent: number | undefined;
}

export function redactAssignments(text: string, keys: SecretKeys): string {
  let out = '';
  let done = 0;
  SEPARATOR.lastIndex = 0;
  for (let match = SEPARATOR.exec(text); match !== null; match = SEPARATOR.exec(text)) {
    const { index, 0: separator } = match;
    if (index < done) continue;
    const read = nameBefore(text, index, separator, done);
    const name = read?.inUrl === false && isFormField(text, index, separator) ? { ...read, inUrl: true } : read;
    const value = name === undefined ? undefined : valueOf(text, index, separator, name, keys);
    if (value === undefined) continue;
    out += `${text.slice(done, value.start)}${REDACTED}`;
    done = value.end;
    SEPARATOR.lastIndex = Math.max(SEPARATOR.lastIndex, done);
  }
  return done === 0 ? text : out + text.slice(done);
}

/** The secret behind the separator at `index`; undefined where there is none. */
function valueOf(text: string, index: number, separator: string, name: Name, keys: SecretKeys): Extent | undefined {
  const from = index + separator.length;
  if (!isSecret(name, keys)) return keys.isVague(name.text) ? randomValue(text, from) : undefined;
  if (isByChance(text, index, separator, name)) return undefined;
  if (ARROW.test(separator) && isNoValue(text, index, separator)) return undefined;
  const value = valueEnd(text, behindType(text, from), separator, name);
  if (value === undefined || isQuantity(name.text, text.slice(value.start, value.end))) return undefined;
  return isHarmless(text, value, separator, name) ? undefined : value;
}

/** Whether the arrow is a function's, or leads to what became of the secret: "token -> expired". */
function isNoValue(text: string, index: number, separator: string): boolean {
  if (/\)\s{0,4}$/.test(text.slice(Math.max(0, index - 5), index))) return true;
  WORD.lastIndex = index + separator.length;
  const word = WORD.exec(text)?.[1] ?? '';
  return separator !== '=>' && ABOUT.test(word);
}

/** Behind the type and its equals sign where a declaration has one, or behind what PHP dumps of it; `from` where it has none. */
function behindType(text: string, from: number): number {
  DUMPED.lastIndex = from;
  if (DUMPED.test(text)) return DUMPED.lastIndex;
  TYPED.lastIndex = from;
  return TYPED.test(text) ? TYPED.lastIndex : from;
}

function isSecret({ text, phrase, inUrl }: Name, keys: SecretKeys): boolean {
  if (inUrl) return keys.isSecretParameter(text);
  return keys.isSecret(text) || (phrase !== undefined && keys.isSecret(phrase));
}

/** Whether the name is a group of an address (IPv6, MAC), or the end of an identifier in base64, whose `/` and `+` end a name. */
function isByChance(text: string, index: number, separator: string, { text: name, before }: Name): boolean {
  if (GROUP.test(name)) {
    const isLast = before === ':' && GROUPS.test(text.slice(Math.max(0, index - MAX_ADDRESS), index));
    if (isLast || (/^::?$/.test(separator) && NEXT_GROUP.test(text.slice(index, index + 6)))) return true;
  }
  if (name.length > MAX_PIECE || !/[+/]/.test(before)) return false;
  const token = /[\w+/]*$/.exec(text.slice(Math.max(0, index - MAX_NAME), index))?.[0] ?? '';
  return withoutIdentifiers(token).trim() === '';
}

/** The first field of a form's body has no mark before it, but another field behind it. */
function isFormField(text: string, index: number, separator: string): boolean {
  FIELD.lastIndex = index + 1;
  return separator === '=' && FIELD.test(text);
}

function nameBefore(text: string, index: number, separator: string, floor: number): Name | undefined {
  let end = closingStart(text, index, floor);
  for (let rounds = 0; rounds < 4; rounds += 1) {
    const start = wordStart(text, end, floor);
    const escape =
      text.charAt(start - 1) === '%' ? /^(?:25)*[0-9a-f]{2}/i.exec(text.slice(start, end))?.[0] : undefined;
    const word = text.slice(start + (escape?.length ?? 0), end);
    if (/\D/.test(word.replace(/_/g, '')) && word !== '') {
      const mark = text.charAt(start - 1);
      const before = mark === ';' && entityBefore(text, start, floor) !== undefined ? '"' : mark;
      return {
        text: decoded(word),
        phrase:
          mark === ' ' && (SECOND.test(word) || (separator === '=' && TYPE.test(word)))
            ? twoWords(text, start, end, index, floor)
            : undefined,
        before,
        inUrl: isParameter(before, escape) && /^(?:=|%(?:25)*3d)/i.test(separator),
        indent: separator === ':' ? indentOf(text, start) : undefined,
      };
    }
    // An index ("password[0]") or an encoded bracket ("password%5B%5D"): the name stands before it.
    const left = start - 1;
    if (left <= floor || !/[%[\]]/.test(text.charAt(left))) return undefined;
    end = left;
    while (end > floor && text.charAt(end - 1) === ']') end -= 1;
  }
  return undefined;
}

function indentOf(text: string, start: number): number | undefined {
  const before = text.slice(Math.max(0, start - MAX_INDENT), start);
  const indent = /(?:^|[\r\n])([ \t]*(?:- +)*)["']?$/.exec(before)?.[1];
  return indent === undefined || (indent.length >= MAX_INDENT - 1 && start > MAX_INDENT) ? undefined : indent.length;
}

/** Before what may stand between a name and its separator: the rest of an operator, white space, quotes, brackets, marks of emphasis. */
function closingStart(text: string, separator: number, floor: number): number {
  const lowest = Math.max(floor, separator - MAX_CLOSING);
  let end = separator;
  const operator = text.charAt(separator) === '=' ? OPERATOR : OPTIONAL;
  while (end > lowest && separator - end < MAX_OPERATOR && operator.test(text.charAt(end - 1))) end -= 1;
  while (end > lowest) {
    const code = text.charCodeAt(end - 1);
    const entity = code === 59 ? entityBefore(text, end, lowest) : undefined;
    if (entity !== undefined) end -= entity.length;
    else if (isClosing(code)) end -= 1;
    else break;
  }
  return end;
}

/** White space, `"`, `'`, `` ` ``, `\`, `]`, `)`, `*` and `_`. */
function isClosing(code: number): boolean {
  if (code > 127) return /\s/.test(String.fromCharCode(code));
  return (
    isInvisible(code) ||
    code === 34 ||
    code === 32 ||
    (code >= 9 && code <= 13) ||
    (code >= 39 && code <= 42 && code !== 40) ||
    code === 92 ||
    code === 93 ||
    code === 95 ||
    code === 96
  );
}

/** The quote that ends here as an entity of HTML. */
function entityBefore(text: string, end: number, floor: number): string | undefined {
  return /&(?:quot|apos|#0{0,2}3[49]|#x2[27]);$/i.exec(text.slice(Math.max(floor, end - 7), end))?.[0];
}

/** The word at `start` and the one before it, if their separator, at `index`, is on the same line. */
function twoWords(text: string, start: number, end: number, index: number, floor: number): string | undefined {
  const first = wordStart(text, start - 1, floor);
  return first === start - 1 || /[\r\n]/.test(text.slice(end, index)) ? undefined : text.slice(first, end);
}

function wordStart(text: string, end: number, floor: number): number {
  let start = end;
  const lowest = Math.max(floor, end - MAX_NAME);
  while (start > lowest && isNameCharacter(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

export function isOtherSeparator(code: number): boolean {
  return code > 160 && OTHER_SEPARATORS.includes(String.fromCharCode(code));
}

/** Controls that are no white space: a terminal shows a name that holds one as if it did not. */
function isInvisible(code: number): boolean {
  return code < 9 || (code > 13 && code < 32);
}

/** Letters, digits, `_`, `-`, `.`, `$`, what is invisible, and whatever is not ASCII, save the separators. */
function isNameCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    code === 36 ||
    isInvisible(code) ||
    (code > 160 && !isOtherSeparator(code))
  );
}

function isParameter(before: string, escape: string | undefined): boolean {
  if (escape !== undefined) return /(?:3f|26|23|3b)$/i.test(escape);
  return before === '?' || before === '&' || before === '#' || before === ';';
}

function decoded(word: string): string {
  return word.includes('%')
    ? word.replace(/%(?:25)*([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : word;
}

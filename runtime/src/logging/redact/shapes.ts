/**
 * Secrets that are known by their shape, wherever they stand. Every pattern is linear: it begins with a literal, and none of its repetitions
 * can match the same text in two ways.
 */
import { redactIssuers } from './issuers.ts';

export const REDACTED = '[redacted]';

/** The private members of a JSON Web Key (RFC 7518, 6). */
const JWK = /(\\{0,8}"(?:d|p|q|dp|dq|qi|k)\\{0,8}"\s{0,4}:\s{0,4}\\{0,8}")[^"\\]{1,8192}/g;
/** An AWS id, or the name as a word. */
const AWS = /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12}|(?<![A-Za-z])(?:aws|AWS|Aws)(?![a-z])/;
/** 40 characters of base64 beside one: its secret half. All hexadecimal they are a hash of Git. */
const AWS_SECRET = /(?<![A-Za-z0-9/+=])(?![0-9a-fA-F]{40})(?=[A-Za-z/+]{0,39}\d)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/g;
const SP = '(?: |\\+|_|%(?:25)*20)';
const LABEL = `${SP}(?:[A-Z0-9]|${SP}){0,64}PRIVATE${SP}KEY(?:${SP}BLOCK)? ?-{4,5}`;
const PEM = new RegExp(`-{4,5} ?BEGIN${LABEL}[^]*?(?:-{4,5} ?END${LABEL}|$)`, 'gi');
const PEM_END = new RegExp(`-{4,5} ?END${LABEL}`, 'i');
const LINE_BREAK = /(?:\s|\\{1,8}[nr]|\|)+/;
/** What ends a line of a key: all of it, or what stands behind the mark that opens its value. The last line may be shorter. */
const KEY_LINE = /[\w+/=]{40,}$/;
const LAST_KEY_LINE = /^[\w+/=]{1,39}$/;
const PUTTY = /PuTTY-User-Key-File-\d:[^]*$/g;
/** A quote, plain, escaped or encoded; or the bracket of a placeholder. */
const QUOTE = '(?:\\\\{0,16}["\'`]|<|&(?:quot|apos|#0{0,2}3[49]|#x2[27]);|%(?:25)*2[27])';
const QUOTED = new RegExp(`${QUOTE}$`, 'i');
const SCHEME = new RegExp(
  [
    '\\b(bearer|basic|digest|negotiate|ntlm|hawk|dpop|apikey|api-key|aws4-hmac-sha256|sharedkey(?:lite)?|scram-sha-256|ssws)',
    `((?:\\s|%(?:25)*(?:20|09|0[ad]|2b)|\\+|\\\\{1,8}[nrt]){1,4}${QUOTE}?|${QUOTE}?\\s{0,8},\\s{0,8}${QUOTE}?)`,
    '(?![=:])([^\\s"\'`<>,;)\\]}\\\\]{1,8192})',
  ].join(''),
  'gi',
);
/** Words that follow a scheme's name in prose. */
const PROSE =
  /^(?:auth(?:entication|orization|enticated)?|access|tokens?|schemes?|credentials?|realm(?:=.*)?|challenge|headers?|is|was|are|not|and|or|for|of|the|a|in|to|with|only|missing|required|invalid|expired|expected|error_?.*|scope=.*|formats?|requests?|config(?:uration)?|setup|mode|type|support|usage|info|plan|test|tests|check|checks|sha-?\d+[:=-].*|\[redacted.*|qop=.*|nonce=.*|mismatch(?:es|ed)?|fail(?:s|ed|ure)?|verified|disabled|enabled)[.:!?]?$/i;
/** Digits with a space or dash between any of them, or in the groups of a card with another mark; also on track 1 of its stripe. */
const CARD =
  /(?:(?<![\w.-])|(?<=%B))(?:(?:[3-6]|2[2-7])\d{3}(?:[ -]?\d){9,15}|(?:[3-6]|2[2-7])\d{3}(\s{1,2}|[._\u2013])(?:\d{4}\1\d{4}\1\d{4}|\d{6}\1\d{5}))(?![\w-]|\.\d)/g;
/** An account's number (ISO 13616), in its groups of four or without. */
const IBAN = /(?<![\w/+.-])[A-Z]{2}\d\d(?:[A-Z\d]{11,30}|(?: [A-Z\d]{4}){2,7}(?: [A-Z\d]{1,4})?)(?![\w/+-])/g;
const SSN = /(?<![\w-])(?!000|666)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])/g;

export function redactPem(text: string): string {
  return !/private(?:[ +_]|%(?:25)*20)key|putty/i.test(text)
    ? text
    : withoutTail(text.replace(PEM, REDACTED)).replace(PUTTY, REDACTED);
}

/** Without the lines above the end of a key whose beginning is in another line of the log. */
function withoutTail(text: string): string {
  const end = PEM_END.exec(text);
  if (end === null) return text;
  const lines = text.slice(0, end.index).split(LINE_BREAK);
  if (lines.at(-1) === '') lines.pop();
  let start = end.index;
  const short = LAST_KEY_LINE.test(lines.at(-1) ?? '') ? lines.pop() : undefined;
  let from = short === undefined ? start : text.lastIndexOf(short, start);
  for (let line = lines.pop(); line !== undefined; line = lines.pop()) {
    const body = KEY_LINE.exec(line)?.[0];
    if (body === undefined) break;
    from = text.lastIndexOf(body, from - 1);
    start = from;
    if (body !== line) break;
  }
  return start === end.index ? text : `${text.slice(0, start)}${REDACTED}${text.slice(end.index + end[0].length)}`;
}

export function redactShapes(text: string): string {
  const aws = AWS.test(text);
  const keys = text.includes('kty') ? text.replace(JWK, `$1${REDACTED}`) : text;
  const without = redactIssuers(keys, REDACTED);
  return aws ? without.replace(AWS_SECRET, REDACTED) : without;
}

/** `Bearer x`, `Basic x` and their kin, also `Bearer "x"` and `["Bearer","x"]`; but not "basic authentication". */
export function redactSchemes(text: string): string {
  return text.replace(SCHEME, (all, scheme: string, gap: string, value: string) => {
    if (PROSE.test(value) || (/^basic$/i.test(scheme) && !isBasic(value))) return all;
    // Names of schemes stand in lists, and words in quotes: there it takes more to be a credential.
    const isOften = /^(?:bearer|basic|dpop|api-?key)$/i.test(scheme);
    const isQuoted = QUOTED.test(gap);
    if (gap.includes(',') && !isQuoted && !isOften) return all;
    const demanding = gap.includes(',') || (isQuoted && !isOften);
    return demanding && !isTokenLike(value) ? all : `${scheme}${gap}${REDACTED}`;
  });
}

function isTokenLike(value: string): boolean {
  return value.length >= 24 || (value.length >= 8 && /\d/.test(value));
}

/** Credentials of RFC 7617 are base64 of "user:password"; letters alone of one case are a word. */
function isBasic(value: string): boolean {
  if (!/^[\w+/=%-]{4,}$/.test(value)) return false;
  return /[\d=+/]|[a-z][A-Z]/.test(value) || Buffer.from(value, 'base64').includes(0x3a);
}

export function redactNumbers(text: string): string {
  return text
    .replace(CARD, (match) => (isCard(match) ? REDACTED : match))
    .replace(IBAN, (match) => (isIban(match) ? REDACTED : match))
    .replace(SSN, REDACTED);
}

/** Whether the check digits are right (ISO/IEC 7064, mod 97-10). */
function isIban(text: string): boolean {
  const plain = text.replaceAll(' ', '');
  let rest = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return plain.length >= 15 && plain.length <= 34 && rest === 1;
}

/**
 * What the issuers of cards begin their numbers with, and how long those are: Visa, Mastercard and Mir, American Express, Diners Club, JCB, and then
 * Maestro, Discover, UnionPay and RuPay. That tells identifiers of as many digits from them, of which one in ten has a check digit that is right.
 */
const BRANDS = new RegExp(
  [
    '^4\\d{15}(?:\\d{3})?$',
    '^(?:5[1-5]\\d{2}|222[1-9]|22[3-9]\\d|2[3-6]\\d{2}|27[01]\\d|2720|220[0-5])\\d{12}$',
    '^3[47]\\d{13}$',
    '^3(?:0[0-59]|[689]\\d)(?:\\d{11}|\\d{13})$',
    '^35(?:2[89]|[3-8]\\d)\\d{12}(?:\\d{3})?$',
    '^(?:5[06-8]|6[02-57])\\d{14}(?:\\d{3})?$',
  ].join('|'),
);

/** A payment card's number: 14, 15, 16 or 19 digits, of an issuer's, whose last is the check digit of ISO/IEC 7812 (Luhn). */
export function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  if (!BRANDS.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const weighted = index % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

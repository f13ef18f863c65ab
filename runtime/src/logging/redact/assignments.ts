/**
 * Secrets that are named in text: `password=x`, `"token": "x"`, `?code=x`, `Authorization: x`, `%3Ftoken%3Dx`, JSON in JSON with its
 * backslashes. From each separator the name is read backwards and the value forwards, both bounded, so time is linear in the text.
 */
import type { SecretKeys } from './keys.ts';
import { REDACTED } from './shapes.ts';
import { valueEnd } from './values.ts';

/** What stands between a name and its value. */
const SEPARATOR = /=>|:=|[=:]|%(?:25)*3[ad]/gi;
const MAX_NAME = 96;
const MAX_CLOSING = 12;

/** A name, read backwards from its separator. */
export interface Name {
  readonly text: string;
  /** What stands before the name: "" at the start of the text. */
  readonly before: string;
  readonly inUrl: boolean;
}

export function redactAssignments(text: string, keys: SecretKeys): string {
  let out = '';
  let done = 0;
  SEPARATOR.lastIndex = 0;
  for (let match = SEPARATOR.exec(text); match !== null; match = SEPARATOR.exec(text)) {
    const { index, 0: separator } = match;
    if (index < done) continue;
    const name = nameBefore(text, index, done);
    if (name === undefined || !(name.inUrl ? keys.isSecretParameter(name.text) : keys.isSecret(name.text))) continue;
    const value = valueEnd(text, index + separator.length, separator, name);
    if (value === undefined) continue;
    out += `${text.slice(done, value.start)}${REDACTED}`;
    done = value.end;
    SEPARATOR.lastIndex = Math.max(SEPARATOR.lastIndex, done);
  }
  return done === 0 ? text : out + text.slice(done);
}

function nameBefore(text: string, separator: number, floor: number): Name | undefined {
  let end = separator;
  for (
    let closing = 0;
    closing < MAX_CLOSING && end > floor && /[\s"'`\\\])*_]/.test(text.charAt(end - 1));
    closing += 1
  )
    end -= 1;
  for (let rounds = 0; rounds < 4; rounds += 1) {
    const start = wordStart(text, end, floor);
    const escape =
      text.charAt(start - 1) === '%' ? /^(?:25)*[0-9a-f]{2}/i.exec(text.slice(start, end))?.[0] : undefined;
    const word = text.slice(start + (escape?.length ?? 0), end);
    if (/\D/.test(word.replace(/_/g, '')) && word !== '')
      return {
        text: decoded(word),
        before: text.charAt(start - 1),
        inUrl: isParameter(text.charAt(start - 1), escape),
      };
    // An index ("password[0]") or an encoded bracket ("password%5B%5D"): the name stands before it.
    const left = start - 1;
    if (left <= floor || !/[%[\]]/.test(text.charAt(left))) return undefined;
    end = left;
    while (end > floor && text.charAt(end - 1) === ']') end -= 1;
  }
  return undefined;
}

function wordStart(text: string, end: number, floor: number): number {
  let start = end;
  const lowest = Math.max(floor, end - MAX_NAME);
  while (start > lowest && isNameCharacter(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

/** Letters, digits, `_`, `-`, `.`, `$`, and whatever is not ASCII. */
function isNameCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    code === 36 ||
    code > 160
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

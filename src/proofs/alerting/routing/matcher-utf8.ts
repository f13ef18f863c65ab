import type { ReadMatchers } from './matcher-classic.ts';
import type { Matcher, Operator } from './matcher.ts';

type Token =
  | { readonly kind: '{' | '}' | ',' }
  | { readonly kind: 'operator'; readonly operator: Operator }
  | { readonly kind: 'text'; readonly text: string };

const RESERVED = /[\s{}!=~,\\"'`]/u;

class Refused extends Error {}

/**
 * The parser of Alertmanager since 0.27: names and values are bare words without reserved characters, or double-quoted with the
 * escapes of Go. Source: Alertmanager `matcher/parse/{lexer,parse}.go`.
 */
export function parseUtf8(text: string): ReadMatchers {
  try {
    return { matchers: parse([...scan(text)]) };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}

function parse(tokens: readonly Token[]): Matcher[] {
  const braced = tokens[0]?.kind === '{';
  let at = braced ? 1 : 0;
  const matchers: Matcher[] = [];
  while (at < tokens.length && tokens[at]?.kind !== '}') {
    const [name, operator, value] = tokens.slice(at, at + 3);
    if (name?.kind !== 'text') throw new Refused('expected label name');
    if (operator?.kind !== 'operator') throw new Refused("expected an operator such as '=', '!=', '=~' or '!~'");
    if (value?.kind !== 'text') throw new Refused('expected label value');
    matchers.push({ name: name.text, operator: operator.operator, value: value.text });
    at += 3;
    if (tokens[at]?.kind === ',') at += 1;
    else if (at < tokens.length && tokens[at]?.kind !== '}') throw new Refused('expected a comma or close brace');
  }
  const closed = tokens[at]?.kind === '}';
  if (closed !== braced) throw new Refused(braced ? 'expected close brace' : 'expected opening brace');
  if (at + (closed ? 1 : 0) < tokens.length) throw new Refused('expected end of input');
  return matchers;
}

function* scan(text: string): Generator<Token> {
  let rest = text;
  while ((rest = rest.trimStart()) !== '') {
    const [length, token] = scanOne(rest);
    rest = rest.slice(length);
    yield token;
  }
}

function scanOne(rest: string): [number, Token] {
  const character = rest[0] ?? '';
  if (character === '{' || character === '}' || character === ',') return [1, { kind: character }];
  const operator = /^(?:=~|=|!=|!~)/.exec(rest)?.[0];
  if (operator !== undefined) return [operator.length, { kind: 'operator', operator: operator as Operator }];
  if (character === '"') {
    const quoted = /^"(?:\\[\s\S]|[^"\\])*"/.exec(rest)?.[0];
    if (quoted === undefined) throw new Refused('missing end "');
    return [quoted.length, { kind: 'text', text: unquoted(quoted) }];
  }
  let length = 0;
  for (const one of rest) {
    if (RESERVED.test(one)) break;
    length += one.length;
  }
  if (length === 0) throw new Refused(`${character} is not a valid start of a matcher`);
  return [length, { kind: 'text', text: rest.slice(0, length) }];
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** Go's `strconv.Unquote` of a double-quoted text, without escapes of single bytes beyond ASCII. */
function unquoted(quoted: string): string {
  const body = quoted.slice(1, -1);
  if (body.includes('\n')) throw new Refused('invalid input');
  return body.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g,
    (_all, hex?: string, short?: string, long?: string, octal?: string, one?: string) => {
      if (one !== undefined) {
        const simple = SIMPLE[one];
        if (simple === undefined) throw new Refused('invalid input');
        return simple;
      }
      const code = octal === undefined ? Number.parseInt(hex ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
      const byte = hex !== undefined || octal !== undefined;
      if (code > (byte ? 0x7f : 0x10_ffff)) throw new Refused('invalid input');
      return String.fromCodePoint(code);
    },
  );
}

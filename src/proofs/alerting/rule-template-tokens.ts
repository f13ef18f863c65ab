/** A part of an action of a Go template. Fields (`.Labels.job`) and literals have no text that matters. */
export interface Token {
  readonly kind: 'name' | 'variable' | 'other';
  readonly text: string;
}

const SPACE = /[ \t\r\n]+/y;
const VARIABLE = /\$[\p{L}\p{Nd}_]*(?:\.[\p{L}_][\p{L}\p{Nd}_]*)*/uy;
const FIELD = /\.(?:[\p{L}_][\p{L}\p{Nd}_]*)?(?:\.[\p{L}_][\p{L}\p{Nd}_]*)*/uy;
const NAME = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const NUMBER = /[-+]?(?:0[xX][\da-fA-F_]+|\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?|\.\d+)i?/y;
const STRING =
  /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\(?:[abfnrtv\\'"]|x[\da-fA-F]{2}|[0-7]{3}|u[\da-fA-F]{4}|U[\da-fA-F]{8}))'/uy;

/** The tokens of the action whose `{{` ends at an offset, and where it ends; or why it is none. Source: Go `text/template/parse/lex.go`. */
export function tokensIn(
  text: string,
  from: number,
): { readonly tokens: readonly Token[]; readonly end: number } | string {
  const tokens: Token[] = [];
  let depth = 0;
  let at = /^-[ \t\r\n]/.test(text.slice(from, from + 2)) ? from + 1 : from;
  while (at < text.length) {
    const close = /^(?:[ \t\r\n]-)?\}\}/.exec(text.slice(at, at + 4));
    if (close !== null) return depth > 0 ? 'unclosed left paren' : { tokens, end: at + close[0].length };
    const found = tokenAt(text, at, depth);
    if (typeof found === 'string') return found;
    if (found.text === '(' || found.text === ')') depth += found.text === '(' ? 1 : -1;
    if (found.token !== undefined) tokens.push(found.token);
    at += found.text.length;
  }
  return 'unclosed action';
}

function tokenAt(text: string, at: number, depth: number): { readonly text: string; readonly token?: Token } | string {
  const read = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const space = read(SPACE);
  if (space !== undefined) return { text: space };
  const literal = read(STRING) ?? read(NUMBER);
  if (literal !== undefined) return { text: literal, token: { kind: 'other', text: '' } };
  const variable = read(VARIABLE);
  if (variable !== undefined)
    return { text: variable, token: { kind: 'variable', text: variable.split('.')[0] ?? variable } };
  const name = read(NAME);
  if (name !== undefined) return { text: name, token: { kind: 'name', text: name } };
  const field = read(FIELD);
  if (field !== undefined) return { text: field, token: { kind: 'other', text: '' } };
  const sign = /^(?::=|[|,=()])/.exec(text.slice(at, at + 2))?.[0];
  if (sign === ')' && depth === 0) return 'unexpected right paren';
  if (sign !== undefined) return { text: sign, token: { kind: 'other', text: sign } };
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return /["'`]/.test(character) ? 'unterminated quoted string' : `unexpected ${JSON.stringify(character)}`;
}

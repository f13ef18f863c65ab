import { placesIn, type Place } from './yaml-stream.ts';

/** A word without its quotes, a mark, or something that is neither. */
export interface NginxToken {
  readonly kind: 'word' | ';' | '{' | '}' | 'problem';
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** Reads a configuration token by token. */
export class NginxScanner {
  private readonly text: string;
  private readonly placeOf: (offset: number) => Place;
  private at = 0;

  constructor(text: string) {
    this.text = text;
    this.placeOf = placesIn(text);
  }

  /** The next token; `undefined` at the end. */
  next(): NginxToken | undefined {
    while (this.at < this.text.length) {
      const char = this.text.charAt(this.at);
      if (/\s/.test(char)) this.at += 1;
      else if (char === '#') this.at = lineEnd(this.text, this.at);
      else {
        const place = this.placeOf(this.at);
        const { kind, text, end } = readToken(this.text, this.at);
        this.at = end;
        return { kind, text, ...place };
      }
    }
    return undefined;
  }

  /** Takes the Lua code up to the `}` that ends its block, and that brace. */
  takeLua(): string {
    const end = luaEnd(this.text, this.at);
    const code = this.text.slice(this.at, end);
    this.at = end + 1;
    return code;
  }
}

interface Scanned extends Pick<NginxToken, 'kind' | 'text'> {
  readonly end: number;
}

function readToken(text: string, start: number): Scanned {
  const char = text.charAt(start);
  if (char === ';' || char === '{' || char === '}') return { kind: char, text: char, end: start + 1 };
  if (char === '"' || char === "'") return readQuoted(text, start, char);
  return readBare(text, start);
}

function readQuoted(text: string, start: number, quote: string): Scanned {
  const parts: string[] = [];
  let from = start + 1;
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === quote) return { kind: 'word', text: parts.join('') + text.slice(from, at), end: at + 1 };
    if (char !== '\\') continue;
    const next = text.charAt(at + 1);
    if (next === quote || next === '\\') {
      parts.push(text.slice(from, at), next);
      from = at + 2;
    }
    at += 1;
  }
  return { kind: 'problem', text: 'a quote is not closed', end: text.length };
}

/** A word runs to white space, `;` or a brace; `${name}` is part of it, and a backslash keeps the next character. */
function readBare(text: string, start: number): Scanned {
  let at = start;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '\\') at += 2;
    else if (char === '$' && text.charAt(at + 1) === '{') {
      const close = text.indexOf('}', at);
      at = close < 0 || close - at > 256 ? at + 2 : close + 1;
    } else if (/[\s;{}]/.test(char)) break;
    else at += 1;
  }
  const end = Math.min(Math.max(at, start + 1), text.length);
  return { kind: 'word', text: text.slice(start, end), end };
}

/** Offset of the `}` that ends Lua code, or of the end of the text; braces in its strings and comments do not count. */
function luaEnd(text: string, start: number): number {
  let depth = 1;
  let at = start;
  while (at < text.length) {
    const char = text.charAt(at);
    const long = char === '[' || text.startsWith('--[', at) ? longBracketEnd(text, at) : undefined;
    if (long !== undefined) at = long;
    else if (text.startsWith('--', at)) at = lineEnd(text, at);
    else if (char === '"' || char === "'") at = readQuoted(text, at, char).end;
    else {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      if (depth === 0) return at;
      at += 1;
    }
  }
  return text.length;
}

/** End of `[[…]]`, `[==[…]==]` or such a comment; undefined where none starts. */
function longBracketEnd(text: string, start: number): number | undefined {
  const level = /^(?:--)?\[(={0,32})\[/.exec(text.slice(start, start + 40))?.[1];
  if (level === undefined) return undefined;
  const close = text.indexOf(`]${level}]`, start);
  return close < 0 ? text.length : close + level.length + 2;
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

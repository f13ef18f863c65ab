import type { Matcher, Operator } from './matcher.ts';

const MATCHER = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*([\s\S]*?)\s*$/;

/** What a text of matchers was read as, or why it is refused. */
export type ReadMatchers = { readonly matchers: readonly Matcher[] } | { readonly refused: string };

/**
 * The parser of Alertmanager up to 0.26, and the fallback since: commas part matchers outside of double quotes, braces around them
 * are optional, a backslash that escapes nothing stands for itself. Source: Alertmanager `pkg/labels/parse.go`.
 */
export function parseClassic(text: string): ReadMatchers {
  const matchers: Matcher[] = [];
  for (const token of tokens(text.replace(/^\{/, '').replace(/\}$/, ''))) {
    const matcher = parseOne(token);
    if (typeof matcher === 'string') return { refused: matcher };
    matchers.push(matcher);
  }
  return { matchers };
}

function tokens(text: string): string[] {
  const found: string[] = [];
  let token = '';
  let quoted = false;
  let escaped = false;
  for (const character of text) {
    if (character === ',' && !quoted) {
      found.push(token);
      token = '';
      continue;
    }
    if (character === '"') {
      if (escaped) escaped = false;
      else quoted = !quoted;
    } else if (character === '\\') escaped = !escaped;
    // A comma within quotes leaves `escaped` as it is, as the original does.
    else if (character !== ',') escaped = false;
    token += character;
  }
  if (token.trim() !== '') found.push(token.trim());
  return found;
}

function parseOne(token: string): Matcher | string {
  const found = MATCHER.exec(token);
  if (found === null) return `bad matcher format: ${token}`;
  const [, name = '', operator = '=', raw = ''] = found;
  const value = unescaped(raw);
  if (value === undefined) return `matcher value contains unescaped double quote: ${raw}`;
  return { name, operator: operator as Operator, value };
}

function unescaped(text: string): string | undefined {
  const quoted = text.startsWith('"');
  const raw = [...(quoted ? text.slice(1) : text)];
  let closing = quoted;
  let value = '';
  for (let at = 0; at < raw.length; at += 1) {
    const character = raw[at] ?? '';
    const last = at === raw.length - 1;
    if (character === '\\' && !last) {
      at += 1;
      value += unescape(raw[at] ?? '');
    } else if (character === '"') {
      if (!closing || !last) return undefined;
      closing = false;
    } else value += character;
  }
  return closing ? undefined : value;
}

function unescape(character: string): string {
  if (character === 'n') return '\n';
  return character === '"' || character === '\\' ? character : `\\${character}`;
}

import type { Span } from './ast.ts';
import { FUNCTIONS } from './functions.ts';

/** What went wrong where the grammar gave up, in the words of somebody who looks for the mistake. */
export function describe(text: string, from: number, to: number): Span & { message: string } {
  const at = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
  if (text.trim() === '') return { message: 'the expression is empty', from: 0, to: text.length };
  const open = text.replaceAll(COMPLETE, (found) => ' '.repeat(found.length)).search(/["'`]/);
  if (open !== -1) return { message: 'the string is not closed', from: open, to: text.length };
  if (at >= text.length)
    return { message: `unexpected end of the expression${unclosed(text)}`, from: text.length, to: text.length };
  const call = calledAt(text, at);
  if (call !== undefined && !FUNCTIONS.has(call.name))
    return { message: `unknown function ${call.name}`, from: call.from, to: call.from + call.name.length };
  const token = /^(?:[\w:.]+|[=!<>]=|[=!]~|"[^"\n]*"?|.)/.exec(text.slice(at))?.[0] ?? '';
  return { message: `unexpected ${token}`, from: at, to: Math.max(to, at + token.length) };
}

/** The name before an opening parenthesis, when the place of the error is between them. */
function calledAt(text: string, at: number): { readonly name: string; readonly from: number } | undefined {
  for (const match of text.matchAll(/([A-Za-z_]\w*)\s*\(/g)) {
    const end = match.index + match[0].length;
    if (at > match.index && at <= end && !KEYWORDS.test(match[1] ?? ''))
      return { name: match[1] ?? '', from: match.index };
  }
  return undefined;
}

const KEYWORDS =
  /^(?:by|without|on|ignoring|group_left|group_right|and|or|unless|sum|avg|min|max|count|topk|bottomk|quantile|stddev|stdvar|group|count_values|limitk|limit_ratio|atan2|offset|bool|fill|fill_left|fill_right)$/i;

/** Strings that are closed, and comments. */
const COMPLETE = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`|#[^\n]*/g;

function unclosed(text: string): string {
  const rest = text.replaceAll(COMPLETE, '');
  const missing = rest.split('(').length - rest.split(')').length;
  if (missing <= 0) return '';
  return `: ${missing === 1 ? 'a parenthesis is' : `${missing} parentheses are`} not closed`;
}

/** Values of more than a word: lists and objects in brackets, the scalars and sequences of YAML that have lines of their own, here-documents. */
import { quotedAt } from './quotes.ts';

const MAX_STRUCTURE = 4096;
/** `|` or `>`, with its indicators and a comment, to the end of its line. */
const BLOCK = /[|>][+\-\d]{0,2}[ \t]*(?:#[^\r\n\\]*)?(?=[\r\n]|\\{1,8}[rn])/y;
/** A line of it: its break, how far it is indented, and the rest. In a literal the breaks are escapes, and a quote ends it. */
const LINE = /\r?\n([ \t]*)([^\r\n]*)/y;
const ESCAPED_LINE = /(?:\\{1,8}r)?\\{1,8}n([ \t]*)((?:[^\r\n\\"]|\\(?!\\{0,7}[rn])"?)*)/y;

/** The rest of a line of YAML without a value. */
const NOTHING = /[ \t]*(?:#[^\r\n]*)?(?=\r?\n)/y;
/** A line that a mapping, a comment or a frame of a stack has. */
const OTHER = /^(?:- )*(?:["']?[\w.$ -]{1,96}["']?:(?:\s|$)|#|[{[]|at\s|\.{3}\s)/;
const HEREDOC = /<<[-~]?\s?["']?([A-Za-z_]\w{0,31})["']?[ \t]*\r?\n/y;

/** Behind the bracket that closes the one at `start`; brackets inside of quotes do not count. */
export function structureEnd(text: string, start: number): number {
  let depth = 0;
  const isTuple = text.charAt(start) === '(';
  const limit = Math.min(text.length, start + MAX_STRUCTURE);
  for (let at = start; at < limit; at += 1) {
    const character = text.charAt(at);
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (isTuple && character === '(') depth += 1;
    else if (isTuple && character === ')') depth -= 1;
    else if (opens(text, at)) at = (quotedAt(text, at)?.after ?? at + 1) - 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** An apostrophe inside of a word opens nothing. */
function opens(text: string, at: number): boolean {
  return /["`\\]/.test(text.charAt(at)) || (text.charAt(at) === "'" && !/\w/.test(text.charAt(at - 1)));
}

/**
 * Where the block scalar at `start` ends: before the first line that is indented less than its first one. Undefined if none begins there.
 * With its indentation given by a digit, before the first line that is not indented at all.
 */
export function blockEnd(text: string, start: number): number | undefined {
  BLOCK.lastIndex = start;
  const head = BLOCK.exec(text)?.[0];
  if (head === undefined) return undefined;
  let end = start + head.length;
  let indent = /\d/.test(head) ? 1 : 0;
  let found = false;
  const lines = text.charAt(end) === '\\' ? ESCAPED_LINE : LINE;
  lines.lastIndex = end;
  for (let line = lines.exec(text); line !== null; line = lines.exec(text)) {
    const [, space = '', rest = ''] = line;
    if (rest === '') continue;
    if (space.length < Math.max(1, indent)) break;
    if (indent === 0) indent = space.length;
    found = true;
    end = lines.lastIndex;
  }
  return found ? end : undefined;
}

/**
 * Where the value ends whose lines stand below its name, which is indented by `indent` and alone on its line: a plain scalar, or the items of a
 * sequence. Undefined if something else stands at `from`, or below it.
 */
export function valueBelow(text: string, from: number, indent: number): number | undefined {
  NOTHING.lastIndex = from;
  return NOTHING.test(text) ? lowerEnd(text, NOTHING.lastIndex, indent) : undefined;
}

/** Behind the lines below `from`, the end of a line, that go on with the value of a name indented by `indent`; undefined without any. */
export function lowerEnd(text: string, from: number, indent: number): number | undefined {
  let end: number | undefined;
  LINE.lastIndex = from;
  for (let line = LINE.exec(text); line !== null; line = LINE.exec(text)) {
    const [, space = '', rest = ''] = line;
    if (rest === '') continue;
    const isLower = space.length > indent || (space.length === indent && rest.startsWith('- '));
    if (!isLower || OTHER.test(rest)) break;
    end = LINE.lastIndex;
  }
  return end;
}

/** Where the here-document at `start` ends: before the line of its mark. Undefined if none begins there. */
export function heredocEnd(text: string, start: number): number | undefined {
  HEREDOC.lastIndex = start;
  const mark = HEREDOC.exec(text)?.[1];
  if (mark === undefined) return undefined;
  for (let at = text.indexOf(mark, HEREDOC.lastIndex); at !== -1; at = text.indexOf(mark, at + 1)) {
    const before = text.lastIndexOf('\n', at);
    if (text.slice(before, at).trim() === '') return before;
  }
  return text.length;
}

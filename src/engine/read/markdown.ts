import type { MarkdownOutline } from '../../model/document.ts';
import { isHtmlTag } from './html-tags.ts';
import { findLine, linesOf } from './lines.ts';

interface Outline {
  headings: { level: number; text: string; line: number }[];
  links: { target: string; text: string; line: number }[];
  fences: { language: string; text: string; line: number }[];
  placeholders: { text: string; line: number }[];
}

/** As much of a line as is looked at for links and placeholders. */
const LINE_LIMIT = 4096;

/** Reads Markdown by lines: headings in both styles, fenced code, links of all kinds, placeholders. Never throws. */
export function readMarkdown(text: string): MarkdownOutline {
  const outline: Outline = { headings: [], links: [], fences: [], placeholders: [] };
  const lines = linesOf(text);
  const definitions = definitionsOf(lines);
  let previous = '';
  for (let index = frontMatterEnd(lines); index < lines.length; index += 1) {
    const line = (lines[index] ?? '').slice(0, LINE_LIMIT);
    const fence = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)/.exec(line);
    if (fence !== null) {
      index = readFence(outline, lines, index, fence[1] ?? '```', fence[2] ?? '');
      previous = '';
      continue;
    }
    readHeading(outline, line, previous, index + 1);
    readLinks(outline, line, definitions, index + 1);
    readPlaceholders(outline, line, index + 1);
    previous = line;
  }
  return outline;
}

/** Index of the first line after `---` front matter. */
function frontMatterEnd(lines: readonly string[]): number {
  if (lines[0] !== '---') return 0;
  const end = findLine(lines, 1, (line) => line === '---');
  return end < 0 ? 0 : end + 1;
}

/** Adds the block and answers the index of its last line; one that is not closed runs to the end. */
function readFence(outline: Outline, lines: readonly string[], start: number, mark: string, language: string): number {
  const isClose = (line: string): boolean => {
    const trimmed = line.trim();
    return trimmed.length >= mark.length && trimmed === mark.charAt(0).repeat(trimmed.length);
  };
  const found = findLine(lines, start + 1, isClose);
  const end = found < 0 ? lines.length : found;
  const body = lines.slice(start + 1, end);
  outline.fences.push({ language, text: body.join('\n'), line: start + 1 });
  for (const [offset, line] of body.entries()) readMarks(outline, line.slice(0, LINE_LIMIT), start + 2 + offset);
  return end;
}

function readHeading(outline: Outline, line: string, previous: string, number: number): void {
  const hashes = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(line)?.[1];
  if (hashes !== undefined) {
    const text = line
      .trim()
      .slice(hashes.length)
      .trim()
      .replace(/(?:^|[ \t])#+$/, '')
      .trim();
    outline.headings.push({ level: hashes.length, text, line: number });
    return;
  }
  const underline = /^ {0,3}(=+|-{2,})[ \t]*$/.exec(line)?.[1];
  const isText = previous.trim() !== '' && !/^ {0,3}(?:[#>|]|[-*+][ \t]|\d{1,9}[.)][ \t])/.test(previous);
  if (underline !== undefined && isText)
    outline.headings.push({ level: underline.startsWith('=') ? 1 : 2, text: previous.trim(), line: number - 1 });
}

/** `[id]: target` lines, by their id in lower case. */
function definitionsOf(lines: readonly string[]): Map<string, string> {
  const definitions = new Map<string, string>();
  for (const line of lines) {
    const [, id, target] = /^ {0,3}\[([^\]]{1,200})\]:[ \t]*<?([^\s>]{1,2000})/.exec(line.slice(0, LINE_LIMIT)) ?? [];
    if (id !== undefined && target !== undefined)
      definitions.set(id.toLowerCase(), definitions.get(id.toLowerCase()) ?? target);
  }
  return definitions;
}

const INLINE =
  /\[([^[\]]{0,500})\]\([ \t]*(?:<([^<>]{0,2000})>|([^\s()]{0,2000}(?:\([^\s()]{0,200}\)[^\s()]{0,2000})?))[^()]{0,500}\)/g;
const REFERENCE = /\[([^[\]]{1,500})\](?:\[([^[\]]{0,200})\])?(?![:(])/g;
const AUTOLINK = /<((?:https?|mailto|ftp):[^\s<>]{1,2000})>/g;
const BARE = /(?<![\w(<"'=/])https?:\/\/[^\s<>()"'`]{1,2000}/g;

function readLinks(outline: Outline, source: string, definitions: ReadonlyMap<string, string>, line: number): void {
  const prose = withoutCode(source);
  if (/^ {0,3}\[[^\]]+\]:/.test(prose)) return;
  const add = (target: string, text: string): void => {
    outline.links.push({ target, text: text.trim(), line });
  };
  for (const [, text = '', bracketed, plain] of prose.matchAll(INLINE)) add(bracketed ?? plain ?? '', text);
  for (const [, text = '', id] of prose.matchAll(REFERENCE)) {
    const target = definitions.get((id === undefined || id === '' ? text : id).toLowerCase());
    if (target !== undefined) add(target, text);
  }
  for (const [, target = ''] of prose.matchAll(AUTOLINK)) add(target, target);
  for (const [target] of prose.replaceAll(INLINE, ' ').matchAll(BARE)) add(target.replace(/[.,;:!?]+$/, ''), target);
}

const MARKS =
  /\b(?:TODO|TBD|TBC|FIXME|XXX)\b|\?\?\?|<(?:\.{3}|…)>|\[(?:insert|fill in|your) [^\]]{1,80}\]|lorem ipsum/gi;
const ANGLED = /<([A-Za-z][^<>]{0,80})>/g;

/** What is left to fill in wherever it stands, code and comments included. `todo` in lower case is an ordinary word. */
function readMarks(outline: Outline, line: string, number: number): void {
  for (const [text] of line.matchAll(MARKS)) {
    if (/^(?:todo|tbd|tbc|fixme|xxx)$/i.test(text) && text !== text.toUpperCase()) continue;
    outline.placeholders.push({ text, line: number });
  }
}

function readPlaceholders(outline: Outline, line: string, number: number): void {
  const prose = withoutCode(line);
  readMarks(outline, prose, number);
  for (const [text, inner = ''] of prose.matchAll(ANGLED)) {
    if (isHtmlTag(inner) || /^(?:[a-z][a-z0-9+.-]*:|[^\s@]+@[^\s@]+$)/i.test(inner)) continue;
    outline.placeholders.push({ text, line: number });
  }
}

/** The line with inline code blanked. */
function withoutCode(line: string): string {
  return line.replaceAll(/(`{1,8})(?!`)[^`]{1,4096}\1/g, (code) => ' '.repeat(code.length));
}

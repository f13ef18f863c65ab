import type { Token } from 'markdown-it';
import { type Field, fieldOf } from './vocabulary.ts';

/** A stretch of text with one style. */
export interface Run {
  readonly text: string;
  readonly strong: boolean;
  readonly code: boolean;
  readonly href?: string;
  /** Crossed out: `~~text~~`. */
  readonly struck?: true;
}

/** A piece of text without its Markdown, and the styles it had. */
export interface Rich {
  readonly text: string;
  readonly runs: readonly Run[];
}

export interface Labelled {
  readonly label: string;
  readonly rest: Rich;
  /** The label was bold. */
  readonly strong: boolean;
}

/** Text of inline tokens. Stars that were no emphasis stay: `/api/*`. A link or picture without words is named by its address. */
export function richOf(tokens: readonly Token[]): Rich {
  const runs: Run[] = [];
  let [strong, struck, href, filled]: [number, number, string | undefined, boolean] = [0, 0, undefined, true];
  const add = (text: string, code: boolean, at = href): void => {
    filled = true;
    runs.push({
      text,
      strong: strong > 0,
      code,
      ...(at === undefined ? {} : { href: at }),
      ...(struck > 0 ? { struck: true } : {}),
    });
  };
  for (const [index, token] of tokens.entries()) {
    const link = linkAt(token);
    if (token.type === 'strong_open') strong += 1;
    else if (token.type === 'strong_close') strong -= 1;
    else if (strikes(token) !== 0) struck = Math.max(0, struck + strikes(token));
    else if (link === 'end') {
      if (!filled && href !== undefined) add(href, false);
      href = undefined;
    } else if (link !== undefined) [href, filled] = [link, false];
    else {
      const text = textOf(token, tokens[index - 1], tokens[index + 1]);
      const picture = token.type === 'image' ? attributeOf(token, 'src') : undefined;
      if (text !== '' || picture !== undefined)
        add(text || (picture ?? ''), token.type === 'code_inline', href ?? picture);
    }
  }
  return rich(runs);
}

/** 1 for a token that begins to cross out, in Markdown or HTML, -1 for one that ends it. */
function strikes(token: Token): -1 | 0 | 1 {
  if (token.type === 's_open') return 1;
  if (token.type === 's_close') return -1;
  if (token.type !== 'html_inline' || !/^<\/?(?:s|del|strike)>$/i.test(token.content)) return 0;
  return token.content.startsWith('</') ? -1 : 1;
}

/** The text without what is crossed out: a value that somebody has replaced. */
export function standing(text: Rich): Rich {
  return text.runs.some((run) => run.struck) ? rich(text.runs.filter((run) => run.struck !== true)) : text;
}

/** True for a text that begins crossed out. */
export function beginsStruck(text: Rich): boolean {
  return text.runs.find((run) => run.text.trim() !== '')?.struck === true;
}

/** The address of a link that begins with a token, in Markdown or HTML; `end` where one ends. */
function linkAt(token: Token): string | undefined {
  if (token.type === 'link_open') return attributeOf(token, 'href') ?? '';
  if (token.type === 'link_close') return 'end';
  if (token.type !== 'html_inline') return undefined;
  if (/^<\/a\s*>$/i.test(token.content)) return 'end';
  return /^<a\s[^>]*?\bhref\s*=\s*["']?([^"'\s>]+)/i.exec(token.content)?.[1];
}

function attributeOf(token: Token, wanted: string): string | undefined {
  const value = token.attrs?.find(([name]) => name === wanted)?.[1];
  return value === undefined || value === '' ? undefined : String(value);
}

function textOf(token: Token, before: Token | undefined, after: Token | undefined): string {
  switch (token.type) {
    case 'em_open':
      return /[\p{L}\p{N}/.:]$/u.test(before?.content ?? '') ? token.markup : '';
    case 'em_close':
      return /^[\p{L}\p{N}/(]/u.test(after?.content ?? '') ? token.markup : '';
    case 'softbreak':
    case 'hardbreak':
      return ' ';
    case 'html_inline':
      return /^<br\s*\/?>$/i.test(token.content) ? ' ' : '';
    default:
      return token.content;
  }
}

function rich(runs: readonly Run[]): Rich {
  return {
    text: runs
      .map((run) => run.text)
      .join('')
      .replaceAll(/\s+/g, ' ')
      .trim(),
    runs,
  };
}

/** What stands in brackets is part of a label; a colon there ends none. */
const PLAIN_LABEL = /^(["“]?[\p{Lu}\d](?:[^:.!?\n([]|\([^().!?\n]{0,70}\)|\[[^[\].!?\n]{0,70}\]){0,70}\??):(?:\s+|$)/u;
const FIELD_LABEL = /^([\p{L}][\p{L} _-]{1,24}?)\s*(?::|=|\s[-–—])(?:\s+|$)/u;

/** The label in front of a text: `**Done when:** …`, `Owner: …`, `Namespaces: …`. */
export function splitLabel(text: Rich): Labelled | undefined {
  return strongLabel(text) ?? plainLabel(text);
}

function strongLabel(text: Rich): Labelled | undefined {
  const first = text.runs.findIndex((run) => run.text.trim() !== '');
  const run = text.runs[first];
  if (run === undefined || !run.strong || run.code) return undefined;
  const others = text.runs.slice(first + 1);
  const inside = /^(.*?)\s*:\s*$/s.exec(run.text.trim())?.[1];
  if (inside !== undefined && inside !== '') return { label: inside, rest: rich(others), strong: true };
  const next = others[0];
  const separated = next === undefined ? undefined : /^\s*[:–—-](?:\s+|$)/.exec(next.text)?.[0];
  const label = run.text.trim();
  if (next !== undefined && separated !== undefined)
    return {
      label,
      rest: rich([{ ...next, text: next.text.slice(separated.length) }, ...others.slice(1)]),
      strong: true,
    };
  return fieldOf(label) === undefined ? undefined : { label, rest: rich(others), strong: true };
}

function plainLabel(text: Rich): Labelled | undefined {
  const field = FIELD_LABEL.exec(text.text);
  const isField = field?.[1] !== undefined && fieldOf(field[1]) !== undefined;
  const found = isField ? field : PLAIN_LABEL.exec(text.text);
  if (found?.[1] === undefined || found[1].split(/\s+/).length > 10) return undefined;
  return { label: found[1].replace(/^["“]/, ''), rest: dropStart(text, found[0].length), strong: false };
}

/** A text parted before every field that is named in bold inside of it: `TLS everywhere. **Done when:** no port is open.` */
export function partedByFields(text: Rich): Rich[] {
  const starts = text.runs.flatMap((run, index) =>
    index > 0 && isFieldLabel(run, text.runs[index + 1]) ? [index] : [],
  );
  const bounds = [0, ...starts, text.runs.length];
  const parts = bounds.slice(1).map((end, index) => rich(text.runs.slice(bounds[index], end)));
  return (parts[0]?.text === '' ? [text] : parts)
    .map((part, at) => (at < parts.length - 1 ? withoutDash(part) : part))
    .flatMap(partedByDashes);
}

/** Without the dash or bar that stood between it and the next field. */
function withoutDash(text: Rich): Rich {
  const joined = text.runs.map((run) => run.text).join('');
  const kept = joined.trimEnd().replace(/\s[–—|-]{1,2}$/, '');
  return withoutRange(text, kept.length, joined.length);
}

const DASH = /\s+(?:[–—|]|--?)\s+(?=([\p{L}][\p{L} _-]{1,24}?)\s*:\s)/gu;

/** A text parted before every field that stands behind a dash or a bar: `Restore rehearsed – Owner: Kate – Due: 2026-06-15`. */
function partedByDashes(text: Rich): Rich[] {
  const joined = text.runs.map((run) => run.text).join('');
  const cuts = [...joined.matchAll(DASH)].filter(
    (match) => match.index > 0 && BEHIND_DASH.has(fieldOf(match[1] ?? '')) && /\S/.test(joined.slice(0, match.index)),
  );
  const starts = [0, ...cuts.map((match) => match.index + match[0].length)];
  const ends = [...cuts.map((match) => match.index), joined.length];
  return starts.map((start, at) => withoutRange(withoutRange(text, ends[at] ?? start, joined.length), 0, start));
}

const BEHIND_DASH: ReadonlySet<Field | undefined> = new Set(['status', 'owner', 'target', 'evidence']);

function isFieldLabel(run: Run, next: Run | undefined): boolean {
  const label = /^(.*?)(\s*:)?$/s.exec(run.text.trim());
  const isEnded = label?.[2] !== undefined || /^\s*:/.test(next?.text ?? '');
  return run.strong && !run.code && isEnded && fieldOf(label?.[1] ?? '') !== undefined;
}

/** The text without the characters from `from` to `to`, counted over its runs. */
export function withoutRange(text: Rich, from: number, to: number): Rich {
  let at = 0;
  const runs = text.runs.flatMap((run): Run[] => {
    const [start, end] = [Math.max(0, from - at), Math.max(0, to - at)];
    at += run.text.length;
    const kept = run.text.slice(0, start) + run.text.slice(end);
    return kept === '' ? [] : [{ ...run, text: kept }];
  });
  return rich(runs);
}

/** The text without its first `count` characters, counted without leading space. */
function dropStart(text: Rich, count: number): Rich {
  let left = count + (/^\s*/.exec(text.runs[0]?.text ?? '')?.[0].length ?? 0);
  const runs: Run[] = [];
  for (const run of text.runs) {
    const kept = run.text.slice(left);
    left = Math.max(0, left - run.text.length);
    if (kept !== '') runs.push({ ...run, text: kept });
  }
  return rich(runs);
}

/** True when all of it is bold: a title. */
export function isStrong(text: Rich): boolean {
  const filled = text.runs.filter((run) => run.text.trim() !== '');
  return filled.length > 0 && filled.every((run) => run.strong);
}

import { eastAsianWidth } from 'get-east-asian-width';

let segmenter: Intl.Segmenter | undefined;

/** Columns that text takes in a terminal: wide East Asian characters and emoji take two, combining marks none. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const cluster of clusters(text)) width += clusterWidth(cluster);
  return width;
}

/** Pads with spaces on the right to a number of columns. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** Cuts to a number of columns; an ellipsis at the end says so. */
export function cut(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  return `${takeColumns(text, columns - 1)}…`;
}

/**
 * Breaks text at white space into lines of at most `columns`. A word that does not fit a line is broken where it must be,
 * so that no line is ever longer.
 */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((part) => fitWord(part, columns))) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined) <= columns) {
      line = joined;
      continue;
    }
    lines.push(line);
    line = word;
  }
  return [...lines, line];
}

function fitWord(word: string, columns: number): string[] {
  const parts: string[] = [];
  let rest = word;
  while (displayWidth(rest) > columns) {
    const head = takeColumns(rest, columns);
    if (head === '') break;
    parts.push(head);
    rest = rest.slice(head.length);
  }
  return [...parts, rest];
}

function takeColumns(text: string, columns: number): string {
  let taken = '';
  let width = 0;
  for (const cluster of clusters(text)) {
    width += clusterWidth(cluster);
    if (width > columns) break;
    taken += cluster;
  }
  return taken;
}

function clusters(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** A grapheme cluster is as wide as its base; a picture made of several code points takes two columns. */
function clusterWidth(cluster: string): number {
  const base = cluster.codePointAt(0) ?? 0;
  if (/^[\p{Mark}\p{Cc}\p{Cf}]/u.test(cluster)) return 0;
  if (/\p{RGI_Emoji}/v.test(cluster)) return 2;
  return eastAsianWidth(base);
}

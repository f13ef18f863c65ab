import { LaunchgateError } from '../../model/errors.ts';
import type { SourceFile } from '../types.ts';

/** Longest document that is read, in characters, and most lines it may have. */
const MAX_CHARACTERS = 2_000_000;
const MAX_LINES = 50_000;
const MAX_LINE = 20_000;

/** A line on its way from the source to the parser: repairs split, join and add lines, and each keeps its origin. */
export interface Piece {
  readonly text: string;
  /** Source lines it came from; none for a line that a repair added. */
  readonly lines: readonly number[];
  /** Inside a closed code fence or front matter: nothing is repaired there. */
  readonly literal?: boolean;
}

export const BLANK: Piece = { text: '', lines: [] };

/** True for a line that starts a bullet, heading, table, rule, quote or fence by itself. */
export function beginsBlock(text: string): boolean {
  return /^\s*(?:[-*+]\s|\d{1,3}[.)]\s|#{1,6}\s|\||>|(?:[-*_]\s*){3,}$|`{3}|~{3})|¶\s*$/.test(text);
}

/** Characters that carry no text: controls but tab, byte order mark, zero-width and bidirectional marks. */
const INVISIBLE = /[[\p{Cc}\p{Cf}]--[\t]]/gv;
/** Wider gaps say nothing more, and would make every pattern that begins with a space slow. */
const LONG_GAP = /[ \t]{64,}/g;
const SPACES = /[\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]/g;

/** Splits a document into lines, with invisible characters gone and every kind of space a plain one. */
export function readLines(file: SourceFile): Piece[] {
  if (file.text.length > MAX_CHARACTERS)
    throw tooLarge(file.path, `${file.text.length} characters`, `${MAX_CHARACTERS}`);
  const raw = file.text.split(/\r\n|\r|\n/);
  if (raw.length > MAX_LINES) throw tooLarge(file.path, `${raw.length} lines`, `${MAX_LINES}`);
  const pieces = raw.map((text, index) => readLine(file.path, text, index + 1));
  return protectFences(openComments(protectFrontMatter(pieces)));
}

/** True when nothing of a source line is left to account for. */
export function isBlank(text: string): boolean {
  return clean(text).trim() === '';
}

function clean(text: string): string {
  return text.replaceAll(INVISIBLE, '').replaceAll(SPACES, ' ');
}

function readLine(path: string, text: string, line: number): Piece {
  if (text.length > MAX_LINE) throw tooLarge(`${path}:${line}`, `${text.length} characters in one line`, `${MAX_LINE}`);
  const cleaned = clean(text).replaceAll(LONG_GAP, '        ');
  return { text: cleaned.trim() === '' ? '' : cleaned, lines: [line] };
}

function tooLarge(where: string, found: string, allowed: string): LaunchgateError {
  return new LaunchgateError('input-hostile', `${where}: ${found}; at most ${allowed} are read`, {
    next: 'Split the document, or import only the part that lists requirements.',
  });
}

function protectFrontMatter(pieces: readonly Piece[]): Piece[] {
  if (pieces[0]?.text.trim() !== '---') return [...pieces];
  const end = pieces.findIndex((piece, index) => index > 0 && /^(?:---|\.\.\.)\s*$/.test(piece.text));
  const body = pieces.slice(1, end);
  const isFrontMatter = end > 1 && end <= 100 && body.every((piece) => /^(?:[\w-]+:|\s|#|-\s|$)/.test(piece.text));
  if (!isFrontMatter) return [...pieces];
  return pieces.map((piece, index) => (index <= end ? { text: '', lines: piece.lines, literal: true } : piece));
}

/** A comment that never ends is text: it must not hide the rest of the document. */
function openComments(pieces: readonly Piece[]): Piece[] {
  const lastEnd = pieces.findLastIndex((piece) => piece.text.includes('-->'));
  return pieces.map((piece, index) => {
    const start = piece.text.lastIndexOf('<!--');
    if (start === -1 || index < lastEnd || piece.text.includes('-->', start + 4)) return piece;
    return { ...piece, text: piece.text.replaceAll('<!--', '') };
  });
}

/** Marks closed fences. An opening fence that never closes is text: it must not swallow the rest of the document. */
function protectFences(pieces: readonly Piece[]): Piece[] {
  const result = [...pieces];
  const longest = longestClosers(pieces);
  for (let index = 0; index < result.length; index += 1) {
    const marker = /^\s*(?:[-*+]\s+)?(`{3,}|~{3,})(?!.*`)/.exec(result[index]?.text ?? '')?.[1];
    if (marker === undefined || result[index]?.literal) continue;
    const closes = (longest[index + 1]?.[marker.startsWith('`') ? 0 : 1] ?? 0) >= marker.length;
    if (!closes) {
      result[index] = { text: '', lines: result[index]?.lines ?? [] };
      continue;
    }
    const end = findFenceEnd(result, index + 1, marker);
    for (let at = index; at <= end; at += 1) result[at] = { ...BLANK, ...result[at], literal: true };
    index = end;
  }
  return result;
}

/** For each line the longest bare fence from there on, of backticks and of tildes: keeps the search linear. */
function longestClosers(pieces: readonly Piece[]): (readonly [number, number])[] {
  const longest: (readonly [number, number])[] = [];
  let [backticks, tildes] = [0, 0];
  for (let at = pieces.length - 1; at >= 0; at -= 1) {
    const fence = /^\s*(`{3,}|~{3,})\s*$/.exec(pieces[at]?.text ?? '')?.[1] ?? '';
    if (fence.startsWith('`')) backticks = Math.max(backticks, fence.length);
    if (fence.startsWith('~')) tildes = Math.max(tildes, fence.length);
    longest[at] = [backticks, tildes];
  }
  return longest;
}

function findFenceEnd(pieces: readonly Piece[], from: number, marker: string): number {
  const closing = new RegExp(`^\\s*${marker[0]}{${marker.length},}\\s*$`);
  return pieces.findIndex((piece, at) => at >= from && closing.test(piece.text));
}

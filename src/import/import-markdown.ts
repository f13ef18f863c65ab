import type { ControlMeta } from '../model/control.ts';
import type { Spec } from '../model/spec.ts';
import { assemble } from './write/assemble.ts';
import { LineBook } from './read/book.ts';
import { takeFootnotes } from './repair/footnotes.ts';
import { isBlank, type Piece, readLines } from './repair/lines.ts';
import { Matcher } from './match/match.ts';
import { outline } from './read/outline.ts';
import { readSection } from './read/read-section.ts';
import { addUnplaced, type Reading } from './read/reading.ts';
import { fieldOf } from './read/vocabulary.ts';
import { repair } from './repair/repair.ts';
import { settle } from './match/settle.ts';
import type { ImportResult, SourceFile } from './types.ts';

/**
 * Reads checklists, trackers, capability tables, reviews and plans written in Markdown into the parts of a spec.
 *
 * Pure. Every non-blank line of every file is accounted for in `lines`; what could not be placed is in `unplaced` too.
 * `existing` is only added to: an entry that it has already stays as it is.
 *
 * @throws LaunchgateError `input-hostile` for a document beyond the limits of size.
 */
export function importMarkdown(
  files: readonly SourceFile[],
  catalog: readonly ControlMeta[],
  existing?: Spec,
): ImportResult {
  const matcher = new Matcher(catalog);
  const readings = files.map(readDocument);
  const settled = readings.map((reading) => settle(reading, matcher));
  return assemble(files, readings, settled, catalog, existing);
}

function readDocument(file: SourceFile): Reading {
  const source = readLines(file);
  const { pieces, footnotes } = takeFootnotes(source);
  const reading: Reading = {
    path: file.path,
    book: new LineBook(),
    drafts: [],
    tracks: [],
    roles: [],
    unplaced: [],
    remarks: [],
    footnotes,
    perLine: new Map(),
  };
  for (const { lines } of footnotes) reading.book.claim(lines, 'prose', 'footnote');
  for (const section of outline(repair(pieces))) readSection(reading, section);
  const frontMatter = source.filter((piece) => piece.literal === true && piece.text === '');
  remarkOnFrontMatter(reading, file.text, frontMatter);
  accountForTheRest(reading, file.text, new Set(frontMatter.flatMap((piece) => piece.lines)));
  return reading;
}

/** Front matter is of the document, not of what it asks for; that it names an owner or a status is said. */
function remarkOnFrontMatter(reading: Reading, text: string, pieces: readonly Piece[]): void {
  const raw = text.split(/\r\n|\r|\n/);
  for (const line of pieces.flatMap((piece) => piece.lines)) {
    const [, key = '', value = ''] = /^([\w-]{1,40}):\s*(\S.{0,80})/.exec(raw[line - 1] ?? '') ?? [];
    const field = fieldOf(key);
    if (field === 'status' || field === 'owner' || field === 'target')
      reading.remarks.push(
        `${reading.path}:${line}: the front matter says “${key}: ${value}”; front matter is not read`,
      );
  }
}

/** Front matter, rules, table rulers, tags around nothing and link definitions are separators; any other line that nothing took is unplaced. */
function accountForTheRest(reading: Reading, text: string, frontMatter: ReadonlySet<number>): void {
  const taken = new Set(reading.drafts.flatMap((draft) => draft.lines));
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = index + 1;
    if (isBlank(raw) || reading.book.has(line) || taken.has(line)) continue;
    if (isSeparator(raw) || frontMatter.has(line)) reading.book.claim([line], 'separator');
    else addUnplaced(reading, [line], raw.trim(), 'it is part of nothing that was recognised');
  }
}

/** A tag of HTML, which holds no words of its own. */
const TAG = /<\/?[a-z][^<>]*>/gi;

function isSeparator(raw: string): boolean {
  return (
    !/[\p{L}\p{N}]/u.test(raw.replaceAll(TAG, '')) ||
    /^\s*\[[^\]]+\]:\s*\S+/.test(raw) ||
    /^\s*(?:`{3,}|~{3,})/.test(raw)
  );
}

import { BLANK, type Piece } from './lines.ts';
import { takeTabbed } from './tabbed.ts';

const RULER = /^\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$/;

/**
 * Mends tables: a ruler that is missing or has another number of columns, rows broken over two lines, cells with an
 * unescaped bar, tab-separated tables, text glued below the last row.
 */
export function mendTables(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  let at = 0;
  while (at < pieces.length) {
    const block = takeTable(pieces, at);
    if (block === undefined) {
      result.push(pieces[at] ?? BLANK);
      at += 1;
      continue;
    }
    result.push(BLANK, ...mend(block.rows), BLANK);
    at = block.end;
  }
  return result;
}

function takeTable(pieces: readonly Piece[], at: number): { rows: Piece[]; end: number } | undefined {
  return takeTabbed(pieces, at) ?? takePiped(pieces, at);
}

function takePiped(pieces: readonly Piece[], at: number): { rows: Piece[]; end: number } | undefined {
  const [first, second] = [pieces[at], pieces[at + 1]];
  if (first === undefined || first.literal || !hasBar(first.text) || isRuler(first.text)) return undefined;
  const barred = first.text.trimStart().startsWith('|') && cells(first.text).length > 1;
  const ruled = second !== undefined && isRuler(second.text);
  if (!ruled && !barred && !isBare(pieces, at)) return undefined;
  const rows: Piece[] = [];
  let end = at;
  for (let next: Piece | undefined = first; next !== undefined && !next.literal; next = pieces[end]) {
    if (begins(pieces, end) && rows.some((row) => isRuler(row.text))) break;
    if (hasBar(next.text) && !/^\s*[-*+]\s/.test(next.text)) {
      const broken = rows.at(-1);
      if (broken !== undefined && continues(first.text, broken.text, next.text))
        rows[rows.length - 1] = join(broken, next);
      else rows.push(next);
    } else if (next.text !== '' || !isRow(first.text, pieces[end + 1]?.text) || begins(pieces, end + 1)) break;
    end += 1;
  }
  const isTable = rows.length > 1 || (ruled && rows.length > 0);
  return isTable ? { rows, end } : undefined;
}

/** Bars between words only, and no ruler: three lines of one width are a table where the first names its columns. */
function isBare(pieces: readonly Piece[], at: number): boolean {
  const rows = pieces.slice(at, at + 3).map(({ text, literal }) => (literal || !hasBar(text) ? [] : cells(text)));
  const [header = []] = rows;
  const named = header.length > 1 && header.every((cell) => /^[\p{Lu}#]/u.test(cell));
  return named && rows.length === 3 && rows.every((row) => row.length === header.length);
}

/** A ruler below a line makes it the header of a table of its own, of however many columns. */
function begins(pieces: readonly Piece[], at: number): boolean {
  const [header, ruler] = [pieces[at], pieces[at + 1]];
  return header !== undefined && !isRuler(header.text) && ruler !== undefined && isRuler(ruler.text);
}

/** A blank line inside a table is followed by one more row of the same shape. */
function isRow(header: string, text: string | undefined): boolean {
  return (
    text !== undefined &&
    text.trimStart().startsWith('|') &&
    header.trimStart().startsWith('|') &&
    cells(text).length === cells(header).length
  );
}

function continues(header: string, previous: string, text: string): boolean {
  const closed = (line: string) => line.trimEnd().endsWith('|');
  return closed(header) && !closed(previous) && !text.trimStart().startsWith('|') && closed(text);
}

function join(first: Piece, second: Piece): Piece {
  return { text: `${first.text.trimEnd()} ${second.text.trimStart()}`, lines: [...first.lines, ...second.lines] };
}

function mend(rows: readonly Piece[]): Piece[] {
  const [header = BLANK, ...others] = rows;
  const columns = cells(header.text).length;
  const rulers = others.filter((row) => isRuler(row.text)).flatMap((row) => row.lines);
  const ruler: Piece = { text: `|${' --- |'.repeat(columns)}`, lines: rulers };
  const body = others.filter((row) => !isRuler(row.text)).map((row) => ({ ...row, text: fit(row.text, columns) }));
  return [{ ...header, text: fit(header.text, columns) }, ruler, ...body];
}

/** Cells beyond the last column belong to it: somebody wrote a bar inside a cell. */
function fit(text: string, columns: number): string {
  const all = cells(text);
  const kept = all.slice(0, columns - 1);
  const last = all.slice(columns - 1).join(' \\| ');
  return `| ${[...kept, last].join(' | ')} |`;
}

function cells(text: string): string[] {
  const inner = text
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

function hasBar(text: string): boolean {
  return /(?<!\\)\|/.test(text);
}

function isRuler(text: string): boolean {
  return text.includes('|') && text.includes('-') && RULER.test(text.trim());
}

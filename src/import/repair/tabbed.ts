/** Tables whose cells are parted by tabs, as they are copied out of a page or a sheet. */
import type { Piece } from './lines.ts';

interface Rows {
  readonly rows: Piece[];
  readonly end: number;
}

/** The rows of a table that begins here, with bars between the cells; `end` is the line after the last. */
export function takeTabbed(pieces: readonly Piece[], at: number): Rows | undefined {
  const even = takeEven(pieces, at);
  return even !== undefined && !isTabbed(pieces[even.end]) ? even : (takeWithGaps(pieces, at) ?? even);
}

/** Two or more lines with the same number of cells, however many tabs part them. */
function takeEven(pieces: readonly Piece[], at: number): Rows | undefined {
  const cellsOf = ({ text }: Piece) => text.trim().split(/\t+/);
  return takeRows(pieces, at, cellsOf, (cells, header) => cells.length === header.length);
}

/** A header without gaps, and lines below it in which some cells are empty: each tab ends one. */
function takeWithGaps(pieces: readonly Piece[], at: number): Rows | undefined {
  const cellsOf = ({ text }: Piece) => text.trimEnd().split('\t');
  return takeRows(
    pieces,
    at,
    cellsOf,
    (cells, header) => header.every((cell) => cell.trim() !== '') && cells.length <= header.length,
  );
}

function takeRows(
  pieces: readonly Piece[],
  at: number,
  cellsOf: (piece: Piece) => string[],
  fits: (cells: readonly string[], header: readonly string[]) => boolean,
): Rows | undefined {
  const rows: Piece[] = [];
  let header: string[] | undefined;
  for (let piece = pieces[at]; isTabbed(piece); piece = pieces[at + rows.length]) {
    const cells = cellsOf(piece);
    header ??= cells;
    if (!fits(cells, header)) break;
    rows.push({
      ...piece,
      text: `| ${cells.map((cell) => cell.trim().replaceAll('|', String.raw`\|`)).join(' | ')} |`,
    });
  }
  return rows.length < 2 ? undefined : { rows, end: at + rows.length };
}

/** Words with a tab between or before them, and no bullet, number or bar in front. */
function isTabbed(piece: Piece | undefined): piece is Piece {
  if (piece === undefined || piece.literal) return false;
  return /\t *\S/.test(piece.text) && !/^\s*(?:[-*+]\s|\d+[.)]\s|\|)/.test(piece.text);
}

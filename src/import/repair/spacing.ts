import type { Piece } from './lines.ts';

/** Share of lines that may follow another without a blank line between them in a document that is double-spaced. */
const FEW = 0.05;
const LEAST_LINES = 10;
/** A bullet that waits for the line below it. */
const UNFINISHED = /^\s*(?:[-–—*+•◦▪●○]|o)(?:\s.*:[*_]*)?\s*$/u;

/**
 * Takes the blank lines out of a document in which copying put one between any two lines, so that what belongs
 * together stands together again. A document of one-line paragraphs stays as it is: nothing in it waits for the next line.
 */
export function closeUp(pieces: readonly Piece[]): Piece[] {
  return isDoubleSpaced(pieces) ? pieces.filter((piece, index) => !isExtra(pieces, piece, index)) : [...pieces];
}

function isDoubleSpaced(pieces: readonly Piece[]): boolean {
  const filled = pieces.filter((piece) => piece.text !== '').length;
  const touching = pieces.filter((piece, index) => piece.text !== '' && (pieces[index - 1]?.text ?? '') !== '').length;
  const waiting = pieces.filter((piece, index) => UNFINISHED.test(piece.text) && pieces[index + 1]?.text === '').length;
  return filled >= LEAST_LINES && touching < filled * FEW && waiting >= 2;
}

/** A blank line by itself; of a longer run the first is kept, which was blank before. */
function isExtra(pieces: readonly Piece[], piece: Piece, index: number): boolean {
  if (piece.text !== '' || piece.literal) return false;
  const before = pieces[index - 1]?.text ?? '';
  const after = pieces[index + 1]?.text ?? '';
  return before !== '' ? after !== '' : true;
}

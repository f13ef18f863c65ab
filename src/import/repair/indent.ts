import type { Piece } from './lines.ts';

/** From so many columns on CommonMark takes a bullet for code, unless it stands below another one. */
const CODE = 4;
const BULLET = /^\s*(?:[-*+•◦▪‣]|\d{1,3}[.)])\s*\S/u;

/** Moves a list that begins too far in to the margin: in ragged documents an indent above the first level means nothing. */
export function moveListsOut(pieces: readonly Piece[]): Piece[] {
  let isInList = false;
  let isAfterBlank = true;
  let surplus = 0;
  return pieces.map((piece) => {
    const [lead = ''] = /^[ \t]*/.exec(piece.text) ?? [];
    if (piece.text.length === lead.length || piece.literal) {
      isAfterBlank = true;
      if (piece.literal) isInList = false;
      return piece;
    }
    const indent = lead.replaceAll('\t', '    ').length;
    if (indent < surplus || indent === 0) surplus = 0;
    if (BULLET.test(piece.text)) {
      if (!isInList && indent >= CODE) surplus = indent;
      isInList = true;
    } else if (indent === 0 && isAfterBlank) isInList = false;
    isAfterBlank = false;
    if (surplus === 0) return piece;
    return { ...piece, text: `${' '.repeat(indent - surplus)}${piece.text.slice(lead.length)}` };
  });
}

import type { Piece } from './lines.ts';

/** `1.2`, `1.2.` or `3.4.5)` in front of a text; no Markdown list, so lines of them would run into one paragraph. */
const NUMBERED = /^\s{0,3}(\d{1,2}(?:\.\d{1,2}){0,2})\.(\d{1,2})[.)]?\s+(?=\S)/;

/**
 * Makes a list of lines that stand below one another and are counted in two levels, as reviews number their questions. A line alone, or one
 * whose neighbour does not follow it, may be prose that begins with a version or an amount, or a heading.
 */
export function listNumbered(pieces: readonly Piece[]): Piece[] {
  const numbers = pieces.map((piece) => (piece.literal ? null : NUMBERED.exec(piece.text)));
  return pieces.map((piece, at) => {
    const number = numbers[at];
    const isCounted = follows(numbers[at - 1], number) || follows(number, numbers[at + 1]);
    if (!number || !isCounted) return piece;
    return { ...piece, text: `- ${piece.text.slice(number[0].length)}` };
  });
}

function follows(before: RegExpExecArray | null | undefined, after: RegExpExecArray | null | undefined): boolean {
  return Boolean(before && after) && before?.[1] === after?.[1] && Number(before?.[2]) + 1 === Number(after?.[2]);
}

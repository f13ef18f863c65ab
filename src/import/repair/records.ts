import { fieldAt } from './labels.ts';
import { BLANK, type Piece } from './lines.ts';

/** What people call the first line of a record. */
const HEAD =
  /^(?:item|requirement|task|control|check|action(?: item)?|criterion|title|name|feature|capability)\s*:\s+(?=\S)/i;

/** Records of one field a line, such as a form exports, become entries of a list with their fields below: `Item: Backups`, `Status: Done`. */
export function listRecords(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  let isInside = false;
  for (const [index, piece] of pieces.entries()) {
    const head = piece.literal ? null : HEAD.exec(piece.text);
    if (head !== null && isField(pieces[index + 1])) {
      result.push(BLANK, { ...piece, text: `- ${piece.text.slice(head[0].length)}` });
      isInside = true;
    } else {
      isInside &&= isField(piece);
      result.push(isInside ? { ...piece, text: `  - ${piece.text}` } : piece);
    }
  }
  return result;
}

function isField(piece: Piece | undefined): boolean {
  return piece !== undefined && piece.literal !== true && fieldAt(piece.text) !== undefined;
}

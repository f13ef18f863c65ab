import { fieldOf, type Field } from '../read/vocabulary.ts';
import { BLANK, type Piece } from './lines.ts';

/** Fields of a track as a whole; `Done when` and the like below a bullet are the bullet's. */
const OF_TRACKS: ReadonlySet<Field> = new Set(['status', 'owner', 'target', 'scope', 'evidence', 'pending']);
const LABEL = /^(?:\*\*|__)?([\p{L}][\p{L} _-]{1,24}?)\s*(?::(?:\*\*|__)?|(?:\*\*|__)\s*:)(?:\s|$)/u;
const BULLET = /^\s*(?:[-*+]|\d{1,3}[.)])\s/;
const BOX = /^\s*(?:[-*+]|\d{1,3}[.)])\s+\[[ xX]\]/;

/**
 * Puts a blank line before a field at the margin that the list above it would take for its last bullet's: `Scope:`, its bullets, then
 * `Evidence: …`. Only where such a field at the margin opened the list; below another bullet, or a box, it is the bullet's own.
 */
export function partLabels(pieces: readonly Piece[]): Piece[] {
  let list: 'none' | 'opened' | 'begun' = 'none';
  return pieces.flatMap((piece) => {
    if (piece.literal || piece.text === '' || /^\s+\S/.test(piece.text)) return [piece];
    if (BULLET.test(piece.text)) {
      list = list === 'none' || BOX.test(piece.text) ? 'none' : 'begun';
      return [piece];
    }
    const found = fieldAt(piece.text);
    if (found === undefined || !OF_TRACKS.has(found.field)) {
      if (piece.text.startsWith('#')) list = 'none';
      return [piece];
    }
    const swallowed = list === 'begun';
    list = found.isAlone ? 'opened' : 'none';
    return swallowed ? [BLANK, piece] : [piece];
  });
}

/** The field whose label a line begins with, and whether nothing follows it. */
export function fieldAt(text: string): { readonly field: Field; readonly isAlone: boolean } | undefined {
  const label = LABEL.exec(text);
  const field = fieldOf(label?.[1] ?? '');
  return label === null || field === undefined ? undefined : { field, isAlone: text.trim() === label[0].trim() };
}

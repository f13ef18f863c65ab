/**
 * Characters without a picture: controls, format characters and the bidirectional marks, line separators, lone surrogates.
 * In a terminal or a review they move the cursor, recolour, or show text in another order than it has; a name out of a
 * repository may hold any of them. The two joiners that scripts and emoji need are left alone.
 */
const HIDDEN = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text on one line in which every hidden character is spelled out, `\u001b` for an escape. White space is collapsed. */
export function visible(text: string): string {
  return text
    .replaceAll(/[\t\n\r ]+/g, ' ')
    .replaceAll(HIDDEN, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

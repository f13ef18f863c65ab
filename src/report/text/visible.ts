/**
 * Characters without a picture: controls, format characters and the bidirectional marks, line separators, lone surrogates.
 * In a terminal or a review they move the cursor, recolour, or show text in another order than it has; a name out of a
 * repository may hold any of them. The two joiners that scripts and emoji need are left alone, and so are line ends.
 */
const HIDDEN = /(?![\n\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text on one line in which every hidden character is spelled out, `\u001b` for an escape. White space is collapsed. */
export function visible(text: string): string {
  return visibleLines(text.replaceAll(/[\t\n\r ]+/g, ' '));
}

/** As {@link visible}, of text whose line ends are meant. JSON keeps its value: these are its own escapes. */
export function visibleLines(text: string): string {
  return text.replaceAll(HIDDEN, spelledOut);
}

function spelledOut(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}

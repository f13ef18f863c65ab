import { spelledCommands } from './workflow-commands.ts';

/**
 * Characters without a picture: controls, format characters and the bidirectional marks, line separators, lone surrogates.
 * In a terminal or a review they move the cursor, recolour, or show text in another order than it has; a name out of a
 * repository may hold any of them. The two joiners that scripts and emoji need are left alone, and so are line ends.
 */
const HIDDEN = /(?![\n\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Letters of Cyrillic and Greek that look like a Latin one (Unicode TR39, confusables), in a word that has Latin letters as well. */
const LOOKS_LATIN =
  /[\u0370\u0391\u0392\u0395-\u0397\u0399\u039A\u039C\u039D\u039F\u03A1\u03A4\u03A5\u03A7\u03B1\u03B9\u03BD\u03BF\u03C1\u03C3\u03C5\u03F2\u03F3\u0405\u0406\u0408\u0410\u0412\u0415\u041A\u041C-\u041E\u0420-\u0422\u0425\u0430\u0435\u043E\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04AE\u04AF\u04BB\u04C0\u04CF\u0501\u051B\u051D]/g;
const ABROAD = /[\u0370-\u052F]/;
const WORD = /[\p{L}\p{N}]+/gu;

/** `рay` with a Cyrillic first letter is another name than `pay`, and nobody sees it. */
function toldApart(text: string): string {
  if (!ABROAD.test(text)) return text;
  return text.replaceAll(WORD, (word) => (/[a-z]/i.test(word) ? word.replaceAll(LOOKS_LATIN, spelledOut) : word));
}

/**
 * Text on one line in which every hidden character, every letter that passes for a Latin one, and the start of what a CI server would obey is
 * spelled out: `\u001b` for an escape. White space is collapsed.
 */
export function visible(text: string): string {
  return visibleLines(text.replaceAll(/[\t\n\r ]+/g, ' '));
}

/** As {@link visible}, of text whose line ends are meant. JSON keeps its value: these are its own escapes. */
export function visibleLines(text: string): string {
  return toldApart(spelledCommands(text.replaceAll(HIDDEN, spelledOut)));
}

function spelledOut(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}

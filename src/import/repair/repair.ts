import { markHeadings } from './headings.ts';
import { boxOf, isSign, SIGN, spelledSigns } from './boxes.ts';
import { moveListsOut } from './indent.ts';
import { listNumbered } from './numbered.ts';
import { unfoldHtmlTables } from './html-tables.ts';
import { BLANK, beginsBlock, type Piece } from './lines.ts';
import { partLabels } from './labels.ts';
import { listRecords } from './records.ts';
import { closeUp } from './spacing.ts';
import { mendTables } from './tables.ts';

/**
 * Mends what copying out of a browser, a wiki or a word processor does to Markdown, so that a real parser can read it:
 * questions numbered `1.1`, bullets glued to the line before, lone dashes, a blank line after every line, other bullet signs, fields glued to a list, tables that lost
 * their ruler, headings that lost their `#`. Changes no word, and leaves well-formed Markdown as it is.
 */
export function repair(pieces: readonly Piece[]): Piece[] {
  return markHeadings(
    mendTables(
      partLabels(
        joinLoneBullets(
          splitGluedBullets(unifyBullets(listNumbered(moveListsOut(listRecords(closeUp(unfoldHtmlTables(pieces))))))),
        ),
      ),
    ),
  );
}

const GLYPH = new RegExp(`^(\\s*)(?:([•◦▪▫‣⁃●○■□–—·➢➤]|o)|${SIGN})\\s+(?=\\S)`, 'u');

/**
 * Writes every bullet sign as `-`. In a run of lines each sign new to the run is one level deeper than the one before,
 * as word processors mean it. Boxes become task-list boxes.
 */
function unifyBullets(pieces: readonly Piece[]): Piece[] {
  const signs: string[] = [];
  return pieces.map((piece) => {
    if (piece.literal || /^\s*#/.test(piece.text)) {
      signs.length = 0;
      return piece;
    }
    const text = spelledSigns(piece.text);
    const found = GLYPH.exec(text);
    if (found === null) return { ...piece, text: unifyBox(text) };
    const [prefix, indent = '', glyph = found[3] ?? ''] = found;
    const sign = isSign(glyph) ? '☐' : glyph;
    if (!signs.includes(sign)) signs.push(sign);
    signs.length = signs.indexOf(sign) + 1;
    const box = isSign(glyph) ? `${boxOf(glyph)} ` : '';
    return { ...piece, text: `${indent}${'  '.repeat(signs.length - 1)}- ${box}${text.slice(prefix.length)}` };
  });
}

/** A box with nothing between it and its bullet, or its text; one of an entry that was begun or given up, which is open. */
const BOX = /^(\s*)(?:([-*+]|\d{1,3}[.)])\s*)?\[\s*([xX✓✔~/>-]?)\s*\](?:(?=\s|$)|(?=\p{L}))/u;
const BULLET_SIGN = new RegExp(`^(\\s*)([-*+])\\s+${SIGN}\\s+`, 'u');
/** An entry without a box that ends with a sign, and with no other before it. */
const SIGN_AT_END = new RegExp(
  `^(\\s*(?:[-*+]|\\d{1,3}[.)])\\s+)((?!\\[[ xX]\\])(?:(?!${SIGN}).)+?)\\s*${SIGN}\\s*$`,
  'u',
);

function unifyBox(text: string): string {
  return text
    .replace(BOX, (whole, indent: string, marker: string | undefined, sign: string, at: number) => {
      const isGlued = /\S/.test(text.charAt(at + whole.length));
      if (isGlued && marker === undefined) return whole;
      return `${indent}${marker ?? '-'} [${/[xX✓✔]/.test(sign) ? 'x' : ' '}]${isGlued ? ' ' : ''}`;
    })
    .replace(BULLET_SIGN, (_, indent: string, marker: string, sign: string) => `${indent}${marker} ${boxOf(sign)} `)
    .replace(
      SIGN_AT_END,
      (_, bullet: string, entry: string, _none: string, sign: string) => `${bullet}${boxOf(sign)} ${entry}`,
    );
}

/** A label such as `Target:` or `**Local smoke report:**`: a capital, few words, a colon. */
const LABEL = /^(?:\*\*|__)?\p{Lu}[\p{L}\p{N}/+&() _-]{0,60}:(?:\*\*|__)?(?:\s|$)/u;
const SENTENCE_END = /[.:;!?]["”')*_`]*$/;

/** Puts every bullet that hangs at the end of another line on a line of its own: `in_progress - Owner:`. */
function splitGluedBullets(pieces: readonly Piece[]): Piece[] {
  return pieces.flatMap((piece) => {
    if (piece.literal || /^\s*(?:\||#)/.test(piece.text) || !/\S [-•](?: |$)/.test(piece.text)) return [piece];
    const [indent = ''] = /^\s*/.exec(piece.text) ?? [];
    const parts = splitAtBullets(piece.text);
    return parts.map((text, index) => ({ ...piece, text: index === 0 ? text : `${indent}- ${text}`.trimEnd() }));
  });
}

function splitAtBullets(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (const { index } of text.matchAll(/(?<=\S) [-•](?= |$)/g)) {
    const before = text.slice(start, index);
    const after = text.slice(index + 2).trimStart();
    if (!/[\p{L}\p{N}]/u.test(before) || !startsBullet(before.slice(-8), after)) continue;
    parts.push(before);
    start = text.length - after.length;
  }
  return [...parts, text.slice(start)];
}

function startsBullet(before: string, after: string): boolean {
  if (after === '' || LABEL.test(after)) return true;
  return SENTENCE_END.test(before) && /^["“*`[(]*\p{Lu}/u.test(after);
}

const LONE_BULLET = /^\s*(?:[-–—*+•]|--|[-*+]\s*\[[ x]\])\s*$/;

/** Gives a bullet that stands alone on its line the text of the next line, unless that begins something of its own. */
function joinLoneBullets(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  let waiting: Piece | undefined;
  for (const piece of pieces) {
    const isLone = !piece.literal && LONE_BULLET.test(piece.text);
    if (waiting !== undefined && !isLone) {
      if (piece.text === '' && !piece.literal) {
        result.push(piece);
        continue;
      }
      const takes = piece.literal !== true && !beginsBlock(piece.text);
      if (takes)
        result.push({
          text: `${waiting.text.trimEnd()} ${piece.text.trimStart()}`,
          lines: [...waiting.lines, ...piece.lines],
        });
      else result.push({ ...BLANK, lines: waiting.lines }, piece);
      waiting = undefined;
      continue;
    }
    if (waiting !== undefined) result.push({ ...BLANK, lines: waiting.lines });
    waiting = isLone ? piece : undefined;
    if (!isLone) result.push(piece);
  }
  return waiting === undefined ? result : [...result, { ...BLANK, lines: waiting.lines }];
}

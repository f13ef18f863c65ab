import { BLANK, beginsBlock, type Piece } from './lines.ts';
import { fieldAt } from './labels.ts';
import { fieldOf } from '../read/vocabulary.ts';

/**
 * Writes headings that lost their `#` as Markdown headings: lines with the paragraph mark or anchor of a rendered page,
 * underlined ones, bold ones, `1) Title` over bullets or a table, and short title-like lines between paragraphs.
 */
export function markHeadings(pieces: readonly Piece[]): Piece[] {
  const marked = underlined(pieces);
  const explicit = marked.some((piece) => levelOf(piece) !== undefined || ANCHOR.test(piece.text));
  const first = marked.findIndex((piece) => piece.text !== '');
  const result: Piece[] = [];
  let afterHeading = false;
  for (const [index, piece] of marked.entries()) {
    const standing: Standing = { explicit, afterHeading, isFirst: index === first };
    const level: number | undefined = piece.literal ? undefined : headingLevel(marked, index, standing);
    if (piece.text !== '') afterHeading = level !== undefined;
    if (level === undefined) result.push(piece);
    else result.push(BLANK, { ...piece, text: `${'#'.repeat(level)} ${titleOf(piece.text)}` }, BLANK);
  }
  return result;
}

/** The paragraph mark, or an empty link to itself, that documentation sites put behind a heading. */
const ANCHOR = /\s*(?:¶|\[\s*[¶#§🔗]?\s*\]\(#[^)]*\))\s*$/u;
const NUMBERED = /^(\d{1,2}(?:\.\d{1,2}){0,3})[.)]?\s+(?=\S)/;

function levelOf(piece: Piece): number | undefined {
  return piece.literal ? undefined : /^ {0,3}(#{1,6})(?:\s|$)/.exec(piece.text)?.[1]?.length;
}

function titleOf(text: string): string {
  return text
    .replace(/^\s*#{1,6}\s+/, '')
    .replace(ANCHOR, '')
    .replace(/^\*\*(.*)\*\*:?$/, '$1')
    .trim();
}

interface Standing {
  /** The document has headings that nobody had to guess. */
  readonly explicit: boolean;
  /** The line with text before it is a heading. */
  readonly afterHeading: boolean;
  /** First line with text. */
  readonly isFirst: boolean;
}

function headingLevel(pieces: readonly Piece[], index: number, standing: Standing): number | undefined {
  const piece = pieces[index];
  if (piece === undefined || piece.text === '') return undefined;
  const written = levelOf(piece);
  if (written !== undefined) return ANCHOR.test(piece.text) ? written : undefined;
  if (ANCHOR.test(piece.text) && !/^\s*[-*+|>]/.test(piece.text))
    return standing.isFirst ? 1 : depthOfNumber(piece.text);
  if (/^[\s|>]/.test(piece.text) || beginsBlock(piece.text.replace(NUMBERED, ''))) return undefined;
  if (isNumberedHeading(pieces, index)) return depthOfNumber(piece.text);
  if (/^\d{1,3}[.)]\s/.test(piece.text)) return undefined;
  if (standing.isFirst && isTitle(piece.text)) return 1;
  const free = standing.afterHeading || isFree(pieces, index);
  return free && isTitleLike(pieces, index) ? (standing.explicit ? 3 : 2) : undefined;
}

function depthOfNumber(text: string): number {
  const number = NUMBERED.exec(text)?.[1];
  return number === undefined ? 2 : Math.min(6, 1 + number.split('.').length);
}

/** `text` over `===` or `---`, with a blank line or a rule above. */
function underlined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const above = result.at(-1);
    const sign = piece.literal ? undefined : /^(=+|-{3,})\s*$/.exec(piece.text)?.[1]?.[0];
    const stands = /^$|^#{1,6}\s|-->\s*$/.test(result.at(-2)?.text ?? '');
    const heads = above !== undefined && above.text !== '' && !above.literal && !beginsBlock(above.text) && stands;
    if (sign === undefined || !heads || above.text.length > 120) {
      result.push(piece);
      continue;
    }
    const text = `${sign === '=' ? '#' : '##'} ${above.text.trim()}`;
    result[result.length - 1] = { text, lines: [...above.lines, ...piece.lines] };
  }
  return result;
}

/** `3. Title`, when bullets, a table, fields or prose follow instead of the next number of a list. */
function isNumberedHeading(pieces: readonly Piece[], index: number): boolean {
  const text = pieces[index]?.text ?? '';
  if (!/^\d{1,2}(?:\.\d{1,2}){0,3}[.)]\s/.test(text) || !isTitle(text.replace(NUMBERED, ''))) return false;
  const listed = /^\d{1,2}[.)]\s/;
  const next = following(pieces, index);
  if (next === undefined || /^\s+\S/.test(next) || listed.test(next)) return false;
  return !listed.test(pieces[index - 1]?.text ?? '');
}

/** The first line after `index` that is not blank. */
function following(pieces: readonly Piece[], index: number): string | undefined {
  for (let at = index + 1; at < pieces.length; at += 1) {
    const text = pieces[at]?.text ?? '';
    if (text !== '') return text;
  }
  return undefined;
}

/** True when the line before is finished, so that this one can begin something new. */
function isFree(pieces: readonly Piece[], index: number): boolean {
  const before = pieces[index - 1];
  if (before === undefined || before.text === '' || before.literal) return true;
  if (/^\s*(?:#{1,6}\s|\||(?:[-*_]\s*){3,}$)/.test(before.text)) return true;
  if (partsBoxes(pieces, index)) return true;
  const isBullet = /^\s*[-*+]\s/.test(before.text);
  if (isBullet && /:[*_]*$/.test(before.text)) return false;
  return (
    /[.!?:;)\]”"][*_`]*$/.test(before.text.trimEnd()) || (!isBullet && /(?:\.\w{2,5}|^\S+\/\S+)$/.test(before.text))
  );
}

const BOX = /^[-*+] \[[ x]\] /;
/** Nobody breaks a line that is shorter. */
const SHORT = 60;

/** A line at the margin between the boxes of a list, which the one above was too short to be broken into. */
function partsBoxes(pieces: readonly Piece[], index: number): boolean {
  const [before, piece, after] = [index - 1, index, index + 1].map((at) => pieces[at]?.text ?? '');
  return BOX.test(before!) && before!.length < SHORT && /^\S/.test(piece!) && BOX.test(after!);
}

function isTitleLike(pieces: readonly Piece[], index: number): boolean {
  const text = (pieces[index]?.text ?? '').trim();
  const next = following(pieces, index);
  if (next === undefined || !isTitle(text)) return false;
  const field = fieldAt(text)?.field ?? fieldOf(text.replaceAll('**', '').replace(/:$/, ''));
  if (field !== undefined && field !== 'goal') return false;
  if (/^\*\*[^*]+\*\*:?$/.test(text)) return true;
  if (text.endsWith(':')) return text.split(/\s+/).length <= 6 || /^\s*[-*+]\s/.test(next);
  const above = pieces[index - 1]?.text ?? '';
  const leads = (/^\s*(?:[-*+]\s|\|)/.test(next) && above === '') || partsBoxes(pieces, index);
  return leads ? text.split(/\s+/).length <= 6 : isTitleCase(text) && /^[\p{Lu}\d("“/*-]/u.test(next.trimStart());
}

/** Short, begins with a capital or a digit, ends without a full stop, lists nothing outside parentheses. */
function isTitle(text: string): boolean {
  const plain = text.replace(ANCHOR, '').replaceAll(/[*`]/g, '').trim();
  if (plain.length > 110 || plain.split(/\s+/).length > 14 || !/^[\p{Lu}\d]/u.test(plain)) return false;
  if (/[.!?;,]$/.test(plain) || /https?:\/\//.test(plain) || /^\S*\/\S*$/.test(plain)) return false;
  return true;
}

/** Every longer word has a capital or a digit, and no commas stand outside parentheses. */
function isTitleCase(text: string): boolean {
  const plain = text.replaceAll(/\([^)]*\)/g, '').trim();
  if (plain.includes(',') || /[:=]\s/.test(plain) || /\(.*,.*,/.test(text)) return false;
  return plain.split(/[\s/]+/).every((word) => word.length <= 3 || /[\p{Lu}\d]/u.test(word));
}

/** A word of a text, lower-case, with the clause it stands in. */
export interface Word {
  readonly text: string;
  /** Without the commonest endings, to compare with other texts. */
  readonly stem: string;
  readonly at: number;
  readonly clause: number;
}

const SMALL = new Set(
  'a an and are as at be before by do does each every for from has have how if in into is it its no none not of on only or other our own so such than that the their them then they this those to up was we what when where which who will with within without'.split(
    ' ',
  ),
);

/** Words of a text. A clause ends with a full stop, semicolon, question mark or line end. */
export function readWords(text: string): Word[] {
  const words: Word[] = [];
  for (const [clause, part] of text
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/[.;!?\n•](?=\s|$)/)
    .entries()) {
    for (const [token] of part.matchAll(/[\p{L}\p{N}_']+/gu)) {
      words.push({ text: token, stem: SMALL.has(token) ? '' : stemOf(token), at: words.length, clause });
    }
  }
  return words;
}

function stemOf(word: string): string {
  if (word.length <= 4) return word;
  return word.replace(/(?:ations?|ings?|ies|ed|es|s)$/, '');
}

/** A name of the spec for a title: lower case, digits and dashes, at most `length` characters. */
export function slugOf(title: string, length = 60): string {
  const plain = title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/['’`]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  if (plain.length <= length) return plain;
  const cut = plain.slice(0, length + 1);
  const end = cut.lastIndexOf('-');
  return cut.slice(0, end > length / 2 ? end : length).replaceAll(/-+$/g, '');
}

/** A title without its number, paragraph marks and trailing colon. */
export function bareTitle(title: string): string {
  return title
    .replace(/^\s*\d{1,2}(?:\.\d{1,2}){0,3}[.):]?\s+/, '')
    .replace(/:\s*$/, '')
    .trim();
}

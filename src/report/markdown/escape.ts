import { visible } from '../text/visible.ts';

/** A character that GitHub drops from what it shows but that keeps `@name` and `#1` from becoming links. */
const BREAK = '&#8203;';

/** Text for a place where Markdown is read: nothing in it is markup, a mention, a reference or a link. */
export function mdText(text: string): string {
  return htmlText(text)
    .replaceAll(/[\\`*_{}[\]~|]/g, entity)
    .replace(/^[-+=]/, entity)
    .replace(/^(\d+)\./, (_, digits: string) => `${digits}&#46;`);
}

/** A code span. What would end it, or a table's cell, is written as HTML instead. */
export function mdCode(text: string): string {
  const content = visible(text).trim();
  if (content === '') return '';
  return /[`|]/.test(content) ? `<code>${mdText(content)}</code>` : `\`${content}\``;
}

/** Text for the inside of an HTML tag that stands in Markdown, `<summary>` say. */
export function htmlText(text: string): string {
  return visible(text)
    .trim()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('#', `&#35;${BREAK}`)
    .replaceAll('@', `@${BREAK}`)
    .replaceAll('://', `:${BREAK}//`)
    .replaceAll(/\bwww\./gi, (www) => `${www.slice(0, 3)}${BREAK}.`);
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

import { flatten } from './fields.ts';
import { linksIn } from './links.ts';
import type { Block } from './outline.ts';
import { addDraft, addProse, type Context, type Reading } from './reading.ts';
import { splitLabel } from './rich.ts';
import type { Note } from '../types.ts';
import { titleOf } from './titles.ts';

const RULE = /\b(?:requires?|required|must|blocked|unless|only (?:if|when|after)|at least|may not|cannot|needs?)\b/i;

/** Reads the rules of a launch: which tracks or controls must be how far before what. */
export function readGate(reading: Reading, context: Context, blocks: readonly Block[]): void {
  for (const entry of flatten(blocks)) {
    const text = entry.rich.text;
    const isRule = entry.checked !== undefined || entry.shape === 'bullet' || RULE.test(text);
    if (text === '' || !isRule) {
      addProse(reading, context, entry.lines);
      continue;
    }
    const { title, statement } = titleOf(entry.rich);
    const kind =
      entry.checked === undefined && (RULE.test(text) || splitLabel(entry.rich) === undefined) ? 'gate' : 'requirement';
    addDraft(reading, context, {
      kind,
      lines: entry.lines,
      title,
      statement,
      notes: referencesOf(text),
      evidence: linksIn(entry.rich),
      launch: true,
    });
  }
}

/** Numbers of the tracks or items that a rule names: `items 1–5 and 7`. */
function referencesOf(text: string): Note[] {
  const named =
    /\b(?:items?|tracks?|controls?|sections?|steps?)\s+((?:\d{1,3}(?:\s*(?:-|–|to|through)\s*\d{1,3})?(?:\s*(?:,|and|&)\s*)?)+)/i.exec(
      text,
    )?.[1];
  if (named === undefined) return [];
  const numbers = [...named.matchAll(/(\d{1,3})(?:\s*(?:-|–|to|through)\s*(\d{1,3}))?/gi)].flatMap(([, from, to]) => {
    const [first, last] = [Number(from), Number(to ?? from)];
    return Array.from({ length: Math.min(100, Math.max(0, last - first + 1)) }, (_, index) => first + index);
  });
  const status = /\bin[ _-]?progress/i.test(text)
    ? 'in_progress'
    : /\b(?:done|complete|satisfied|closed)/i.test(text)
      ? 'done'
      : undefined;
  return [
    { label: 'tracks', text: numbers.join(', ') },
    ...(status === undefined ? [] : [{ label: 'status', text: status }]),
  ];
}

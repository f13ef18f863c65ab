import type { ControlMeta } from '../../model/control.ts';
import type { Field, Matcher } from './match.ts';
import type { Draft, Reading } from '../read/reading.ts';
import type { ItemKind, Match } from '../types.ts';

/** A draft with the controls it was matched to. */
export interface Settled {
  readonly draft: Draft;
  readonly matches: readonly Match[];
  readonly candidates: readonly Match[];
}

/** Controls that an item of a kind belongs to whatever its words are. */
const BY_KIND: Partial<Readonly<Record<ItemKind, { control: ControlMeta['id']; because: string }>>> = {
  deferred: { control: 'deferred-components', because: 'it is listed as deferred' },
  sizing: { control: 'capacity-baseline', because: 'it is a row of a sizing table' },
  'sign-off': { control: 'sign-offs', because: 'it names who signs' },
};

/** Matches every draft of a document and accounts for its lines. */
export function settle(reading: Reading, matcher: Matcher): Settled[] {
  const settled: Settled[] = [];
  for (const draft of reading.drafts) {
    const { matches, candidates } = matchDraft(draft, matcher);
    const known = matches.some((match) => draft.descriptive === 'by text' || match.score >= TITLE_WEIGHT);
    if (draft.descriptive !== undefined && !known) {
      reading.book.claim(draft.lines, 'prose', draft.section.at(-1) ?? reading.path);
      continue;
    }
    reading.book.claim(draft.lines, 'item', draft.id);
    settled.push({ draft, matches, candidates });
  }
  return settled;
}

function matchDraft(draft: Draft, matcher: Matcher): { matches: readonly Match[]; candidates: readonly Match[] } {
  const own = BY_KIND[draft.kind];
  if (own !== undefined && matcher.knows(own.control)) {
    return { matches: [{ control: own.control, score: 3, because: own.because }], candidates: [] };
  }
  // A rule of a gate is about tracks and controls as a whole; it is no requirement of one control.
  return draft.kind === 'gate' ? { matches: [], candidates: [] } : matcher.match(fieldsOf(draft));
}

/** Above what any two mentions elsewhere add up to is not asked: one in the title outweighs one in the text. */
const TITLE_WEIGHT = 3;

const RATIONALE = /^(?:why|rationale|reason|notes?|purpose|comments?)\b/i;

function fieldsOf(draft: Draft): Field[] {
  const notes = draft.notes.map(({ label, text }) => ({
    name: label ?? 'text',
    text,
    weight: label !== undefined && RATIONALE.test(label) ? 1 : 2,
  }));
  const title = draft.title.replace(/ …$/, '');
  const said = draft.statement.startsWith(title) ? draft.statement.slice(title.length) : draft.statement;
  const statement =
    said === '' ? [] : [{ name: draft.doneWhen === undefined ? 'text' : '“done when”', text: said, weight: 2 }];
  const heading = { name: 'heading', text: draft.section.at(-1) ?? '', weight: 0.5 };
  const scope = draft.scope.map((text) => ({ name: 'scope', text, weight: 2 }));
  return [{ name: 'title', text: draft.title, weight: TITLE_WEIGHT }, ...statement, ...notes, ...scope, heading];
}

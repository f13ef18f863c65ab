import type { ControlMeta } from '../../model/control.ts';
import { SYNONYMS } from './synonyms.ts';
import type { Match } from '../types.ts';
import { readWords, type Word } from './words.ts';

/** A text of an item, where it stands, and how much a hit there says. */
export interface Field {
  readonly name: string;
  readonly text: string;
  readonly weight: number;
}

/** Least weight of a field whose hit is sure. Hits in a rationale or a heading only make candidates. */
const SURE = 2;
const MOST_MATCHES = 8;
const MOST_CANDIDATES = 3;
/** Share of a control's own words, by rarity, that an item must have to be a candidate without a phrase. */
const CANDIDATE_OVERLAP = 0.45;
/** How many other words may stand between the words of a phrase. */
const GAP = 3;

interface Pattern {
  readonly terms: readonly (readonly string[])[];
}

interface Entry {
  readonly meta: ControlMeta;
  readonly patterns: readonly Pattern[];
  readonly titleWords: readonly string[];
  readonly words: ReadonlySet<string>;
}

/** Finds the controls that a text speaks of: by phrases, by a control's own name, and as candidates by shared words. */
export class Matcher {
  private readonly entries: readonly Entry[];
  private readonly rarity: ReadonlyMap<string, number>;

  constructor(catalog: readonly ControlMeta[]) {
    this.entries = catalog.map(readEntry);
    this.rarity = rarityOf(this.entries);
  }

  knows(control: string): boolean {
    return this.entries.some((entry) => entry.meta.id === control);
  }

  match(fields: readonly Field[]): { matches: Match[]; candidates: Match[] } {
    const texts = fields.map((field) => ({ field, words: readWords(field.text) }));
    const scored = this.entries.map((entry) => this.score(entry, texts)).filter((match) => match !== undefined);
    scored.sort((a, b) => b.score - a.score || (a.control < b.control ? -1 : 1));
    const matches = scored
      .filter((match) => match.sure)
      .map(plain)
      .slice(0, MOST_MATCHES);
    const candidates = matches.length > 0 ? [] : scored.slice(0, MOST_CANDIDATES).map(plain);
    return { matches, candidates };
  }

  private score(entry: Entry, texts: readonly Located[]): Scored | undefined {
    const hits = texts.flatMap(({ field, words }) => findPhrases(entry, words).map((phrase) => ({ field, phrase })));
    if (hits.length > 0) {
      const score = hits.reduce((sum, hit) => sum + hit.field.weight, 0);
      return {
        control: entry.meta.id,
        score,
        because: describe(hits),
        sure: hits.some((hit) => hit.field.weight >= SURE),
      };
    }
    const all = new Set(texts.flatMap(({ words }) => words.map((word) => word.stem)));
    const shared = [...entry.words].filter((word) => all.has(word));
    const overlap = this.weigh(shared) / Math.max(1e-9, this.weigh([...entry.words]));
    if (shared.length < 2 || overlap < CANDIDATE_OVERLAP) return undefined;
    return {
      control: entry.meta.id,
      score: overlap,
      because: `shares ${shared.map((word) => `“${word}”`).join(', ')}`,
      sure: false,
    };
  }

  private weigh(words: readonly string[]): number {
    return words.reduce((sum, word) => sum + (this.rarity.get(word) ?? 0), 0);
  }
}

interface Scored extends Match {
  readonly sure: boolean;
}

function plain({ control, score, because }: Scored): Match {
  return { control, score, because };
}

interface Located {
  readonly field: Field;
  readonly words: readonly Word[];
}

function describe(hits: readonly { field: Field; phrase: string }[]): string {
  const seen = new Set(hits.map((hit) => `“${hit.phrase}” in the ${hit.field.name}`));
  return [...seen].slice(0, 3).join(', ');
}

function readEntry(meta: ControlMeta): Entry {
  const phrases = (SYNONYMS[meta.id] ?? '').split(', ').filter((phrase) => phrase !== '');
  const patterns = phrases.map((text) => ({ terms: text.split(' ').map((term) => term.split('|')) }));
  const titleWords = stems(meta.title);
  const words = new Set(stems(`${meta.title} ${meta.id.replaceAll('-', ' ')}`));
  return { meta, patterns, titleWords, words };
}

function stems(text: string): string[] {
  return readWords(text)
    .map((word) => word.stem)
    .filter((stem) => stem !== '');
}

function rarityOf(entries: readonly Entry[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const entry of entries) for (const word of entry.words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return new Map([...counts].map(([word, count]) => [word, Math.log(1 + entries.length / count)]));
}

/** The words of the text that make a phrase of the control, as they stand there. */
function findPhrases(entry: Entry, words: readonly Word[]): string[] {
  const found = entry.patterns.flatMap((pattern) => findPattern(pattern, words) ?? []);
  const own = findPattern({ terms: entry.titleWords.map((word) => [`${word}*`]) }, words);
  return own !== undefined && entry.titleWords.length > 1 ? [...found, own] : found;
}

function findPattern({ terms }: Pattern, words: readonly Word[]): string | undefined {
  const [first = [], ...others] = terms;
  const reach = terms.length + GAP;
  for (const [at, word] of words.entries()) {
    if (!isOneOf(word, first)) continue;
    const near = words.slice(Math.max(0, at - reach + 1), at + reach).filter((other) => other.clause === word.clause);
    const used = [word];
    const complete = others.every((term) => {
      const hit = near.find((other) => !used.includes(other) && isOneOf(other, term));
      if (hit !== undefined) used.push(hit);
      return hit !== undefined;
    });
    if (complete)
      return used
        .sort((a, b) => a.at - b.at)
        .map((hit) => hit.text)
        .join(' ');
  }
  return undefined;
}

function isOneOf(word: Word, alternatives: readonly string[]): boolean {
  return alternatives.some((term) =>
    term.endsWith('*') ? word.text.startsWith(term.slice(0, -1)) : word.text === term,
  );
}

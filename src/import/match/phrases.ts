import type { Word } from './words.ts';

/** How many other words may stand between the words of a phrase. */
const GAP = 3;

/** A phrase of a text that speaks of something, as it stands there. */
export interface PhraseHit<T> {
  readonly about: T;
  readonly phrase: string;
}

interface Pattern<T> {
  readonly about: T;
  /** Terms that must all be near each other: numbers of alternatives. */
  readonly terms: readonly number[];
}

/**
 * Finds many phrases in a text at once. A phrase is words separated by spaces, each `a|b*`: alternatives, and beginnings
 * of words. A text is looked at word by word, so the cost grows with the text and its hits, not with the phrases.
 */
export class PhraseIndex<T> {
  private readonly terms = new Map<string, number>();
  private readonly whole = new Map<string, Set<number>>();
  private readonly beginnings = new Map<string, Set<number>>();
  private readonly byFirstTerm = new Map<number, Pattern<T>[]>();

  add(about: T, phrase: string): void {
    const terms = phrase.split(' ').map((term) => this.termOf(term));
    const [first] = terms;
    if (first === undefined) return;
    const pattern = { about, terms };
    this.byFirstTerm.set(first, [...(this.byFirstTerm.get(first) ?? []), pattern]);
  }

  find(words: readonly Word[]): PhraseHit<T>[] {
    const places = this.placesOf(words);
    const hits: PhraseHit<T>[] = [];
    for (const first of places.keys()) {
      for (const pattern of this.byFirstTerm.get(first) ?? []) {
        const phrase = findPattern(pattern.terms, places);
        if (phrase !== undefined) hits.push({ about: pattern.about, phrase });
      }
    }
    return hits;
  }

  private termOf(term: string): number {
    const known = this.terms.get(term);
    if (known !== undefined) return known;
    const number = this.terms.size;
    this.terms.set(term, number);
    for (const alternative of term.split('|')) {
      if (alternative.endsWith('*')) note(this.beginnings, alternative.slice(0, -1), number);
      else for (const form of [alternative, `${alternative}s`]) note(this.whole, form, number);
    }
    return number;
  }

  /** For each term the words that satisfy it, in order. */
  private placesOf(words: readonly Word[]): Map<number, Word[]> {
    const places = new Map<number, Word[]>();
    for (const word of words) {
      const terms = new Set(this.whole.get(word.text));
      for (let end = 1; end <= Math.min(word.text.length, 40); end += 1) {
        for (const term of this.beginnings.get(word.text.slice(0, end)) ?? []) terms.add(term);
      }
      for (const term of terms) {
        const known = places.get(term);
        if (known === undefined) places.set(term, [word]);
        else known.push(word);
      }
    }
    return places;
  }
}

function note(map: Map<string, Set<number>>, key: string, number: number): void {
  const known = map.get(key) ?? new Set();
  map.set(key, known.add(number));
}

function findPattern(terms: readonly number[], places: ReadonlyMap<number, readonly Word[]>): string | undefined {
  const [first = -1, ...others] = terms;
  const reach = terms.length + GAP;
  if (others.some((term) => !places.has(term))) return undefined;
  for (const word of places.get(first) ?? []) {
    const used = [word];
    const isNear = (other: Word) =>
      Math.abs(other.at - word.at) < reach && other.clause === word.clause && !used.includes(other);
    for (const term of others) {
      const hit = places.get(term)?.find(isNear);
      if (hit !== undefined) used.push(hit);
    }
    if (used.length === terms.length)
      return used
        .sort((a, b) => a.at - b.at)
        .map((hit) => hit.text)
        .join(' ');
  }
  return undefined;
}

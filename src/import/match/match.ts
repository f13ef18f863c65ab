import type { ControlMeta } from '../../model/control.ts';
import type { Match } from '../types.ts';
import { PhraseIndex } from './phrases.ts';
import { SYNONYMS } from './synonyms.ts';
import { readWords } from './words.ts';

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

interface Hit {
  readonly field: Field;
  readonly phrase: string;
}

/** Finds the controls that a text speaks of: by phrases, by a control's own name, and as candidates by shared words. */
export class Matcher {
  private readonly phrases = new PhraseIndex<string>();
  /** Words of each control's title and id. */
  private readonly vocabulary: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly rarity: ReadonlyMap<string, number>;

  constructor(catalog: readonly ControlMeta[]) {
    for (const meta of catalog) for (const phrase of phrasesOf(meta)) this.phrases.add(meta.id, phrase);
    this.vocabulary = new Map(
      catalog.map((meta) => [meta.id, new Set(stems(`${meta.title} ${meta.id.replaceAll('-', ' ')}`))]),
    );
    this.rarity = rarityOf([...this.vocabulary.values()]);
  }

  knows(control: string): boolean {
    return this.vocabulary.has(control);
  }

  match(fields: readonly Field[]): { matches: Match[]; candidates: Match[] } {
    const byControl = this.hitsOf(fields);
    const sure = [...byControl].filter(([, hits]) => hits.some((hit) => hit.field.weight >= SURE));
    if (sure.length > 0) return { matches: ranked(sure.map(toMatch)).slice(0, MOST_MATCHES), candidates: [] };
    const named = [...byControl].map(toMatch);
    const shared = named.length > 0 ? [] : this.sharing(fields);
    return { matches: [], candidates: ranked([...named, ...shared]).slice(0, MOST_CANDIDATES) };
  }

  private hitsOf(fields: readonly Field[]): Map<string, Hit[]> {
    const byControl = new Map<string, Hit[]>();
    for (const field of fields) {
      for (const { about, phrase } of this.phrases.find(readWords(field.text))) {
        const known = byControl.get(about);
        if (known === undefined) byControl.set(about, [{ field, phrase }]);
        else known.push({ field, phrase });
      }
    }
    return byControl;
  }

  /** Controls with which a text shares a good part of their own words. */
  private sharing(fields: readonly Field[]): Match[] {
    const all = new Set(fields.flatMap((field) => stems(field.text)));
    return [...this.vocabulary].flatMap(([control, words]) => {
      const shared = [...words].filter((word) => all.has(word));
      const overlap = this.weigh(shared) / Math.max(1e-9, this.weigh([...words]));
      if (shared.length < 2 || overlap < CANDIDATE_OVERLAP) return [];
      return [{ control, score: overlap, because: `shares ${shared.map((word) => `“${word}”`).join(', ')}` }];
    });
  }

  private weigh(words: readonly string[]): number {
    return words.reduce((sum, word) => sum + (this.rarity.get(word) ?? 0), 0);
  }
}

function toMatch([control, hits]: readonly [string, readonly Hit[]]): Match {
  const score = hits.reduce((sum, hit) => sum + hit.field.weight, 0);
  const own = hits.filter((hit) => hit.field.weight >= 1);
  const seen = new Set((own.length > 0 ? own : hits).map((hit) => `“${hit.phrase}” in the ${hit.field.name}`));
  return { control, score, because: [...seen].slice(0, 3).join(', ') };
}

function ranked(matches: readonly Match[]): Match[] {
  return [...matches].sort((a, b) => b.score - a.score || (a.control < b.control ? -1 : 1));
}

/** What people write about a control, and its own title where that is more than one word. */
function phrasesOf(meta: ControlMeta): string[] {
  const known = (SYNONYMS[meta.id] ?? '').split(', ').filter((phrase) => phrase !== '');
  const title = stems(meta.title);
  return title.length > 1 ? [...known, title.map((stem) => `${stem}*`).join(' ')] : known;
}

function stems(text: string): string[] {
  return readWords(text)
    .map((word) => word.stem)
    .filter((stem) => stem !== '');
}

function rarityOf(vocabularies: readonly ReadonlySet<string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const words of vocabularies) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return new Map([...counts].map(([word, count]) => [word, Math.log(1 + vocabularies.length / count)]));
}

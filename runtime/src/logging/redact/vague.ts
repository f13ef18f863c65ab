/**
 * Names that say too little by themselves: `STRIPE_KEY` holds a secret and `cache_key` does not, and both end in "key". Under such a name a
 * value is a secret if it looks drawn at random, as credentials of issuers do and names, paths and identifiers do not.
 */
import type { Extent } from './values.ts';

/** The last word, with another before it. */
const LAST = /[a-z\d] (?:key|pat|salt|crumb|hec|encrypt|api)$/;
/** Keys of data, which may be digests, and those that are there to be shown. */
const OF_DATA =
  /(?:^primary|\b(?:public|pub|cache|cached|foreign|partition|sort|shard|hash|range|object|s3|file|blob|bucket|idempotency|dedup|deduplication|row|message|record|group|index|unique|lookup|map|lock|mutex|job|task|build|layer|artifact|content|etag|query|entity|item|resource|candidate|surrogate)) key$/;
/** Characters of the shortest value that is looked at. */
export const SHORTEST = 20;
const RANDOM = /^(?=[^]{0,256}[\w+/=~-]{16})[\w+/=.~-]{20,512}$/;
const VALUE = /[ \t]{0,8}\\{0,8}["'`]?([\w+/=.~-]{20,512})(?![\w+/=.~-])/y;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CHANGE = /\d(?=[A-Za-z])|[A-Za-z](?=\d)/g;
/** How often letters and digits take turns in what is drawn at random, at the least: once in so many characters. */
const TURN = 12;
const MIN_TURNS = 3;

/** `words` are those of the name, in lower case with a blank between them. */
export function isVagueName(words: string): boolean {
  return LAST.test(words) && !OF_DATA.test(words);
}

/** The value at `from`, with or without a quote before it, if it looks random. */
export function randomValue(text: string, from: number): Extent | undefined {
  VALUE.lastIndex = from;
  const value = VALUE.exec(text)?.[1];
  if (value === undefined || !looksRandom(value)) return undefined;
  return { start: VALUE.lastIndex - value.length, end: VALUE.lastIndex };
}

export function looksRandom(value: string): boolean {
  if (!RANDOM.test(value) || UUID.test(value)) return false;
  return (value.match(CHANGE)?.length ?? 0) >= Math.max(MIN_TURNS, value.length / TURN);
}

/**
 * Answers "perhaps" or "no" for texts of all kinds together, by one look at one word of memory: a Bloom filter whose bits of one text lie in
 * the same word. Whoever asks looks a "perhaps" up in the map. A question to a map of a million keys misses the processor's caches several
 * times, one to the filter at most once. Bits of what was removed stay until the filter grows.
 */
const SMALLEST = 2 ** 11;
/** 16 MiB, more than the largest list needs. Beyond, more questions reach the maps. */
const LARGEST = 2 ** 22;
const GROWTH = 4;
/** Two texts to a word of 32 bits: about one in a hundred that are not in the list is "perhaps". */
const PER_WORD = 2;
/** Texts taken over with each one that is added, while a filter grows: nothing waits for all of them. */
const MOVED = 8;

type MaybeHash = number | undefined;

export class Filter {
  #words: Int32Array;
  #count = 0;
  #larger: { readonly words: Int32Array; readonly rest: Iterator<number> } | undefined;

  /** With room for so many from the start, it need not grow. */
  constructor(expected: number) {
    let size = SMALLEST;
    while (size < LARGEST && size * PER_WORD < expected) size *= GROWTH;
    this.#words = new Int32Array(size);
  }

  /** `all` are the hashes of everything so far, asked for when the filter grows. It may change while it is read. */
  add(hash: number, all: () => Iterator<number>): void {
    this.#count += 1;
    mark(this.#words, hash);
    if (this.#larger !== undefined) this.#grow(this.#larger, hash);
    else if (this.#count > this.#words.length * PER_WORD && this.#words.length < LARGEST)
      this.#larger = { words: new Int32Array(this.#words.length * GROWTH), rest: all() };
  }

  mayHave(hash: number): boolean {
    const bits = bitsOf(hash);
    return ((this.#words[hash & (this.#words.length - 1)] as number) & bits) === bits;
  }

  /**
   * Whether none of five is there; undefined never is. All are looked at at once: one after the other, each would wait for memory by
   * itself.
   */
  hasNone(a: MaybeHash, b: MaybeHash, c: MaybeHash, d: MaybeHash, e: MaybeHash): boolean {
    const hasA = a !== undefined && this.mayHave(a);
    const hasB = b !== undefined && this.mayHave(b);
    const hasC = c !== undefined && this.mayHave(c);
    const hasD = d !== undefined && this.mayHave(d);
    const hasE = e !== undefined && this.mayHave(e);
    return !(hasA || hasB || hasC || hasD || hasE);
  }

  #grow({ words, rest }: { words: Int32Array; rest: Iterator<number> }, hash: number): void {
    mark(words, hash);
    for (let moved = 0; moved < MOVED; moved += 1) {
      const { done, value } = rest.next();
      if (done === true) {
        this.#words = words;
        this.#larger = undefined;
        return;
      }
      mark(words, value);
    }
  }
}

function mark(words: Int32Array, hash: number): void {
  const at = hash & (words.length - 1);
  words[at] = (words[at] as number) | bitsOf(hash);
}

/** Three bits of a word, by another mixture of the hash than the word's place. */
function bitsOf(hash: number): number {
  const mixed = Math.imul(hash, 0x9e3779b1);
  return (1 << (mixed >>> 27)) | (1 << (mixed >>> 22)) | (1 << (mixed >>> 17));
}

/**
 * FNV-1a over at most eight characters spread over the text, the last first, finished as in MurmurHash3. Texts that agree in all eight share
 * their bits: that costs them a look at the map and changes no answer.
 */
export function hashOf(value: string, seed: number): number {
  const last = value.length - 1;
  let hash = Math.imul(seed ^ last, 0x9e3779b1);
  if (last < 8) {
    for (let at = last; at >= 0; at -= 1) hash = Math.imul(hash ^ value.charCodeAt(at), PRIME);
  } else {
    const step = (last / 7) | 0;
    hash = Math.imul(hash ^ value.charCodeAt(0), PRIME);
    for (let at = last, left = 7; left > 0; at -= step, left -= 1) hash = Math.imul(hash ^ value.charCodeAt(at), PRIME);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

const PRIME = 0x01000193;

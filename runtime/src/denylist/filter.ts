/**
 * One bit per hash, for all texts of a list together: a question that it denies needs no map, whose every look-up among a million
 * keys misses the processor's caches. It may be wrong only in saying "perhaps". Bits of what was removed stay.
 */
const SMALLEST = 2 ** 16;
/** 2 MiB: sixteen bits for each of a million entries. Beyond, more questions reach the maps. */
const LARGEST = 2 ** 24;
const GROWTH = 4;
const BITS_PER_ENTRY = 16;
const SAMPLES = 8;

export class Filter {
  #bits: Uint32Array;
  #mask: number;
  #count = 0;

  /** With room for so many from the start, it need not grow. */
  constructor(expected: number) {
    let size = SMALLEST;
    while (size < LARGEST && size < expected * BITS_PER_ENTRY) size *= GROWTH;
    this.#bits = new Uint32Array(size / 32);
    this.#mask = size - 1;
  }

  /** `all` are the hashes of everything so far, asked for when the filter grows. */
  add(hash: number, all: () => Iterable<number>): void {
    this.#count += 1;
    if (this.#count * BITS_PER_ENTRY > this.#mask && this.#mask < LARGEST - 1) {
      this.#mask = (this.#mask + 1) * GROWTH - 1;
      this.#bits = new Uint32Array((this.#mask + 1) / 32);
      for (const one of all()) this.#mark(one);
    }
    this.#mark(hash);
  }

  mayHave(hash: number): boolean {
    const bit = hash & this.#mask;
    return (((this.#bits[bit >>> 5] as number) >>> (bit & 31)) & 1) !== 0;
  }

  #mark(hash: number): void {
    const bit = hash & this.#mask;
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) | (1 << (bit & 31));
  }
}

/**
 * FNV-1a over at most eight characters spread over the text, finished as in MurmurHash3. Texts that agree in all eight share a bit: that
 * costs them a look at the map and changes no answer.
 */
export function hashOf(value: string, seed: number): number {
  const { length } = value;
  let hash = Math.imul(seed ^ length, 0x9e3779b1);
  if (length <= SAMPLES)
    for (let at = 0; at < length; at += 1) hash = Math.imul(hash ^ value.charCodeAt(at), 0x01000193);
  else {
    const step = (length - 1) / (SAMPLES - 1);
    for (let sample = 0; sample < SAMPLES; sample += 1)
      hash = Math.imul(hash ^ value.charCodeAt((sample * step) | 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

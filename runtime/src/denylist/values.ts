import { hashOf, type Filter } from './filter.ts';

/** A map of a million entries stands still for tens of milliseconds when it grows. Many small ones grow one at a time. */
const SHARDS = 256;

/** Values of one kind and the ids of the entries that name them: nearly always one. */
export class Values {
  readonly #seed: number;
  readonly #filter: Filter;
  readonly #shards: readonly Map<string, number | number[]>[] = Array.from({ length: SHARDS }, () => new Map());
  #size = 0;

  /** The filter is of all kinds together, so the seed is this kind's own: a value means another thing under another kind. */
  constructor(seed: number, filter: Filter) {
    this.#seed = seed;
    this.#filter = filter;
  }

  get size(): number {
    return this.#size;
  }

  /** For the filter. */
  hash(value: string): number {
    return hashOf(value, this.#seed);
  }

  /** The hash of a value that may be here; undefined where it cannot, because there is none or nothing is. */
  hashIfAny(value: string | undefined): number | undefined {
    return value === undefined || this.#size === 0 ? undefined : hashOf(value, this.#seed);
  }

  /** `all` are the hashes of all kinds. */
  add(value: string, id: number, all: () => Iterator<number>): void {
    const hash = this.hash(value);
    const shard = this.#shardOf(hash);
    const ids = shard.get(value);
    if (ids === id || (Array.isArray(ids) && ids.includes(id))) return;
    this.#filter.add(hash, all);
    shard.set(value, ids === undefined ? id : Array.isArray(ids) ? [...ids, id] : [ids, id]);
    this.#size += 1;
  }

  remove(value: string, id: number): void {
    const shard = this.#shardOf(this.hash(value));
    const ids = shard.get(value);
    if (ids === undefined) return;
    const rest = (Array.isArray(ids) ? ids : [ids]).filter((one) => one !== id);
    this.#size -= (Array.isArray(ids) ? ids.length : 1) - rest.length;
    const [first] = rest;
    if (first === undefined) shard.delete(value);
    else shard.set(value, rest.length === 1 ? first : rest);
  }

  /** The id of an entry that names the value. */
  find(value: string | undefined): number | undefined {
    if (value === undefined) return undefined;
    const hash = this.hash(value);
    if (!this.#filter.mayHave(hash)) return undefined;
    const ids = this.#shardOf(hash).get(value);
    return Array.isArray(ids) ? ids[0] : ids;
  }

  *entries(): Generator<[value: string, id: number]> {
    for (const shard of this.#shards)
      for (const [value, ids] of shard) for (const id of Array.isArray(ids) ? ids : [ids]) yield [value, id];
  }

  *hashes(): Generator<number> {
    for (const shard of this.#shards) for (const value of shard.keys()) yield this.hash(value);
  }

  #shardOf(hash: number): Map<string, number | number[]> {
    return this.#shards[hash >>> 24] as Map<string, number | number[]>;
  }
}

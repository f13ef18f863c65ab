import type { Digest } from '../model/digest.ts';
import type { LedgerStorage } from '../model/ledger-storage.ts';
import { tileOf } from './layout.ts';
import { leafEnvelope } from './leaf.ts';
import { readEntries } from './tile-store.ts';
import { TILE_WIDTH } from './tiles.ts';

/** Where each envelope stands in the log. Read only when somebody offers an envelope that is already stored. */
export class DigestIndex {
  readonly #storage: LedgerStorage;
  readonly #indexes = new Map<Digest, number>();
  #size = 0;

  constructor(storage: LedgerStorage) {
    this.#storage = storage;
  }

  /** The first index of an envelope among the first `size` entries. Reads the bundles that it has not read yet. */
  async find(digest: Digest, size: number): Promise<number | undefined> {
    while (this.#size < size) await this.#readOn(size);
    return this.#indexes.get(digest);
  }

  async #readOn(size: number): Promise<void> {
    const bundle = Math.floor(this.#size / TILE_WIDTH);
    const { entries } = await readEntries(this.#storage, tileOf('entries', bundle, size));
    for (const entry of entries.slice(this.#size % TILE_WIDTH)) {
      const digest = leafEnvelope(entry);
      if (!this.#indexes.has(digest)) this.#indexes.set(digest, this.#size);
      this.#size += 1;
    }
  }
}

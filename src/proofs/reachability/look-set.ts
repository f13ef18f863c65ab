/** A set of small numbers: a list while it has few members, a bitset once it has many. */
export class LookSet {
  readonly id: number;
  readonly size: number;
  /** Whether membership is kept in bits; then asking is cheaper than listing. */
  readonly dense: boolean;
  readonly #members: readonly number[];
  readonly #bits: Uint32Array | undefined;

  constructor(id: number, members: ReadonlySet<number>, universe: number) {
    this.id = id;
    this.size = members.size;
    this.dense = members.size * 32 > universe && universe > 32;
    this.#members = this.dense ? [] : [...members];
    this.#bits = this.dense ? new Uint32Array((universe >> 5) + 1) : undefined;
    if (this.#bits !== undefined) for (const member of members) this.#bits[member >> 5]! |= 1 << (member & 31);
  }

  has(member: number): boolean {
    if (this.#bits === undefined) return this.#members.includes(member);
    return ((this.#bits[member >> 5] ?? 0) & (1 << (member & 31))) !== 0;
  }

  *[Symbol.iterator](): Generator<number> {
    if (this.#bits === undefined) {
      yield* this.#members;
      return;
    }
    for (const [word, bits] of this.#bits.entries()) {
      for (let rest = bits; rest !== 0; rest &= rest - 1) yield (word << 5) + 31 - Math.clz32(rest & -rest);
    }
  }
}

/** A partition of 0…size-1 that is refined by sets: members that some set tells apart end in different blocks. */
export class Partition {
  readonly #block: Int32Array;
  #count: number;

  constructor(size: number) {
    this.#block = new Int32Array(size);
    this.#count = size === 0 ? 0 : 1;
  }

  get count(): number {
    return this.#count;
  }

  blockOf(member: number): number {
    return this.#block[member] ?? 0;
  }

  /** Moves each member to a block for its old block and its mark; those that are not named keep theirs. Linear in the members. */
  refine(members: Iterable<readonly [member: number, mark: number | string]>): void {
    const moved = new Map<string, number>();
    for (const [member, mark] of members) {
      const key = `${this.#block[member]} ${mark}`;
      let block = moved.get(key);
      if (block === undefined) {
        block = this.#count;
        this.#count += 1;
        moved.set(key, block);
      }
      this.#block[member] = block;
    }
  }

  /** The members of each block that has any. */
  blocks(): number[][] {
    const found = new Map<number, number[]>();
    for (const [member, block] of this.#block.entries()) {
      const members = found.get(block);
      if (members === undefined) found.set(block, [member]);
      else members.push(member);
    }
    return [...found.values()];
  }
}

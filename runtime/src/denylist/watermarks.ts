interface Mark {
  /** Second by the id of the entry that says it. */
  readonly seconds: Map<number, number>;
  highest: number;
  highestId: number;
}

/** Per value, the latest second at or before which nothing issued is good any more. */
export class Watermarks {
  readonly #marks = new Map<string, Mark>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(value: string, id: number, second: number): void {
    const mark = this.#marks.get(value) ?? { seconds: new Map<number, number>(), highest: -1, highestId: 0 };
    if (!mark.seconds.has(id)) this.#size += 1;
    mark.seconds.set(id, second);
    if (second > mark.highest) Object.assign(mark, { highest: second, highestId: id });
    this.#marks.set(value, mark);
  }

  remove(value: string, id: number): void {
    const mark = this.#marks.get(value);
    if (mark === undefined || !mark.seconds.delete(id)) return;
    this.#size -= 1;
    if (mark.seconds.size === 0) this.#marks.delete(value);
    const [highestId, highest] = [...mark.seconds].reduce((best, one) => (one[1] > best[1] ? one : best), [0, -1]);
    Object.assign(mark, { highest, highestId });
  }

  /** The id of the entry that refuses a token issued in this second. */
  find(value: string, second: number): number | undefined {
    const mark = this.#marks.get(value);
    return mark !== undefined && second <= mark.highest ? mark.highestId : undefined;
  }

  *entries(): Generator<[value: string, id: number, second: number]> {
    for (const [value, { seconds }] of this.#marks) for (const [id, second] of seconds) yield [value, id, second];
  }
}

/**
 * Finds which of many selectors may select given labels without asking each: every selector is filed under the rarest of its
 * equalities, and only those filed under a label that is there are candidates. The caller asks the candidates.
 */
export class SelectorIndex<T> {
  readonly #filed = new Map<string, number[]>();
  /** Without an equality to be filed under. */
  readonly #open: number[] = [];
  readonly #items: readonly T[];

  /** `equalities`: labels with the values that an item demands, `matchLabels` or the selector of a Service. */
  constructor(items: readonly T[], equalities: (item: T) => Readonly<Record<string, string>>) {
    this.#items = items;
    const pairs = items.map((item) => Object.entries(equalities(item)).map(([key, value]) => `${key}=${value}`));
    const uses = new Map<string, number>();
    for (const pair of pairs.flat()) uses.set(pair, (uses.get(pair) ?? 0) + 1);
    for (const [at, own] of pairs.entries()) this.#file(at, own, uses);
  }

  #file(at: number, pairs: readonly string[], uses: ReadonlyMap<string, number>): void {
    const [first, ...rest] = pairs;
    if (first === undefined) {
      this.#open.push(at);
      return;
    }
    const rarest = rest.reduce((least, pair) => ((uses.get(pair) ?? 0) < (uses.get(least) ?? 0) ? pair : least), first);
    const bucket = this.#filed.get(rarest);
    if (bucket === undefined) this.#filed.set(rarest, [at]);
    else bucket.push(at);
  }

  /** Items that may select the labels, in their order. */
  candidates(labels: Readonly<Record<string, string>>): T[] {
    const found = [...this.#open];
    for (const key in labels) found.push(...(this.#filed.get(`${key}=${labels[key]}`) ?? []));
    return found.sort((a, b) => a - b).map((at) => this.#items[at] as T);
  }
}

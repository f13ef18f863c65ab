import type { LineAccount } from '../types.ts';

type Purpose = LineAccount['as'];

/** What outranks what where one source line holds several things. */
const RANK: Readonly<Record<Purpose, number>> = { item: 5, track: 4, unplaced: 3, prose: 2, heading: 1, separator: 0 };

/** Keeps what each line of one document became, so that none is lost without a word. */
export class LineBook {
  private readonly accounts = new Map<number, { as: Purpose; of?: string }>();

  /** Accounts for lines. A line that has an account keeps it unless the new one outranks it. */
  claim(lines: readonly number[], as: Purpose, of?: string): void {
    for (const line of lines) {
      const known = this.accounts.get(line);
      if (known !== undefined && RANK[known.as] >= RANK[as]) continue;
      this.accounts.set(line, of === undefined ? { as } : { as, of });
    }
  }

  has(line: number): boolean {
    return this.accounts.has(line);
  }

  /** Accounts in the order of lines. */
  list(path: string): LineAccount[] {
    return [...this.accounts]
      .sort(([a], [b]) => a - b)
      .map(([line, { as, of }]) => (of === undefined ? { path, line, as } : { path, line, as, of }));
  }
}

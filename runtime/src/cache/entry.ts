/** What is kept under a key, as one string, so that one GET says all there is to know. */
export interface Entry {
  /** Absent: there is none, which is known too. */
  readonly v?: unknown;
  /** Unix ms of the load; freshness and staleness count from here. */
  readonly storedAt: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
  /** Grows with each refresh of the key. */
  readonly ver: number;
}

/** Undefined for what is no entry: it is then loaded again and written over. */
export function parseEntry(text: string | null): Entry | undefined {
  if (text === null) return undefined;
  try {
    const entry = JSON.parse(text) as Partial<Entry> | null;
    const numbers = [entry?.storedAt, entry?.freshUntil, entry?.staleUntil, entry?.ver];
    return numbers.every((one) => Number.isFinite(one)) ? (entry as Entry) : undefined;
  } catch {
    return undefined;
  }
}

/** Throws on what a JSON string cannot give back. */
export function serialise(entry: Entry): string {
  return JSON.stringify(entry);
}

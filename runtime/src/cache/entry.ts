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

/** For how long a value may be served, in ms from its load. */
export interface Limits {
  readonly freshMs: number;
  readonly staleMs: number;
  /** Unix ms. */
  readonly now?: () => number;
}

/** Milliseconds by which the clocks of processes may differ. */
const SKEW = 5000;

/**
 * Undefined for what is no entry: it is then loaded again and written over. One that was written under longer limits is held to those of whoever
 * serves it: limits that are shortened hold at once. One from further ahead than clocks differ is never fresh: it would be so for as long as the
 * clock of whoever wrote it is ahead.
 */
export function parseEntry(text: string | null, { freshMs, staleMs, now = Date.now }: Limits): Entry | undefined {
  if (text === null) return undefined;
  try {
    const entry = JSON.parse(text) as Partial<Entry> | null;
    const numbers = [entry?.storedAt, entry?.freshUntil, entry?.staleUntil, entry?.ver];
    if (!numbers.every((one) => Number.isFinite(one))) return undefined;
    const sound = entry as Entry;
    // Nothing would be newer: beyond, one more is the same number.
    if (sound.ver >= Number.MAX_SAFE_INTEGER) return undefined;
    const isAhead = sound.storedAt > now() + SKEW;
    return {
      ...sound,
      freshUntil: isAhead ? 0 : Math.min(sound.freshUntil, sound.storedAt + freshMs),
      staleUntil: Math.min(sound.staleUntil, sound.storedAt + staleMs),
    };
  } catch {
    return undefined;
  }
}

/**
 * @throws TypeError for a value that JSON cannot hold: a bigint, a circle, and what it would leave out (a function, say), which would then be known
 * as "there is none". RangeError above `maxBytes`.
 */
export function serialise({ v, ...rest }: Entry, maxBytes: number): string {
  const text = JSON.stringify({ v, ...rest });
  if (v !== undefined && !text.startsWith('{"v":')) throw new TypeError(`JSON cannot hold a ${typeof v}`);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw new RangeError(`it has ${bytes} bytes, more than ${maxBytes}`);
  return text;
}

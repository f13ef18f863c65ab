import type { LedgerEntry } from '../model/evidence.ts';
import { LaunchgateError } from '../model/errors.ts';
import { parseInstant } from '../model/instant.ts';

/** The log as it stood at an instant: the entries that had been sequenced by then. Its length is the tree size. */
export interface Snapshot {
  readonly entries: readonly LedgerEntry[];
  readonly size: number;
  readonly at: Date;
}

/**
 * Resolves `--at` to a tree size: the longest run of entries from the start that were all sequenced by then. The policy
 * version follows from walking exactly these. Throws `usage` for a time that is none or lies after `now`.
 */
export function snapshotAt(entries: readonly LedgerEntry[], at: string, now: Date): Snapshot {
  const instant = parseInstant(at);
  if (instant === undefined) {
    throw new LaunchgateError('usage', `${at} is not a time with its zone`, {
      next: 'Write it as 2026-03-01T12:00:00Z.',
    });
  }
  if (instant > now) {
    throw new LaunchgateError('usage', `${at} lies in the future`, { next: 'Replay a time that has passed.' });
  }
  const later = entries.findIndex(({ sequencedAt }) => !(Date.parse(sequencedAt) <= instant.getTime()));
  const size = later === -1 ? entries.length : later;
  const [first] = entries;
  if (size === 0 && first !== undefined) {
    throw new LaunchgateError('usage', `${at} lies before the first entry of the log, of ${first.sequencedAt}`, {
      next: 'Replay a later time.',
    });
  }
  return { entries: entries.slice(0, size), size, at: instant };
}

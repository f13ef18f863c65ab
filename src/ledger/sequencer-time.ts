import { LaunchgateError } from '../model/errors.ts';
import type { LedgerStorage } from '../model/ledger-storage.ts';
import type { Frontier } from './frontier.ts';
import { tileOf } from './layout.ts';
import { decodeLeaf } from './leaf.ts';
import { corrupt, readEntries } from './tile-store.ts';
import { TILE_WIDTH } from './tiles.ts';

/** How far a clock may fall behind the last entry before that is no longer taken for jitter. */
const MOST_BEHIND_MS = 5 * 60 * 1000;

/**
 * The time of the next entries. It never falls behind that of the last one, so that a time names one size of the log.
 * Throws `refused` where the clock is more than five minutes behind: one of the two times is wrong.
 */
export function stamp(now: Date, last: number): { time: string; millis: number } {
  const millis = Math.max(now.getTime(), last);
  if (!(last - now.getTime() <= MOST_BEHIND_MS))
    throw new LaunchgateError(
      'refused',
      `The clock says ${now.toISOString()}, but the last entry of the ledger is of ${new Date(last).toISOString()}.`,
      {
        next: 'Set this clock right, then append again. Where it is right, another ran ahead as that entry was logged: wait until then, since times of a log never go back.',
      },
    );
  return { time: new Date(millis).toISOString(), millis };
}

/** The time of the last entry, in milliseconds; 0 for an empty log. */
export async function lastTime(storage: LedgerStorage, frontier: Frontier): Promise<number> {
  if (frontier.size === 0) return 0;
  const last = frontier.entries.at(-1) ?? (await lastOfFullBundle(storage, frontier.size));
  const leaf = last === undefined ? undefined : decodeLeaf(last);
  if (leaf === undefined)
    throw corrupt('ledger/tile/entries', `entry ${frontier.size - 1} is not a leaf of this ledger`);
  return Date.parse(leaf.time);
}

async function lastOfFullBundle(storage: LedgerStorage, size: number): Promise<Uint8Array | undefined> {
  const { entries } = await readEntries(storage, tileOf('entries', Math.floor(size / TILE_WIDTH) - 1, size));
  return entries.at(-1);
}

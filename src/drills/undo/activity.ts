/** Takes back what a drill in a file did, in the way that the file says. */
import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import { act } from '../file/act.ts';
import { placeSchema, reopen } from '../file/place.ts';
import { nothingGivenUpRuns } from '../file/program.ts';
import { undoSchema } from '../file/schema.ts';
import { scratchRoot } from '../run/scratch.ts';
import { within } from '../run/within.ts';
import { UNDO_MS, type UndoKind } from './types.ts';

const data = z.strictObject({
  what: z.string(),
  activity: undoSchema,
  place: placeSchema,
  /** What its programs run in and its relative paths are of. Journals of older versions have none. */
  folder: z.string().optional(),
});

export const activity: UndoKind<z.infer<typeof data>> = {
  kind: 'activity',
  data,
  describe: ({ what }) => `take back "${what}"`,
  async undo({ activity: { timeout, ...way }, place, folder = process.cwd() }, signal) {
    // What a step was doing when it was given up would go on while it is taken back.
    await nothingGivenUpRuns();
    const target = await reopen(place);
    try {
      await within(timeout === undefined ? UNDO_MS : seconds(timeout) * 1000, signal, (own) =>
        act(way, { target: target.capabilities(useOf(own)), signal: own, folder }),
      );
    } finally {
      await target.close();
    }
  },
};

function useOf(signal: AbortSignal) {
  const before = () => Promise.resolve({ now: () => Promise.resolve() });
  return { signal, undo: { before }, run: '', scratch: scratchRoot() };
}

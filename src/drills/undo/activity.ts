/** Takes back what a drill in a file did, in the way that the file says. */
import { z } from 'zod';
import { perform } from '../file/perform.ts';
import { placeSchema, reopen } from '../file/place.ts';
import { activitySchema } from '../file/schema.ts';
import { scratchRoot } from '../run/scratch.ts';
import type { UndoKind } from './types.ts';

const data = z.strictObject({ what: z.string(), activity: activitySchema, place: placeSchema });

export const activity: UndoKind<z.infer<typeof data>> = {
  kind: 'activity',
  data,
  describe: ({ what }) => `take back "${what}"`,
  async undo({ activity: way, place }, signal) {
    const target = await reopen(place);
    const capabilities = target.capabilities({
      signal,
      undo: { before: () => Promise.resolve({ now: () => Promise.resolve() }) },
      run: '',
      scratch: scratchRoot(),
    });
    try {
      const value = await perform(way, { target: capabilities, signal });
      if (way.command?.value === 'exit' && value !== 0) throw new Error(`${way.command.run[0]} ended with ${value}`);
      if (way.http?.value === 'status' && value >= 400) throw new Error(`it was answered with ${value}`);
    } finally {
      await target.close();
    }
  },
};

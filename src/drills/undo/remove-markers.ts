import { tmpdir } from 'node:os';
import { z } from 'zod';
import { openLab } from '../lab/open.ts';
import { labStore } from '../targets/lab/backups/stores.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string(), store: z.string() });

/** Takes what a drill has written into a store of the lab out again. */
export const removeMarkers: UndoKind<z.infer<typeof data>> = {
  kind: 'remove-markers',
  data,
  describe: ({ store }) => `take the drill's markers out of ${store}`,
  async undo({ directory, store }, signal) {
    const open = await openLab(directory);
    if (open === undefined) return;
    const before = () => Promise.reject(new RangeError('nothing is made worse while something is undone'));
    await labStore(open, store, { signal, undo: { before }, run: 'undo', scratch: tmpdir() })?.unmark();
  },
};

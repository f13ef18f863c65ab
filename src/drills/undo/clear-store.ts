import { tmpdir } from 'node:os';
import { z } from 'zod';
import type { UndoKind } from './types.ts';

/** `settings`: path of the file that says how the environment is reached, and names its secrets. */
const data = z.object({ environment: z.string(), settings: z.string(), store: z.string(), run: z.string() });

/** Removes what a run has left in a store of an environment: its markers, copies and backups. */
export const clearStore: UndoKind<z.infer<typeof data>> = {
  kind: 'clear-store',
  data,
  describe: ({ store, environment }) => `remove what the drill made in ${store} of ${environment}`,
  async undo({ environment, settings: file, store, run }, signal) {
    // Loaded then only: undo kinds are part of every target.
    const [{ environmentStore }, { readSettings }] = await Promise.all([
      import('../targets/environment/backups.ts'),
      import('../targets/environment/settings.ts'),
    ]);
    const before = () => Promise.reject(new RangeError('nothing is made worse while something is undone'));
    const use = { signal, undo: { before }, run, scratch: tmpdir() };
    await environmentStore(readSettings(environment, file, process.env), store, use)?.clear();
  },
};

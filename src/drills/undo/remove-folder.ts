import { rmSync } from 'node:fs';
import { z } from 'zod';
import { isScratch } from '../run/scratch.ts';
import type { UndoKind } from './types.ts';

const data = z.object({
  folder: z.string().refine(isScratch, { message: 'expected the scratch folder of a drill' }),
});

/** Removes the scratch folder of a run. A journal is a file: only a path that a run would choose is believed. */
export const removeFolder: UndoKind<z.infer<typeof data>> = {
  kind: 'remove-folder',
  data,
  describe: ({ folder }) => `remove ${folder}`,
  undo({ folder }) {
    rmSync(folder, { recursive: true, force: true });
    return Promise.resolve();
  },
};

import { existsSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { down } from '../lab/down.ts';
import { isScratch } from '../run/scratch.ts';
import type { UndoKind } from './types.ts';

/** In the scratch folder of a run: the second platform. */
export const SITE = 'site';

const data = z.object({
  directory: z.string().refine((path) => basename(path) === SITE && isScratch(dirname(path)), {
    message: 'expected a site in the scratch folder of a drill',
  }),
});

/** Ends a platform that a drill has stood up beside the first, whole or half. */
export const takeDown: UndoKind<z.infer<typeof data>> = {
  kind: 'take-down',
  data,
  describe: () => 'take the second platform down',
  async undo({ directory }) {
    if (!existsSync(directory)) return;
    await down({ directory, keep: false, watch: () => undefined });
    rmSync(directory, { recursive: true, force: true });
  },
};

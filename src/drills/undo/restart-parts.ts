import { z } from 'zod';
import { openLab } from '../lab/open.ts';
import { restartParts as restartAll } from '../lab/restart.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string(), parts: z.array(z.string()) });

/** Restarts parts as the lab had them: without the settings that a drill gave them. */
export const restartParts: UndoKind<z.infer<typeof data>> = {
  kind: 'restart-parts',
  data,
  describe: ({ parts }) => `restart ${parts.join(', ')} as they were`,
  async undo({ directory, parts }, signal) {
    const open = await openLab(directory);
    if (open === undefined) return;
    await restartAll(open, parts, signal);
  },
};

import { z } from 'zod';
import { openLab } from '../lab/open.ts';
import { pagerClient } from '../targets/lab/pager.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string() });

/** Lets the pager escalate, and wait for beats, as its settings say. */
export const pagerPace: UndoKind<z.infer<typeof data>> = {
  kind: 'pager-pace',
  data,
  describe: () => 'let the pager escalate as its settings say',
  async undo({ directory }, signal) {
    const open = await openLab(directory);
    if (open !== undefined) await pagerClient(open.lab, signal).pace({ escalation: 1, deadMan: 1 });
  },
};

import { z } from 'zod';
import { takeFromDisk } from '../faults/disk.ts';
import { openLab } from '../lab/open.ts';
import { restartPart } from '../lab/restart.ts';
import { withDataStep } from '../targets/lab/faults/data.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string(), part: z.string() });

/** Takes the small disk of a part's data away, between its end and its start; what it has written there stays. */
export const wholeDisk: UndoKind<z.infer<typeof data>> = {
  kind: 'whole-disk',
  data,
  describe: ({ part }) => `give ${part} its own disk back`,
  async undo({ directory, part }, signal) {
    const open = await openLab(directory);
    if (open === undefined) return;
    await restartPart(withDataStep(open, part, takeFromDisk), part, signal);
  },
};

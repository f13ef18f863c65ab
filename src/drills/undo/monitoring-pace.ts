import { z } from 'zod';
import { openLab } from '../lab/open.ts';
import { setTiming } from '../lab/parts/observability/index.ts';
import { LAB_TIMING } from '../lab/parts/observability/timing.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string() });

/** Lets the rules and the routing of a lab run at the speed that they are written with. */
export const monitoringPace: UndoKind<z.infer<typeof data>> = {
  kind: 'monitoring-pace',
  data,
  describe: () => 'let alerts run at the speed they are written with',
  async undo({ directory }, signal) {
    const open = await openLab(directory);
    if (open !== undefined) await setTiming(open.lab, LAB_TIMING, signal);
  },
};

import { z } from 'zod';
import { runs } from '../lab/run/proc.ts';
import type { UndoKind } from './types.ts';

const data = z.object({
  part: z.string(),
  processes: z.array(z.object({ pid: z.int().positive(), startedAt: z.int().nonnegative() })),
});

/** Lets stopped processes go on, those that are still the same. */
export const thaw: UndoKind<z.infer<typeof data>> = {
  kind: 'thaw',
  data,
  first: true,
  describe: ({ part }) => `thaw ${part}`,
  undo({ processes }) {
    for (const one of processes) if (runs(one)) process.kill(one.pid, 'SIGCONT');
    return Promise.resolve();
  },
};

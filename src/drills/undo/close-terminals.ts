import { z } from 'zod';
import { closeKept } from '../terminals/open.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ key: z.string() });

/** Closes terminals that a run left open. Where that run's process has ended, so have they. */
export const closeTerminals: UndoKind<z.infer<typeof data>> = {
  kind: 'close-terminals',
  data,
  describe: () => 'close the terminals',
  undo: async ({ key }) => closeKept(key),
};

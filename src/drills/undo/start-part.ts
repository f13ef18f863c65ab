import { z } from 'zod';
import { openLab } from '../lab/open.ts';
import { restartPart } from '../lab/restart.ts';
import { recordedProcess } from '../lab/run/state.ts';
import { runs } from '../lab/run/proc.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string(), part: z.string() });

/** Starts a part of the lab that does not run, or never became ready. One that is ready is left alone. */
export const startPart: UndoKind<z.infer<typeof data>> = {
  kind: 'start-part',
  data,
  describe: ({ part }) => `start ${part}`,
  async undo({ directory, part }, signal) {
    const open = await openLab(directory);
    if (open === undefined) return;
    const id = recordedProcess(open.state, part);
    if (id !== undefined && runs(id) && open.state.parts[part]?.phase === 'ready' && (await isReady())) return;
    await restartPart(open, part, signal);

    async function isReady(): Promise<boolean> {
      try {
        await open?.parts.find(({ name }) => name === part)?.ready?.(open.lab, signal);
        return true;
      } catch {
        return false;
      }
    }
  },
};

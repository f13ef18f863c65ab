import { z } from 'zod';
import { openLab, type OpenLab } from '../lab/open.ts';
import { restartPart } from '../lab/restart.ts';
import { recordedProcess } from '../lab/run/state.ts';
import { runs } from '../lab/run/proc.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string(), part: z.string() });

/**
 * Starts a part of the lab that does not run, or never became ready. One that is ready is left alone. What it needs is started before it: a fault
 * that is older may have ended that, and is taken back later.
 */
export const startPart: UndoKind<z.infer<typeof data>> = {
  kind: 'start-part',
  data,
  describe: ({ part }) => `start ${part}`,
  async undo({ directory, part }, signal) {
    const open = await openLab(directory);
    if (open === undefined) return;
    if (isRunning(open, part) && open.state.parts[part]?.phase === 'ready' && (await isReady(open, part, signal)))
      return;
    for (const need of partOf(open, part)?.needs ?? [])
      if (partOf(open, need)?.once !== true && open.lab.has(need) && !isRunning(open, need))
        await restartPart(open, need, signal);
    await restartPart(open, part, signal);
  },
};

const partOf = ({ parts }: OpenLab, part: string) => parts.find(({ name }) => name === part);

function isRunning({ state }: OpenLab, part: string): boolean {
  const id = recordedProcess(state, part);
  return id !== undefined && runs(id);
}

async function isReady(open: OpenLab, part: string, signal: AbortSignal): Promise<boolean> {
  try {
    await partOf(open, part)?.ready?.(open.lab, signal);
    return true;
  } catch {
    return false;
  }
}

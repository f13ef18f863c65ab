import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openLab, type OpenLab } from '../lab/open.ts';
import { restartPart } from '../lab/restart.ts';
import { lockLab } from '../lab/run/place.ts';
import { endPart } from '../lab/run/stop.ts';
import type { UndoKind } from './types.ts';

const PRIMARY = 'postgres';
const REPLICA = 'postgres-replica';

const data = z.object({ directory: z.string() });

/**
 * Brings the killed primary back as it was, and makes a new replica of it. Services know the primary's address only, so nothing but the drill has
 * written to the promoted replica, whose history is thrown away.
 */
export const rebuildStandby: UndoKind<z.infer<typeof data>> = {
  kind: 'rebuild-standby',
  data,
  describe: () => `bring ${PRIMARY} back, and make ${REPLICA} anew`,
  async undo({ directory }, signal) {
    const open = await openLab(directory);
    if (open === undefined) return;
    if ((await isReady(open, PRIMARY, signal)) && (await isReady(open, REPLICA, signal))) return;
    await removeReplica(open);
    if (!(await isReady(open, PRIMARY, signal))) await restartPart(open, PRIMARY, signal);
    await restartPart(open, REPLICA, signal);
  },
};

/** Without its data the primary waits for no replica when it starts, and the replica is copied from it when that does. */
async function removeReplica({ lab, state }: OpenLab): Promise<void> {
  const lock = await lockLab(lab.directory);
  try {
    await endPart(lab.directory, state, REPLICA);
    rmSync(join(lab.folder(REPLICA), 'data'), { recursive: true, force: true });
  } finally {
    await lock.release();
  }
}

async function isReady({ lab, parts }: OpenLab, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await parts.find((part) => part.name === name)?.ready?.(lab, signal);
    return true;
  } catch {
    return false;
  }
}

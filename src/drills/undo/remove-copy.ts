import { realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { allProcesses, workingFolder, type ProcessInfo } from '../lab/run/proc.ts';
import { removeSegments } from '../lab/run/shared-memory.ts';
import { isScratch } from '../run/scratch.ts';
import type { UndoKind } from './types.ts';

const POLL_MS = 20;
const COPY = /^[a-z0-9][a-z0-9._-]*-[0-9a-f]{6}$/;

const data = z.object({
  folder: z.string().refine((path) => COPY.test(basename(path)) && isScratch(dirname(path)), {
    message: 'expected a folder in the scratch folder of a drill',
  }),
});

/**
 * Ends a restored server and removes its folder. Whoever works in that folder belongs to it: servers start there, and their children stay. What is in it is a
 * copy, so nothing of it is worth an orderly end.
 */
export const removeCopy: UndoKind<z.infer<typeof data>> = {
  kind: 'remove-copy',
  data,
  describe: ({ folder }) => `end and remove the copy ${basename(folder)}`,
  async undo({ folder }, signal) {
    const made = statSync(folder, { throwIfNoEntry: false });
    if (made === undefined) return;
    const pids = new Set<number>();
    for (let left = workersIn(folder); left.length > 0; left = workersIn(folder)) {
      signal.throwIfAborted();
      for (const { pid } of left) {
        pids.add(pid);
        kill(pid);
      }
      await sleep(POLL_MS);
    }
    removeSegments({ startedAt: made.birthtime.toISOString() }, pids);
    rmSync(folder, { recursive: true, force: true });
  },
};

function workersIn(folder: string): ProcessInfo[] {
  const home = realpathSync(folder);
  return allProcesses().filter(({ pid }) => {
    const at = pid === process.pid ? undefined : workingFolder(pid);
    return at === home || at?.startsWith(home + sep) === true;
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

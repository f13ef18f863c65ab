import { z } from 'zod';
import { allProcesses, startedWith } from '../lab/run/proc.ts';
import { endProcess } from '../lab/run/stop.ts';
import type { UndoKind } from './types.ts';

/** Variable of the environment that every process of a drill is started with; its value is the run's id. */
export const RUN_MARK = 'LAUNCHGATE_DRILL';
const PATIENCE_MS = 2000;

const data = z.object({ run: z.string().regex(/^[0-9a-f]{12}$/) });

/** Ends every process that a run has started beside the target, and their children. */
export const endProcesses: UndoKind<z.infer<typeof data>> = {
  kind: 'end-processes',
  data,
  // What one of them still does to the target would outlast the way back.
  first: true,
  describe: ({ run }) => `end the processes of run ${run}`,
  async undo({ run }, signal) {
    for (let left = processesOf(run); left.length > 0 && !signal.aborted; left = processesOf(run))
      await Promise.all(left.map((id) => endProcess(id, 'SIGTERM', PATIENCE_MS)));
  },
};

/** Servers show a title of their own in place of their environment, so children count by their parents. */
function processesOf(run: string) {
  const everything = allProcesses().filter(({ pid }) => pid !== process.pid);
  const parents = new Map(everything.map(({ pid, parent }) => [pid, parent]));
  const marked = new Set(everything.filter(({ pid }) => startedWith(pid, RUN_MARK) === run).map(({ pid }) => pid));
  const isOf = (pid: number): boolean => {
    for (let at = pid; at > 1; at = parents.get(at) ?? 0) if (marked.has(at)) return true;
    return false;
  };
  return everything.filter(({ pid }) => isOf(pid));
}

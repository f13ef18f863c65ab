/**
 * Which processes belong to a lab, whoever started them and whatever has happened since. Four marks are asked, because servers lose
 * them: PostgreSQL and nginx overwrite their environment with a title, backends of PostgreSQL leave the session, and the workers of a
 * killed nginx have no parent left.
 */
import { sep } from 'node:path';
import { allProcesses, executable, startedWith, workingFolder, type ProcessInfo } from './proc.ts';
import { recordedProcess, type LabState } from './state.ts';

/** Variable of the environment that every process of a lab is started with; its value is the lab's id. */
export const MARK = 'LAUNCHGATE_LAB';

/** Every living process of the lab, those first that were recorded. Never the calling one. */
export function ownedProcesses(directory: string, state: LabState): ProcessInfo[] {
  const everything = allProcesses().filter(({ pid }) => pid !== process.pid);
  const byPid = new Map(everything.map((info) => [info.pid, info]));
  const leaders = recordedLeaders(state);
  const files = new Set(Object.values(state.parts).map(({ file }) => file));
  const owned = new Set<number>();
  for (const info of everything) {
    if (isLeader(info) || isMarked(info) || isOfSession(info) || isStray(info)) owned.add(info.pid);
  }
  for (const info of everything) if (hasOwnedAncestor(info)) owned.add(info.pid);
  return everything.filter(({ pid }) => owned.has(pid)).toSorted((a, b) => Number(isLeader(b)) - Number(isLeader(a)));

  function isLeader({ pid, startedAt }: ProcessInfo): boolean {
    return leaders.get(pid) === startedAt;
  }

  function isMarked({ pid }: ProcessInfo): boolean {
    return startedWith(pid, MARK) === state.id;
  }

  /** Of the session that a part leads or led. Its number is not given out again while anybody is left in it. */
  function isOfSession({ pid, session }: ProcessInfo): boolean {
    const startedAt = leaders.get(session);
    if (startedAt === undefined) return false;
    const leader = byPid.get(session);
    return leader === undefined ? isInside(pid) : leader.startedAt === startedAt;
  }

  /** A program of one of the parts that works in the lab's folders. A person's shell there is none. */
  function isStray({ pid }: ProcessInfo): boolean {
    return isInside(pid) && files.has(executable(pid));
  }

  function isInside(pid: number): boolean {
    const folder = workingFolder(pid);
    return folder !== undefined && [directory, state.partsFolder].some((root) => folder.startsWith(root + sep));
  }

  function hasOwnedAncestor({ parent }: ProcessInfo): boolean {
    for (let pid = parent; pid > 1; pid = byPid.get(pid)?.parent ?? 0) if (owned.has(pid)) return true;
    return false;
  }
}

/** Start times of the recorded processes by pid. */
function recordedLeaders(state: LabState): Map<number, number> {
  const found = new Map<number, number>();
  for (const part of Object.keys(state.parts)) {
    const recorded = recordedProcess(state, part);
    if (recorded !== undefined) found.set(recorded.pid, recorded.startedAt);
  }
  return found;
}

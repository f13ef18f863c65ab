/**
 * Segments of System V shared memory, which outlive whoever made them. PostgreSQL knows by one that its cluster is in use, and leaves it when it is
 * killed; ModSecurity shares its log between the workers of nginx by one, and leaves it always.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findProgram } from './programs.ts';
import type { LabState } from './state.ts';

/** Columns of /proc/sysvipc/shm (man 5 sysvipc): id, pids of the maker and of the last who came or left, number of those attached, second of the last change. */
const [ID, MAKER, LAST, ATTACHED, CHANGED] = [1, 4, 5, 6, 13];

/**
 * Removes the segments that processes of the lab have made or used and nobody uses any more. `pids` are those processes, which have ended;
 * pids are used again, so nothing is touched that is older than the lab.
 */
export function removeSegments(state: Pick<LabState, 'startedAt'>, pids: ReadonlySet<number>): void {
  const since = Math.floor(Date.parse(state.startedAt) / 1000);
  const ipcrm = findProgram('ipcrm');
  for (const row of segments()) {
    const isOurs = pids.has(Number(row[MAKER])) || pids.has(Number(row[LAST]));
    if (ipcrm === undefined || !isOurs || Number(row[CHANGED]) < since || row[ATTACHED] !== '0') continue;
    execFileSync(ipcrm, ['-m', row[ID]!], { stdio: 'ignore' });
  }
}

function segments(): string[][] {
  try {
    const [, ...rows] = readFileSync('/proc/sysvipc/shm', 'utf8').trim().split('\n');
    return rows.map((row) => row.trim().split(/\s+/));
  } catch {
    // A kernel without System V IPC.
    return [];
  }
}

/**
 * Segments of System V shared memory, which outlive whoever made them. PostgreSQL knows by one that its cluster is in use, and leaves it when it is
 * killed; ModSecurity shares its log between the workers of nginx by one, and leaves it always.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findProgram } from './programs.ts';
import { recordedProcess, type LabState } from './state.ts';

/** Columns of /proc/sysvipc/shm (man 5 sysvipc): id, pid of the maker, number of those attached, second of the last change. */
const [ID, MAKER, ATTACHED, CHANGED] = [1, 4, 6, 13];

/** Removes the segments that the named parts have made and nobody uses any more. Call it when their processes have ended. */
export function removeSegments(state: LabState, parts = Object.keys(state.parts)): void {
  const makers = new Set(parts.map((part) => recordedProcess(state, part)?.pid));
  const since = Math.floor(Date.parse(state.startedAt) / 1000);
  const ipcrm = findProgram('ipcrm');
  for (const row of segments()) {
    const isOurs = makers.has(Number(row[MAKER])) && Number(row[CHANGED]) >= since && row[ATTACHED] === '0';
    if (isOurs && ipcrm !== undefined) execFileSync(ipcrm, ['-m', row[ID]!], { stdio: 'ignore' });
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

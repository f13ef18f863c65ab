/** The segment of System V shared memory by which PostgreSQL knows that a cluster is in use. A killed server leaves it behind. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './programs.ts';

/** Line of postmaster.pid that holds the segment's key and id (src/include/utils/pidfile.h, LOCK_FILE_LINE_SHMEM_KEY). */
const SHMEM_LINE = 7;

/** Removes the segments of clusters below the folder whose servers are gone. Call only when none of their processes is left. */
export function removeSegments(partsFolder: string): void {
  for (const segment of segmentsOf(partsFolder)) {
    const ipcrm = findProgram('ipcrm');
    if (ipcrm !== undefined && isUnused(segment)) execFileSync(ipcrm, ['-m', segment.id], { stdio: 'ignore' });
  }
}

interface Segment {
  readonly key: string;
  readonly id: string;
}

function segmentsOf(partsFolder: string): Segment[] {
  return folders(partsFolder).flatMap((part) => {
    try {
      const line = readFileSync(join(partsFolder, part, 'data', 'postmaster.pid'), 'utf8').split('\n')[SHMEM_LINE - 1];
      const [key, id] = line?.trim().split(/\s+/) ?? [];
      return key === undefined || id === undefined ? [] : [{ key, id }];
    } catch {
      return [];
    }
  });
}

/** Asked of the kernel (man 5 proc, /proc/sysvipc/shm): the id still belongs to that key, and nobody is attached. */
function isUnused({ key, id }: Segment): boolean {
  return readFileSync('/proc/sysvipc/shm', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .some((fields) => Number(fields[0]) === Number(key) && fields[1] === id && fields[6] === '0');
}

function folders(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** The folder in which a run keeps what it needs only while it lasts. Short, since paths of sockets may have 107 bytes. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

export const SCRATCH_NAME = /^launchgate-drill-[0-9a-f]{12}$/;

/** Absolute, since what is noted in a journal is read by processes that work elsewhere. */
export function scratchRoot(): string {
  return resolve(tmpdir());
}

/** Where the run's folder is. */
export function scratchOf(run: string): string {
  return join(scratchRoot(), `launchgate-drill-${run}`);
}

/** Makes it. Users of servers may pass through, and list nothing. */
export function makeScratch(folder: string): void {
  mkdirSync(folder, { mode: 0o711 });
}

/**
 * Whether the path is one that a run would choose: a journal is a file, and files may be written by anybody. The root may be any, since whoever takes
 * back what a run did may have another TMPDIR than the run had; the name may not.
 */
export function isScratch(folder: string): boolean {
  return resolve(folder) === folder && SCRATCH_NAME.test(basename(folder));
}

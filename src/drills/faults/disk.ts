/**
 * A folder of data on a disk of its own that is too small, and back again. While the disk is there, the folder as it was lies beside it. Each
 * step leaves something by which the way back knows where it stands: it may be cut short anywhere and begun anew.
 */
import { execFile } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mountMemory, mountsIn, unmount } from '../lab/run/mounts.ts';

const run = promisify(execFile);
const BLOCK = 4096;
const CHUNK = Buffer.alloc(1024 * 1024);
const BALLAST = '.launchgate-ballast';
const PROBE = '.launchgate-probe';

/** The folder as it was, a word that the disk holds all of it, and what is copied back. */
const beside = (folder: string) => ({
  whole: `${folder}.whole`,
  moved: `${folder}.moved`,
  copying: `${folder}.copying`,
  back: `${folder}.back`,
});

/** Puts the folder on a disk in memory that has so many bytes of room beside what is in it. Nobody may use it meanwhile; needs root. */
export async function moveToDisk(folder: string, roomBytes: number): Promise<void> {
  const { whole, moved } = beside(folder);
  const { uid, gid } = statSync(folder);
  const bytes = sizeOf(folder) + roomBytes;
  renameSync(folder, whole);
  mkdirSync(folder, { mode: 0o700 });
  await mountMemory(folder, Math.ceil(bytes / BLOCK) * BLOCK, { uid, gid });
  await copy(whole, folder);
  writeFileSync(moved, '');
}

/** Takes the disk away; what was written on it is in the folder afterwards. Nobody may use it meanwhile. Does nothing where there is none. */
export async function takeFromDisk(folder: string): Promise<void> {
  const { whole, moved, copying, back } = beside(folder);
  if (!existsSync(whole)) return rmSync(moved, { force: true });
  if (mountsIn(folder).includes(folder)) {
    for (const path of [copying, back]) rmSync(path, { recursive: true, force: true });
    if (existsSync(moved)) {
      rmSync(join(folder, BALLAST), { force: true });
      mkdirSync(copying, { mode: 0o700 });
      await copy(folder, copying);
      renameSync(copying, back);
    }
    await unmount(folder);
  }
  // What was copied back is newer than what was there before; without it nobody has used the disk.
  const newest = existsSync(back) ? back : whole;
  if (isEmpty(folder)) {
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(newest, folder);
  }
  rmSync(whole, { recursive: true, force: true });
  rmSync(moved, { force: true });
}

/** Leaves at most so many bytes on the disk that the folder is on. */
export function fill(folder: string, freeBytes: number): void {
  const file = openSync(join(folder, BALLAST), 'a', 0o600);
  try {
    for (let left = freeOn(folder) - freeBytes; left > 0; left = freeOn(folder) - freeBytes)
      writeSync(file, CHUNK, 0, Math.min(CHUNK.length, left));
  } catch (error) {
    if (!isFull(error)) throw error;
  } finally {
    closeSync(file);
  }
}

/** Makes room again. */
export function empty(folder: string): void {
  rmSync(join(folder, BALLAST), { force: true });
}

/** Bytes that are free on the disk of the folder. */
export function freeOn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Whether so many bytes do not fit into the folder any more: by trying. */
export function refuses(folder: string, bytes: number): boolean {
  const probe = join(folder, PROBE);
  try {
    writeFileSync(probe, Buffer.alloc(bytes, 1));
    return false;
  } catch (error) {
    if (isFull(error)) return true;
    throw error;
  } finally {
    rmSync(probe, { force: true });
  }
}

/** With owners, modes, times and holes as they are. */
async function copy(from: string, to: string): Promise<void> {
  await run('cp', ['-a', `${from}/.`, to]);
}

function sizeOf(path: string): number {
  const { size } = lstatSync(path);
  const own = Math.ceil(size / BLOCK) * BLOCK + BLOCK;
  if (!lstatSync(path).isDirectory()) return own;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), own);
}

function isEmpty(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0;
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}

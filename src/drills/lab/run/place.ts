/** The folders of a lab: made, locked, removed. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFile } from '../../../adapters/file-lock.ts';
import { LaunchgateError } from '../../../model/errors.ts';
import type { StorageLock } from '../../../model/ledger-storage.ts';
import { makeFolder } from '../trust/mount.ts';
import { bootId } from './proc.ts';
import type { LabState } from './state.ts';
import { reachableByAll } from './users.ts';

const LOCK = 'lock';
/** How often a folder may be removed while it is being taken, and how long to wait in between, in milliseconds. */
const TRIES = 20;
const PAUSE = 10;

/**
 * Takes the lab for one command at a time. Waits for nobody: what the other one does takes seconds, and then nothing is as it was. What is
 * held is the lock of the folder that is there: one that was removed while it was being taken locks nothing. A folder never comes back under its
 * name once it was removed, so one that is there before and after was there meanwhile.
 */
export async function lockLab(directory: string): Promise<StorageLock> {
  let last: unknown;
  for (let tried = 0; tried < TRIES; tried += 1) {
    let folder: number | undefined;
    try {
      makeAll(directory);
      folder = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
      closeSync(openSync(join(directory, LOCK), 'a', 0o600));
      const lock = await takeLock(directory);
      // While it is open its number is not used again: two folders with this number are the same one.
      if (statSync(directory, { throwIfNoEntry: false })?.ino === fstatSync(folder).ino) return lock;
      await lock.release();
      last = atWork(directory);
    } catch (error) {
      // Node and SQLite have words of their own for a file that is taken away under them.
      if (isRefusal(error)) throw error;
      last = error;
    } finally {
      if (folder !== undefined) closeSync(folder);
    }
    await sleep(PAUSE);
  }
  throw last;
}

/** Of a file system that is read-only Node says that the folder is not there, when it makes several at once; made alone, the kernel's word comes through. */
function makeAll(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o711 });
  } catch (error) {
    let missing = directory;
    while (!existsSync(dirname(missing))) missing = dirname(missing);
    mkdirSync(missing, { mode: 0o711 });
    throw error;
  }
}

async function takeLock(directory: string): Promise<StorageLock> {
  try {
    return await lockFile(join(directory, LOCK), 0);
  } catch (cause) {
    if (!(cause instanceof LaunchgateError) || cause.code !== 'ledger-locked') throw cause;
    throw atWork(directory, cause);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof LaunchgateError && error.code === 'refused';
}

function atWork(directory: string, cause?: unknown): LaunchgateError {
  return new LaunchgateError('refused', `another command is at work on the lab in ${directory}`, {
    next: 'Wait until it is done, or interrupt it; a command that was killed holds no lock.',
    cause,
  });
}

/** A new lab's state and folders. Data that servers of other users must reach go to the scratch folder where this one is closed to them. */
export function makePlace(directory: string, spec: string): LabState {
  const id = randomBytes(4).toString('hex');
  const scratch = join(tmpdir(), `launchgate-${id}`);
  const closed = process.getuid?.() === 0 && !reachableByAll(directory);
  return {
    version: 1,
    id,
    bootId: bootId(),
    phase: 'starting',
    startedAt: new Date().toISOString(),
    spec,
    scratch,
    partsFolder: join(closed ? scratch : directory, 'parts'),
    parts: {},
    host: hostAddress(),
    replicas: {},
    off: {},
    segmented: false,
    missing: [],
  };
}

/** Makes what a state names. Other users may pass through these folders, and list none of them. */
export function makeFolders(directory: string, { scratch, partsFolder }: LabState): void {
  for (const folder of [directory, join(directory, 'logs'), scratch, partsFolder]) makeFolder(folder, undefined, 0o711);
}

/**
 * Removes all that the lab has written; with `keep` only what a later start makes anew. The folder goes last: until then its state says what else there
 * is, to whoever comes after one that was killed in the middle.
 */
export function removePlace(directory: string, state: LabState, keep: boolean): void {
  if (!keep || !state.partsFolder.startsWith(state.scratch)) removeScratch(state);
  if (!keep) removeFolder(directory);
}

/**
 * Removes the folder of a lab, whose lock the caller holds. It is given another name first: from that moment on whoever takes the folder makes
 * a new one with a lock of its own, and nothing of the old one is touched by name any more.
 */
export function removeFolder(directory: string): void {
  const removed = `${directory}.${randomBytes(4).toString('hex')}.removed`;
  try {
    renameSync(directory, removed);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  // Somebody may have been about to make the lock in it, and does so under the new name.
  rmSync(removed, { recursive: true, force: true, maxRetries: 10, retryDelay: PAUSE });
  removeRemains(directory);
}

/** Removes what a command that was killed has left of folders that it was removing: there are secrets in them. */
export function removeRemains(directory: string): void {
  const [parent, start] = [dirname(directory), `${basename(directory)}.`];
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(start) || !/^[0-9a-f]{8}\.removed$/.test(name.slice(start.length))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true, maxRetries: 10, retryDelay: PAUSE });
    } catch {
      // It is another user's, or on its way out.
    }
  }
}

/** Leaves the lock. */
function emptyFolder(directory: string): void {
  for (const name of readdirSync(directory))
    if (!name.startsWith(LOCK)) rmSync(join(directory, name), { recursive: true, force: true });
}

/** The path comes from a file; only one that a lab would choose is believed. */
function removeScratch({ id, scratch }: LabState): void {
  if (scratch === join(dirname(scratch), `launchgate-${id}`)) rmSync(scratch, { recursive: true, force: true });
}

/** Removes all of a former lab but the lock, which the command that does it holds. */
export function emptyPlace(directory: string, state: LabState): void {
  removeScratch(state);
  emptyFolder(directory);
}

/** What a lab's folder holds, also one that was killed at any moment; SQLite leaves a journal beside the lock. */
const OWN =
  /^(?:lock(?:\.holder|-journal)?|\.?state\.json(?:\.\w+)?|spec\.yaml|monitoring\.sha256|logs|parts|trust|client|backups)$/;

/** True when the folder holds something that is not a lab's, and which the lab would remove. */
export function isForeign(listing: readonly string[]): boolean {
  return listing.some((name) => !OWN.test(name));
}

/** The first IPv4 address of this machine that is not loopback. */
function hostAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found !== undefined) return found.address;
  throw new LaunchgateError(
    'not-found',
    'this machine has no IPv4 address but loopback, and node agents are never reached on that',
    {
      next: 'Bring a network interface up, for example: ip link add lab0 type dummy; ip addr add 192.0.2.1/24 dev lab0; ip link set lab0 up.',
    },
  );
}

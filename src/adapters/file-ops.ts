import {
  closeSync,
  constants,
  fsync,
  linkSync,
  lstatSync,
  mkdirSync,
  open,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { promisify } from 'node:util';
import type { Row } from './row.ts';

/** A new file that is being written. */
export interface NewFile {
  write(bytes: Uint8Array): void;
  /** Resolves when what was written has reached the disk. */
  sync(): Promise<void>;
  close(): void;
}

/**
 * Single operations on files, by absolute path; errors carry the code of the system (`EEXIST`, `ENOSPC` …). Only what waits for the disk is
 * asynchronous, and what may search long, as a new file for its inode (a millisecond where thousands were freed in the last minutes): the
 * rest is done in memory by the system, and waiting in line for a thread would cost more than doing it.
 */
export interface FileOps {
  /** Makes a file that must not exist, without following a link in its place. */
  create(path: string): Promise<NewFile>;
  rename(from: string, to: string): void;
  /** Fails with `EEXIST` where `to` exists. */
  link(from: string, to: string): void;
  unlink(path: string): void;
  mkdir(path: string): void;
  /** Makes the names in a folder durable: after a rename, a link or a mkdir in it. */
  syncFolder(path: string): Promise<void>;
  /** The kind of what is at a path, itself and not what it links to. */
  kind(path: string): 'file' | 'folder' | 'other' | 'absent';
  /** Reads a file after what the row has; stops beyond `limit` bytes, so that the caller sees that it is too long. Never waits for a pipe. */
  read(path: string, limit: number, row: Row): void;
  list(path: string): { name: string; folder: boolean }[];
}

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

const reachedDisk = promisify(fsync);
const opened = promisify(open) as (path: string, flags: number, mode: number) => Promise<number>;

/** The file system of this machine. */
export const systemFiles: FileOps = {
  create: async (path) => newFile(await opened(path, CREATE, 0o644)),
  rename: renameSync,
  link: linkSync,
  unlink: unlinkSync,
  mkdir: (path) => {
    mkdirSync(path, { mode: 0o755 });
  },
  syncFolder: async (path) => {
    const folder = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await reachedDisk(folder);
    } finally {
      closeSync(folder);
    }
  },
  kind: (path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return 'absent';
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
  },
  read: readInto,
  list: (path) =>
    readdirSync(path, { withFileTypes: true }).map((entry) => ({ name: entry.name, folder: entry.isDirectory() })),
};

function newFile(descriptor: number): NewFile {
  return {
    write: (bytes) => writeFileSync(descriptor, bytes),
    sync: () => reachedDisk(descriptor),
    close: () => closeSync(descriptor),
  };
}

function readInto(path: string, limit: number, row: Row): void {
  const file = openSync(path, READ);
  try {
    for (const end = row.used + limit; row.used <= end;) {
      row.grow();
      const room = row.bytes.length - row.used;
      const length = readSync(file, row.bytes, row.used, room, null);
      row.used += length;
      // Of a plain file, less than was asked for is its end, or the place where the disk fails: its digest shows which.
      if (length < room) break;
    }
  } finally {
    closeSync(file);
  }
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

export function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

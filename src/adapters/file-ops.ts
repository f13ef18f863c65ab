import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs';
import { link, lstat, mkdir, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import type { Row } from './row.ts';

/** A new file that is being written. */
export interface NewFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when what was written has reached the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Single operations on files, by absolute path; errors carry the code of the system (`EEXIST`, `ENOSPC` …). */
export interface FileOps {
  /** Makes a file that must not exist, without following a link in its place. */
  create(path: string): Promise<NewFile>;
  rename(from: string, to: string): Promise<void>;
  /** Fails with `EEXIST` where `to` exists. */
  link(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  mkdir(path: string): Promise<void>;
  /** Makes the names in a folder durable: after a rename, a link or a mkdir in it. */
  syncFolder(path: string): Promise<void>;
  /** The kind of what is at a path, itself and not what it links to. */
  kind(path: string): Promise<'file' | 'folder' | 'other' | 'absent'>;
  /** Reads a file after what the row has; stops beyond `limit` bytes, so that the caller sees that it is too long. Never waits for a pipe. */
  read(path: string, limit: number, row: Row): void;
  list(path: string): { name: string; folder: boolean }[];
}

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** The file system of this machine. Reads are synchronous: a cached small file costs less to read than to wait for. */
export const systemFiles: FileOps = {
  create: async (path) => newFile(await open(path, CREATE, 0o644)),
  rename,
  link,
  unlink,
  mkdir: async (path) => {
    await mkdir(path, { mode: 0o755 });
  },
  syncFolder: async (path) => {
    const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  kind: async (path) => {
    try {
      const found = await lstat(path);
      return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
    } catch (error) {
      if (isMissing(error)) return 'absent';
      throw error;
    }
  },
  read: readInto,
  list: (path) =>
    readdirSync(path, { withFileTypes: true }).map((entry) => ({ name: entry.name, folder: entry.isDirectory() })),
};

function newFile(handle: FileHandle): NewFile {
  return {
    write: async (bytes) => {
      await handle.writeFile(bytes);
    },
    sync: () => handle.sync(),
    close: () => handle.close(),
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

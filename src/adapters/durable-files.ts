import { randomBytes } from 'node:crypto';
import { dirname, join, sep } from 'node:path';
import { LaunchgateError } from '../model/errors.ts';
import type { FileRow, LedgerStorage, StorageLock, StoredFile } from '../model/ledger-storage.ts';
import { lockFile } from './file-lock.ts';
import { errorCode, isMissing, systemFiles, type FileOps } from './file-ops.ts';
import { Row } from './row.ts';

/** Files written at once; each waits for the disk on its own. */
const PARALLEL = 16;
/** Memory for one file to begin with, and for each of many: most evidence has less. */
const FIRST_ROOM = 16_384;
const USUAL_LENGTH = 2048;
const TEMPORARY_FOLDER = 'tmp';
const LOCK_FILE = 'ledger/lock';

export interface DurableFilesOptions {
  readonly files?: FileOps;
  readonly lock?: (path: string, timeoutMs: number) => Promise<StorageLock>;
}

/**
 * A ledger's files in a plain folder. A file is written to a temporary name, synced, put in place by a rename or a link,
 * and the folder is synced: at no moment is there half a file under its name, and none that resolved is lost with the power.
 */
export function durableFiles(root: string, options: DurableFilesOptions = {}): LedgerStorage {
  return new DurableFiles(root, options);
}

class DurableFiles implements LedgerStorage {
  readonly location: string;
  readonly #root: string;
  readonly #files: FileOps;
  readonly #lockFile: (path: string, timeoutMs: number) => Promise<StorageLock>;
  /** Folders that were seen to be folders and no links. */
  readonly #seen = new Set<string>();
  /** Those of them whose own names are known to be durable. */
  readonly #durable = new Set<string>();

  constructor(root: string, { files = systemFiles, lock = lockFile }: DurableFilesOptions) {
    this.location = root;
    this.#root = join(root);
    this.#files = files;
    this.#lockFile = lock;
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    return this.#attempt(path, () => {
      if (!this.#isFolder(parentOf(path))) return undefined;
      const row = new Row(FIRST_ROOM);
      return this.#readHere(path, limit, row) < 0 ? undefined : row.bytes.subarray(0, row.used);
    });
  }

  async readMany(paths: readonly string[], limit: number): Promise<FileRow> {
    const row = new Row(Math.max(FIRST_ROOM, paths.length * USUAL_LENGTH));
    const lengths = new Int32Array(paths.length).fill(-1);
    for (const [at, path] of paths.entries()) {
      const folder = parentOf(path);
      try {
        if (!this.#isFolder(folder)) continue;
        lengths[at] = this.#readHere(path, limit, row);
      } catch (error) {
        throw this.#named(path, error);
      }
    }
    return { bytes: row.bytes.subarray(0, row.used), lengths };
  }

  async list(folder: string): Promise<string[]> {
    return this.#attempt(folder, () => {
      if (!this.#isFolder(folder)) return [];
      const entries = this.#files.list(this.#absolute(folder));
      return entries.map(({ name, folder: isFolder }) => (isFolder ? `${name}/` : name)).sort();
    });
  }

  async create(files: readonly StoredFile[]): Promise<('created' | 'exists')[]> {
    return this.#write(files, (temporary, path) => {
      try {
        this.#files.link(temporary, path);
        return 'created';
      } catch (error) {
        if (errorCode(error) === 'EEXIST') return 'exists';
        throw error;
      } finally {
        this.#files.unlink(temporary);
      }
    });
  }

  async replace(files: readonly StoredFile[]): Promise<void> {
    await this.#write(files, (temporary, path) => this.#files.rename(temporary, path));
  }

  async remove(paths: readonly string[]): Promise<void> {
    for (const path of paths) await this.#attempt(path, () => this.#unlink(path));
  }

  async lock(timeoutMs: number): Promise<StorageLock> {
    await this.#attempt(LOCK_FILE, () => this.#makeFolder(parentOf(LOCK_FILE)));
    const lock = await this.#lockFile(this.#absolute(LOCK_FILE), timeoutMs);
    await this.#sweep();
    return lock;
  }

  /** Writes and syncs all files under temporary names, puts each in place, then syncs the folders. */
  async #write<T>(files: readonly StoredFile[], place: (temporary: string, path: string) => T): Promise<T[]> {
    const folders = new Set([TEMPORARY_FOLDER, ...files.map(({ path }) => parentOf(path))]);
    for (const folder of folders) await this.#attempt(folder, () => this.#makeFolder(folder));
    const placed = await inParallel(files, ({ path, bytes }) =>
      this.#attempt(path, async () => place(await this.#writeTemporary(bytes), this.#absolute(path))),
    );
    folders.delete(TEMPORARY_FOLDER);
    await inParallel([...folders], (folder) =>
      this.#attempt(folder, () => this.#files.syncFolder(this.#absolute(folder))),
    );
    return placed;
  }

  async #writeTemporary(bytes: Uint8Array): Promise<string> {
    const path = this.#absolute(`${TEMPORARY_FOLDER}/${process.pid}-${randomBytes(9).toString('hex')}`);
    const file = await this.#files.create(path);
    try {
      file.write(bytes);
      await file.sync();
    } finally {
      file.close();
    }
    return path;
  }

  /** Removes what writers that are gone left behind. Temporary files of living processes are not touched. */
  async #sweep(): Promise<void> {
    for (const name of await this.list(TEMPORARY_FOLDER)) {
      const writer = /^(\d+)-/.exec(name)?.[1];
      if (writer === undefined || isAlive(Number(writer))) continue;
      await this.#attempt(name, () => this.#unlink(`${TEMPORARY_FOLDER}/${name}`));
    }
  }

  #unlink(path: string): void {
    try {
      this.#files.unlink(this.#absolute(path));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** Makes a folder and those above it; each is durable before anything is put into it. */
  async #makeFolder(folder: string): Promise<void> {
    if (this.#durable.has(folder)) return;
    if (folder !== '') await this.#makeFolder(parentOf(folder));
    const path = this.#absolute(folder);
    if (!this.#isFolder(folder)) {
      try {
        this.#files.mkdir(path);
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
      if (!this.#isFolder(folder)) throw new Error('it vanished while it was made');
    }
    await this.#files.syncFolder(folder === '' ? dirname(this.location) : this.#absolute(parentOf(folder)));
    this.#durable.add(folder);
  }

  /** False where it does not exist. A link or a file in the place of a folder is refused, at every level below the root. */
  #isFolder(folder: string): boolean {
    if (this.#seen.has(folder)) return true;
    if (folder !== '' && !this.#isFolder(parentOf(folder))) return false;
    const kind = this.#files.kind(this.#absolute(folder));
    if (kind === 'absent') return false;
    if (kind !== 'folder')
      throw new LaunchgateError(
        'ledger-unreadable',
        `${this.#absolute(folder)}: expected a folder, found a file or a link`,
        {
          next: 'Put a plain folder in its place.',
        },
      );
    this.#seen.add(folder);
    return true;
  }

  /** Length of the file, which is after what the row had; -1 where there is none. */
  #readHere(path: string, limit: number, row: Row): number {
    const before = row.used;
    try {
      this.#files.read(this.#absolute(path), limit, row);
      if (row.used - before <= limit) return row.used - before;
    } catch (error) {
      if (isMissing(error)) return -1;
      throw error;
    }
    throw new LaunchgateError('ledger-corrupt', `${path}: it has more than ${limit} bytes`, {
      next: 'Restore the file from a copy.',
    });
  }

  #absolute(path: string): string {
    if (/(?:^|\/)\.\.?(?:\/|$)|\0/.test(path))
      throw new LaunchgateError('internal', `${JSON.stringify(path)} is no path inside the ledger`);
    return path === '' ? this.#root : `${this.#root}${sep}${path}`;
  }

  async #attempt<T>(path: string, action: () => T | Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw this.#named(path, error);
    }
  }

  #named(path: string, error: unknown): LaunchgateError {
    if (error instanceof LaunchgateError) return error;
    const code = errorCode(error);
    const next =
      code === 'ENOSPC' || code === 'EDQUOT'
        ? 'Make room on the disk, then run the command again.'
        : 'Mend the file or its permissions, then run the command again.';
    const message = error instanceof Error ? error.message : String(error);
    return new LaunchgateError('ledger-unreadable', `${join(this.location, path)}: ${message}`, { next, cause: error });
  }
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Runs all, a few at a time; waits for those under way before it throws the first error. */
async function inParallel<T, R>(items: readonly T[], action: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += PARALLEL) {
    const settled = await Promise.allSettled(items.slice(at, at + PARALLEL).map(action));
    for (const one of settled) {
      if (one.status === 'rejected') throw one.reason;
      results.push(one.value);
    }
  }
  return results;
}

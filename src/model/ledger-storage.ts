/** A file of the ledger, its path relative to the root of the store and `/`-separated. */
export interface StoredFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Many files, one after the other in memory of its own. */
export interface FileRow {
  readonly bytes: Uint8Array;
  /** Of each file, in bytes; -1 where there is none. */
  readonly lengths: Int32Array;
}

/** The files of a row as views of its memory, `undefined` where there is none. */
export function filesIn({ bytes, lengths }: FileRow): (Uint8Array | undefined)[] {
  let offset = 0;
  return Array.from(lengths, (length) => (length < 0 ? undefined : bytes.subarray(offset, (offset += length))));
}

/** Held until released; the operating system releases it when the process ends, however it ends. */
export interface StorageLock {
  release(): Promise<void>;
}

/**
 * Where a ledger lives. Paths never leave the root and never follow symbolic links.
 * What `create` and `replace` have written is durable when they resolve; when they reject, each file is either the old
 * one or the new one, whole. Failures are LaunchgateErrors `ledger-unreadable`, with the path in the message.
 */
export interface LedgerStorage {
  /** The root as people name it, for messages. */
  readonly location: string;
  /** The bytes, or `undefined` where there is no such file. A file larger than `limit` bytes is `ledger-corrupt`. */
  read(path: string, limit: number): Promise<Uint8Array | undefined>;
  /** As `read`, for many files, in the order of the paths. */
  readMany(paths: readonly string[], limit: number): Promise<FileRow>;
  /** Names in a folder, sorted, folders with a `/` at the end; none where the folder does not exist. */
  list(folder: string): Promise<string[]>;
  /** Writes files that do not exist yet. A path that exists is left as it is and answered with `exists`. */
  create(files: readonly StoredFile[]): Promise<('created' | 'exists')[]>;
  /** Writes files atomically, over those that exist. */
  replace(files: readonly StoredFile[]): Promise<void>;
  /** Removes files that may be missing. Not durable by itself: they may reappear after a crash. */
  remove(paths: readonly string[]): Promise<void>;
  /** The lock of the one writer; waits at most `timeoutMs`, then throws `ledger-locked`. */
  lock(timeoutMs: number): Promise<StorageLock>;
}

/** The last checkpoint somebody relied on, kept apart from the ledger: what catches a ledger that was rolled back or forked. */
export interface CheckpointPin {
  /** Where it is kept, for messages. */
  readonly location: string;
  read(): Promise<Uint8Array | undefined>;
  /** Durable when it resolves. */
  write(checkpoint: Uint8Array): Promise<void>;
}

import { closeSync, constants, lstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { LaunchgateError } from '../model/errors.ts';
import type { StorageLock } from '../model/ledger-storage.ts';

const POLL_MS = 20;
/** SQLite's primary result code for a lock that another connection holds. https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5;
/** Bytes of a path that SQLite opens: its MAX_PATHNAME of 512, less the "-journal" of what it keeps beside the file. */
const LONGEST_PATH = 504;

/**
 * Takes an exclusive lock on a file, waiting at most `timeoutMs`; then throws `ledger-locked`. Node offers no file locks of
 * its own, SQLite does: it holds a lock of the operating system (fcntl, LockFileEx) while an exclusive transaction is open.
 * The kernel gives it back when the process ends, kill -9 included, so there is no stale lock to judge or to steal; it
 * holds between containers that share the folder, and between threads. The file itself stays empty.
 */
export async function lockFile(path: string, timeoutMs: number): Promise<StorageLock> {
  refuseOther(path);
  const database = openDatabase(path);
  const deadline = performance.now() + timeoutMs;
  while (!tryLock(database, path)) {
    if (performance.now() >= deadline) {
      database.close();
      throw locked(path, timeoutMs);
    }
    await sleep(POLL_MS);
  }
  noteHolder(path);
  return {
    release: () => {
      if (database.isOpen) database.close();
      return Promise.resolve();
    },
  };
}

function openDatabase(path: string): DatabaseSync {
  const sqlite = process.getBuiltinModule('node:sqlite');
  try {
    return new sqlite.DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    throw unlockable(path, cause);
  }
}

function tryLock(database: DatabaseSync, path: string): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY) return false;
    database.close();
    throw unlockable(path, cause);
  }
}

/** A full disk, a folder that cannot be written, a file that is none of SQLite's. */
function unlockable(path: string, cause: unknown): LaunchgateError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const isTooLong = Buffer.byteLength(path) > LONGEST_PATH;
  return new LaunchgateError('ledger-unreadable', `${path} cannot be locked: ${reason}`, {
    cause,
    next: isTooLong
      ? `Move the repository to a shorter path: SQLite, which locks the file, takes ${LONGEST_PATH} bytes at most.`
      : 'Make room on the disk, or mend the file or its permissions, then run the command again.',
  });
}

/** A record may come from others. Of a file that is not empty SQLite would take back what a journal beside it says, on whichever file that names. */
function refuseOther(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !(found.isFile() && found.size === 0))
    throw new LaunchgateError('ledger-unreadable', `${path}: expected a plain, empty lock file`, {
      next: 'Remove it.',
    });
}

/** Follows no link to a file of somebody else, and waits for no pipe. */
const HERE = constants.O_NOFOLLOW | constants.O_NONBLOCK;
const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | HERE;
const READ = constants.O_RDONLY | HERE;

function onFile<T>(path: string, flags: number, action: (file: number) => T): T {
  const file = openSync(path, flags, 0o644);
  try {
    return action(file);
  } finally {
    closeSync(file);
  }
}

function holderFile(path: string): string {
  return `${path}.holder`;
}

/** For the message to those who wait; the lock does not depend on it. */
function noteHolder(path: string): void {
  try {
    const note = `process ${process.pid}, since ${new Date().toISOString()}\n`;
    onFile(holderFile(path), WRITE, (file) => writeFileSync(file, note));
  } catch {
    // Nobody needs the note but the reader of an error message.
  }
}

function locked(path: string, timeoutMs: number): LaunchgateError {
  let holder = 'another process';
  try {
    holder = onFile(holderFile(path), READ, (file) => readFileSync(file, 'utf8').trim().slice(0, 80));
  } catch {
    // The holder could not leave its note.
  }
  return new LaunchgateError('ledger-locked', `${path} is held by ${holder}; waited ${timeoutMs} ms`, {
    next: 'Wait until the other process is done, or end it, then run the command again.',
  });
}

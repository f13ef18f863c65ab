/** Finishes what a run that died has left: its watchdog does it at once, and otherwise whoever comes next. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from '../../adapters/file-lock.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { StorageLock } from '../../model/ledger-storage.ts';
import { describeUndo, inOrder, takeBack } from '../undo/kinds.ts';
import { appendEntry, isClosed, pending, readEntries, type UndoEntry, type UndoneBy } from './entries.ts';

/** One fault of a former run, taken back or not. */
export interface Recovered {
  readonly run: string;
  readonly undo: string;
  /** Why it was not taken back. */
  readonly error?: string;
}

const RUN = /^[0-9a-f]{12}$/;
const LOCK = 'lock';
/** Sorts after every time. */
const AT_THE_END = '~';

/** Held by a run for as long as it lives; the kernel gives it back when it dies. */
export function lockRun(folder: string, timeoutMs: number): Promise<StorageLock> {
  return lockFile(join(folder, LOCK), timeoutMs);
}

/**
 * Ids of the runs that have not been closed, whether they still run or have died, oldest first. Last those whose journal cannot be read: nobody
 * knows that they were.
 */
export function openRuns(drills: string): string[] {
  if (!existsSync(drills)) return [];
  return readdirSync(drills)
    .filter((name) => RUN.test(name))
    .flatMap((name) => {
      const since = openSince(join(drills, name));
      return since === undefined ? [] : [{ name, since }];
    })
    .toSorted((a, b) => (a.since < b.since ? -1 : 1))
    .map(({ name }) => name);
}

/** When the run began; `undefined` where it is closed, or did nothing yet. */
function openSince(folder: string): string | undefined {
  try {
    const entries = readEntries(folder);
    return isClosed(entries) ? undefined : entries[0]?.at;
  } catch {
    return AT_THE_END;
  }
}

/**
 * Takes back what died runs have left. A run that lives is left alone. One that nothing is known of, because its journal cannot be read, is answered as
 * not taken back, with the journal's path, and the others are taken back all the same.
 */
export async function recoverAll(drills: string, by: UndoneBy): Promise<Recovered[]> {
  const all: Recovered[] = [];
  for (const run of openRuns(drills)) {
    try {
      all.push(...((await recoverRun(join(drills, run), run, by, 0)) ?? []));
    } catch (error) {
      all.push({ run, undo: `take back what run ${run} did`, error: withNext(error) });
    }
  }
  return all;
}

function withNext(error: unknown): string {
  const next = error instanceof LaunchgateError ? error.next : undefined;
  return next === undefined ? messageOf(error) : `${messageOf(error)}. ${next}`;
}

/** Takes back what the run has left; `undefined` where it still runs after `patienceMs`. */
export async function recoverRun(
  folder: string,
  run: string,
  by: UndoneBy,
  patienceMs: number,
): Promise<Recovered[] | undefined> {
  const lock = await lockOfDead(folder, patienceMs);
  if (lock === undefined) return undefined;
  try {
    const entries = readEntries(folder);
    if (isClosed(entries)) return [];
    const recovered: Recovered[] = [];
    for (const entry of inOrder(pending(entries))) recovered.push({ run, ...(await recoverOne(folder, entry, by)) });
    if (recovered.every(({ error }) => error === undefined))
      appendEntry(folder, { type: 'closed', by, at: new Date().toISOString() });
    return recovered;
  } finally {
    await lock.release();
  }
}

async function recoverOne(folder: string, entry: UndoEntry, by: UndoneBy): Promise<Omit<Recovered, 'run'>> {
  const undo = describe(entry);
  const note = (error: { readonly error?: string }): void =>
    appendEntry(folder, { type: 'undone', number: entry.number, by, at: new Date().toISOString(), ...error });
  try {
    await takeBack(entry);
    note({});
    return { undo };
  } catch (cause) {
    const error = messageOf(cause);
    try {
      note({ error });
    } catch {
      // On a full disk the others are taken back all the same, and this one once more by whoever comes next.
    }
    return { undo, error };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describe(entry: UndoEntry): string {
  try {
    return describeUndo(entry);
  } catch {
    return entry.kind;
  }
}

async function lockOfDead(folder: string, patienceMs: number): Promise<StorageLock | undefined> {
  try {
    return await lockRun(folder, patienceMs);
  } catch (error) {
    if (error instanceof LaunchgateError && error.code === 'ledger-locked') return undefined;
    throw error;
  }
}

import type { LedgerStorage, StorageLock } from '../model/ledger-storage.ts';
import { CHECKPOINT_FILE } from './layout.ts';
import { MAX_CHECKPOINT_BYTES } from './log.ts';

const TRIES = 3;
const LOCK_MS = 10_000;

type Outcome<T> = { readonly answer: T } | { readonly error: unknown };

/**
 * Reads a log that others may append to meanwhile. An append takes files away that an earlier checkpoint needed; so what is found wrong
 * while the checkpoint moves is looked at again, at last with the writers kept out.
 */
export async function readSteadily<T>(
  storage: LedgerStorage,
  read: () => Promise<T>,
  isSound: (answer: T) => boolean = () => true,
): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    const before = await checkpointOf(storage);
    const outcome = await outcomeOf(read);
    const isFine = 'answer' in outcome && isSound(outcome.answer);
    if (isFine || Buffer.compare(before, await checkpointOf(storage)) === 0) return settled(outcome);
    if (left > 1) continue;
    const lock = await lockOf(storage);
    if (lock === undefined) return settled(outcome);
    try {
      return await read();
    } finally {
      await lock.release();
    }
  }
}

async function checkpointOf(storage: LedgerStorage): Promise<Uint8Array> {
  return (await storage.read(CHECKPOINT_FILE, MAX_CHECKPOINT_BYTES)) ?? new Uint8Array();
}

async function outcomeOf<T>(read: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { answer: await read() };
  } catch (error) {
    return { error };
  }
}

function settled<T>(outcome: Outcome<T>): T {
  if ('answer' in outcome) return outcome.answer;
  throw outcome.error;
}

/** `undefined` where nothing can be locked, as in a folder that is only read. */
async function lockOf(storage: LedgerStorage): Promise<StorageLock | undefined> {
  try {
    return await storage.lock(LOCK_MS);
  } catch {
    return undefined;
  }
}

import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { durableFiles } from '../adapters/durable-files.ts';
import { checkpointPin } from '../adapters/pins.ts';
import { toBase64 } from '../ledger/base64.ts';
import { parseCheckpoint, type Checkpoint } from '../ledger/checkpoint.ts';
import { parseVkey } from '../ledger/vkey.ts';
import { readSteadily } from '../ledger/steady.ts';
import { LedgerReader } from '../ledger/read.ts';
import type { LedgerEntry } from '../model/evidence.ts';
import type { CheckpointPin, LedgerStorage } from '../model/ledger-storage.ts';
import { homeFolder, readPin, type Pinned } from './home.ts';
import type { Project } from './project.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A ledger that was read, verified against its log keys, and found to contain what was pinned. */
export interface LedgerView {
  readonly folder: string;
  readonly storage: LedgerStorage;
  readonly pinned: Pinned;
  readonly pin: CheckpointPin;
  readonly reader: LedgerReader;
  readonly origin: string;
  readonly entries: readonly LedgerEntry[];
  readonly size: number;
  /** Root hash, base64, of the tree as it was at a size. */
  rootAt(size: number): Promise<string>;
}

/**
 * Where a project keeps its ledger and evidence. By its real path, whichever way it was named: what is pinned of it goes by this path, and a
 * link would else lead to a ledger of which nothing was ever seen.
 */
export function ledgerFolder({ root }: Project): string {
  return join(existsSync(root) ? realpathSync(root) : root, '.launchgate');
}

/** Pins what was seen, unless somebody has seen more by now: a pin that falls back would let the log be rolled back to it. */
async function advance(pin: CheckpointPin, { size, bytes }: Checkpoint): Promise<void> {
  const seen = await pin.read();
  if (seen === undefined || parseCheckpoint(seen, pin.location).size < size) await pin.write(bytes);
}

/** Reads the whole ledger. Throws `ledger-unreadable`, `ledger-corrupt` (rolled back or forked included) or `not-found` (nothing pinned). */
export async function readLedger(project: Project, env: Environment): Promise<LedgerView> {
  const folder = ledgerFolder(project);
  const pinned = readPin(env, folder);
  const storage = durableFiles(folder);
  const pin = checkpointPin(homeFolder(env), folder);
  const logKeys = pinned.logKeys.map(parseVkey);
  const { reader, entries } = await readSteadily(storage, async () => {
    const opened = await LedgerReader.open({ storage, logKeys, pin });
    return { reader: opened, entries: await opened.entries(0, opened.checkpoint.size) };
  });
  const { checkpoint } = reader;
  await advance(pin, checkpoint);
  return {
    folder,
    storage,
    pinned,
    pin,
    reader,
    origin: checkpoint.origin,
    entries,
    size: checkpoint.size,
    rootAt: async (size) => toBase64(await reader.rootAt(size)),
  };
}

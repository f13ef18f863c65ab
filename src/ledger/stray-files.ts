import type { LedgerStorage } from '../model/ledger-storage.ts';
import { CHECKPOINT_FILE, STAGING_FILE, TILE_FOLDER } from './layout.ts';

const LOG_FOLDER = 'ledger';

/** What lies beside the tiles: files of the log, and the lock of its writer with what SQLite may leave next to it. */
const OWN = new Set([
  CHECKPOINT_FILE,
  STAGING_FILE,
  `${TILE_FOLDER}/`,
  ...['', '.holder', '-journal', '-wal', '-shm'].map((end) => `${LOG_FOLDER}/lock${end}`),
]);

/** Notes about what lies in the folder of the log and is no part of it. Nobody reads it, so it does no damage. */
export async function strayFiles(storage: LedgerStorage): Promise<string[]> {
  const paths = (await storage.list(LOG_FOLDER)).map((name) => `${LOG_FOLDER}/${name}`);
  return paths.filter((path) => !OWN.has(path)).map((path) => `${path} is no part of the log, and nobody reads it`);
}

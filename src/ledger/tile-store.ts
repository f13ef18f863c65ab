import { LaunchgateError } from '../model/errors.ts';
import type { LedgerStorage } from '../model/ledger-storage.ts';
import { tileFile } from './layout.ts';
import type { Hash } from './merkle.ts';
import { decodeBundle, MAX_BUNDLE_BYTES, MAX_TILE_BYTES, splitHashes, TILE_WIDTH, type Tile } from './tiles.ts';

/** Bytes of a tile and the file they came from. */
interface Found {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The first `tile.width` hashes of a tile, unverified. Throws `ledger-corrupt` where it is missing or malformed. */
export async function readHashes(storage: LedgerStorage, tile: Tile): Promise<Hash[]> {
  const { path, bytes } = await readTile(storage, tile, MAX_TILE_BYTES);
  const hashes = splitHashes(bytes, tile.width);
  if (hashes === undefined) throw corrupt(path, `expected ${tile.width} hashes, found ${bytes.length} bytes`);
  return hashes;
}

/** The first `tile.width` entries of a bundle, unverified, as `readHashes`. */
export async function readEntries(
  storage: LedgerStorage,
  tile: Tile,
): Promise<{ path: string; entries: Uint8Array[] }> {
  const { path, bytes } = await readTile(storage, tile, MAX_BUNDLE_BYTES);
  const entries = decodeBundle(bytes);
  if (entries === undefined || entries.length < tile.width)
    throw corrupt(path, `expected ${tile.width} entries, found ${entries?.length ?? 'lengths that do not add up'}`);
  return { path, entries: entries.slice(0, tile.width) };
}

/** A partial tile may have been removed once a wider one was there; whichever is wider begins with the same bytes. */
async function readTile(storage: LedgerStorage, tile: Tile, limit: number): Promise<Found> {
  const path = tileFile(tile);
  const exact = await storage.read(path, limit);
  if (exact !== undefined) return { path, bytes: exact };
  for (const wider of await widerTiles(storage, tile)) {
    const bytes = await storage.read(tileFile(wider), limit);
    if (bytes !== undefined) return { path: tileFile(wider), bytes };
  }
  throw corrupt(path, 'the file is missing');
}

async function widerTiles(storage: LedgerStorage, tile: Tile): Promise<Tile[]> {
  if (tile.width === TILE_WIDTH) return [];
  const full = { ...tile, width: TILE_WIDTH };
  const widths = (await storage.list(`${tileFile(full)}.p`)).map(Number).filter((width) => width > tile.width);
  return [full, ...widths.sort((a, b) => a - b).map((width) => ({ ...tile, width }))];
}

/** The error for a file that is not what the ledger's checkpoint says it must be. */
export function corrupt(path: string, what: string): LaunchgateError {
  return new LaunchgateError('ledger-corrupt', `${path}: ${what}`, {
    next: 'Restore the file from a copy, then run: launchgate ledger fsck.',
  });
}

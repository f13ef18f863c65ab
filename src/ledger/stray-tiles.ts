import { filesIn, type LedgerStorage } from '../model/ledger-storage.ts';
import type { Problem } from './check-chunk.ts';
import { TILE_FOLDER, tileFile, tileOf } from './layout.ts';
import { HASH_BYTES } from './merkle.ts';
import { decodeBundle, MAX_BUNDLE_BYTES, parseTilePath, type Tile } from './tiles.ts';

/**
 * Files in the tile folder that the checkpoint does not need. A partial tile of an older checkpoint must be the beginning
 * of the tile that took its place, unless that one is blamed already; one beyond the checkpoint is a crash's, and noted; anything else does not belong there.
 */
export async function strayTiles(
  storage: LedgerStorage,
  size: number,
  blamed: ReadonlySet<string>,
): Promise<{ problems: Problem[]; notes: string[] }> {
  const problems: Problem[] = [];
  const notes: string[] = [];
  for await (const path of filesBelow(storage, TILE_FOLDER)) {
    const tile = parseTilePath(path.slice('ledger/'.length));
    const needed = tile === undefined ? undefined : tileOf(tile.level, tile.index, size);
    if (tile === undefined || needed === undefined) problems.push({ path, message: 'it is no tile' });
    else if (tile.width > needed.width) notes.push(`${path} lies beyond the checkpoint of ${size} entries`);
    else if (tile.width < needed.width && !blamed.has(tileFile(needed)) && !(await beginsWith(storage, needed, tile)))
      problems.push({ path, message: `it is not the beginning of ${tileFile(needed)}` });
  }
  return { problems, notes };
}

async function beginsWith(storage: LedgerStorage, needed: Tile, old: Tile): Promise<boolean> {
  const [whole, part] = filesIn(await storage.readMany([tileFile(needed), tileFile(old)], MAX_BUNDLE_BYTES));
  if (part === undefined || whole === undefined) return true;
  const width = old.level === 'entries' ? decodeBundle(part)?.length : part.length / HASH_BYTES;
  return width === old.width && Buffer.compare(whole.subarray(0, part.length), part) === 0;
}

async function* filesBelow(storage: LedgerStorage, folder: string): AsyncGenerator<string> {
  for (const name of await storage.list(folder)) {
    if (name.endsWith('/')) yield* filesBelow(storage, `${folder}/${name.slice(0, -1)}`);
    else yield `${folder}/${name}`;
  }
}

import type { LedgerStorage } from '../model/ledger-storage.ts';
import type { Problem } from './check-chunk.ts';
import type { TreeHead } from './checkpoint.ts';
import { frontierRoot } from './frontier.ts';
import { tileFile, tileOf } from './layout.ts';
import { rootOf, sameHash, type Hash } from './merkle.ts';
import { levelsOf, MAX_TILE_BYTES, splitHashes, TILE_WIDTH, tilesAt } from './tiles.ts';

/** The hashes of one level of a tree, tile by tile; `undefined` for a tile that could not be had. */
type Level = (readonly Hash[] | undefined)[];

/** Reads every tile of a level strictly: its file must be there and have exactly its hashes. */
export async function readLevel(
  storage: LedgerStorage,
  level: number,
  size: number,
): Promise<{ tiles: Level; problems: Problem[] }> {
  const tiles: Level = [];
  const problems: Problem[] = [];
  const { full, partial } = tilesAt(level, size);
  for (let index = 0; index < full + (partial > 0 ? 1 : 0); index += 1) {
    const tile = tileOf(level, index, size);
    const bytes = await storage.read(tileFile(tile), MAX_TILE_BYTES);
    const hashes = bytes?.length === tile.width * 32 ? splitHashes(bytes, tile.width) : undefined;
    tiles.push(hashes);
    if (bytes === undefined) problems.push({ path: tileFile(tile), message: 'the file is missing' });
    else if (hashes === undefined)
      problems.push({ path: tileFile(tile), message: `expected ${tile.width * 32} bytes, found ${bytes.length}` });
  }
  return { tiles, problems };
}

/** What the bundles make: their leaf hashes, and the tree hash over those of each. */
export interface MadeOfEntries {
  readonly rows: Level;
  readonly roots: readonly (Hash | undefined)[];
}

/** Every level of the tree over the entries. */
function levelsMade({ rows, roots }: MadeOfEntries, size: number): Level[] {
  const made = [rows];
  let below = roots;
  for (let level = 1; level < levelsOf(size); level += 1) {
    const row = levelAbove(below.slice(0, tilesAt(level - 1, size).full));
    made.push(row);
    below = row.map((tile) => (tile === undefined ? undefined : rootOf(tile)));
  }
  return made;
}

/** The hashes of the full tiles of a level, as the tiles of the level above. */
function levelAbove(roots: readonly (Hash | undefined)[]): Level {
  const above: Level = [];
  for (let at = 0; at < roots.length; at += TILE_WIDTH) {
    const row = roots.slice(at, at + TILE_WIDTH);
    above.push(row.every((hash) => hash !== undefined) ? row : undefined);
  }
  return above;
}

/**
 * Finds which files of a tree are to blame. `entries` are the hashes as the bundles make them; `tiles` what the tile
 * files say at each level. Two of three always agree where a single file was changed: the entries, the tiles, the root.
 */
export function blame(head: TreeHead, entries: MadeOfEntries, tiles: readonly Level[]): Problem[] {
  const made = levelsMade(entries, head.size);
  if (makesRoot(head, made)) return differences(head, made, tiles, 'it does not hold the hashes of the entries');
  if (makesRoot(head, tiles)) return [...descend(head, tiles), ...wrongBundles(head, entries.rows, tiles)];
  const apart = [
    ...differences(head, made, tiles, 'it does not agree with the entries'),
    ...wrongBundles(head, entries.rows, tiles),
  ];
  if (apart.length > 0) return apart;
  return [
    { path: 'ledger/checkpoint', message: `its root is not that of the ${head.size} entries and tiles beside it` },
  ];
}

function makesRoot(head: TreeHead, levels: readonly Level[]): boolean {
  const edge = levels.map((tiles, level) => {
    const { full, partial } = tilesAt(level, head.size);
    return partial === 0 ? [] : tiles[full];
  });
  if (edge.some((row) => row === undefined) || levels.some((tiles) => tiles.includes(undefined))) return false;
  return sameHash(frontierRoot({ size: head.size, levels: edge as Hash[][], entries: [] }), head.root);
}

/** Tile files that are not what the entries make. A missing one was reported when it was read. */
function differences(head: TreeHead, made: readonly Level[], tiles: readonly Level[], message: string): Problem[] {
  return tiles.flatMap((level, at) =>
    level.flatMap((tile, index) => {
      const expected = made[at]?.[index];
      if (tile === undefined || expected === undefined || sameRow(tile, expected)) return [];
      return [{ path: tileFile(tileOf(at, index, head.size)), message }];
    }),
  );
}

/** Full tiles that do not hash to what the tile above them says. */
function descend(head: TreeHead, tiles: readonly Level[]): Problem[] {
  return tiles.slice(0, -1).flatMap((level, at) =>
    level.slice(0, tilesAt(at, head.size).full).flatMap((tile, index) => {
      const expected = tiles[at + 1]?.[Math.floor(index / TILE_WIDTH)]?.[index % TILE_WIDTH];
      if (tile === undefined || expected === undefined || sameHash(rootOf(tile), expected)) return [];
      return [{ path: tileFile(tileOf(at, index, head.size)), message: 'its hashes do not lead to the root' }];
    }),
  );
}

function wrongBundles(head: TreeHead, entries: Level, tiles: readonly Level[]): Problem[] {
  return entries.flatMap((row, index) => {
    const tile = tiles[0]?.[index];
    if (row === undefined || tile === undefined || sameRow(row, tile)) return [];
    const message = 'its entries do not have the hashes in their tile';
    return [{ path: tileFile(tileOf('entries', index, head.size)), message }];
  });
}

function sameRow(a: readonly Hash[], b: readonly Hash[]): boolean {
  return a.length === b.length && a.every((hash, at) => sameHash(hash, b[at] as Hash));
}

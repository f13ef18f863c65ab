import type { LedgerStorage, StoredFile } from '../model/ledger-storage.ts';
import { tileFile, tileOf } from './layout.ts';
import { leafHash, rootOf, sameHash, type Hash } from './merkle.ts';
import { corrupt, readEntries, readHashes } from './tile-store.ts';
import { encodeBundle, joinHashes, levelsOf, TILE_WIDTH, tilesAt } from './tiles.ts';

/** The right edge of a tree: all that is needed to append to it. Immutable. */
export interface Frontier {
  readonly size: number;
  /** The hashes of the partial tile at each level; fewer than 256 each. */
  readonly levels: readonly (readonly Hash[])[];
  /** The entries of the partial bundle. */
  readonly entries: readonly Uint8Array[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, levels: [], entries: [] };

/** The root of the tree: each level's partial tile, closed on the right by what is below it. */
export function frontierRoot(frontier: Frontier): Hash {
  let below: Hash | undefined;
  for (const row of frontier.levels) {
    const closed = below === undefined ? row : [...row, below];
    if (closed.length > 0) below = rootOf(closed);
  }
  return below ?? rootOf([]);
}

/** Appends entries: the new right edge, and every tile and bundle that changed. */
export function extend(frontier: Frontier, added: readonly Uint8Array[]): { next: Frontier; files: StoredFile[] } {
  const files: StoredFile[] = [];
  const size = frontier.size + added.length;
  let entries = [...frontier.entries];
  const levels = frontier.levels.map((row) => [...row]);
  for (const [offset, entry] of added.entries()) {
    entries.push(entry);
    pushHash(levels, leafHash(entry), frontier.size + offset, files);
    if (entries.length < TILE_WIDTH) continue;
    const index = Math.floor((frontier.size + offset) / TILE_WIDTH);
    files.push({ path: tileFile({ level: 'entries', index, width: TILE_WIDTH }), bytes: encodeBundle(entries) });
    entries = [];
  }
  if (entries.length > 0) {
    const path = tileFile(tileOf('entries', tilesAt(0, size).full, size));
    files.push({ path, bytes: encodeBundle(entries) });
  }
  for (const [level, row] of levels.entries()) {
    if (row.length === 0 || nodesAt(level, size) === nodesAt(level, frontier.size)) continue;
    files.push({ path: tileFile(tileOf(level, tilesAt(level, size).full, size)), bytes: joinHashes(row) });
  }
  return { next: { size, levels, entries }, files };
}

function nodesAt(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** Adds the hash of leaf `index`; a tile that becomes full is written and hashed into the level above. */
function pushHash(levels: Hash[][], hash: Hash, index: number, files: StoredFile[]): void {
  let added = hash;
  for (let level = 0; ; level += 1) {
    const row = (levels[level] ??= []);
    row.push(added);
    if (row.length < TILE_WIDTH) return;
    const tile = { level, index: Math.floor(index / TILE_WIDTH ** (level + 1)), width: TILE_WIDTH };
    files.push({ path: tileFile(tile), bytes: joinHashes(row) });
    added = rootOf(row);
    levels[level] = [];
  }
}

/** The hashes of the partial tile at each level of a tree, checked against its root. Throws `ledger-corrupt`. */
export async function rightEdge(storage: LedgerStorage, size: number, root: Hash): Promise<Hash[][]> {
  const levels: Hash[][] = [];
  for (let level = 0; level < levelsOf(size); level += 1) {
    const { full, partial } = tilesAt(level, size);
    levels.push(partial === 0 ? [] : await readHashes(storage, { level, index: full, width: partial }));
  }
  if (!sameHash(frontierRoot({ size, levels, entries: [] }), root))
    throw corrupt(
      'ledger/tile',
      `the tiles at the right edge of ${size} entries do not make the root of the checkpoint`,
    );
  return levels;
}

/** Reads the right edge of a tree and the entries in its partial bundle. Throws `ledger-corrupt`. */
export async function loadFrontier(storage: LedgerStorage, size: number, root: Hash): Promise<Frontier> {
  const levels = await rightEdge(storage, size, root);
  const { full, partial } = tilesAt(0, size);
  if (partial === 0) return { size, levels, entries: [] };
  const { path, entries } = await readEntries(storage, { level: 'entries', index: full, width: partial });
  for (const [at, entry] of entries.entries()) {
    if (!sameHash(leafHash(entry), levels[0]?.[at] as Hash))
      throw corrupt(path, `entry ${full * TILE_WIDTH + at} does not have the hash in its tile`);
  }
  return { size, levels, entries };
}

import type { LedgerStorage } from '../model/ledger-storage.ts';
import type { TreeHead } from './checkpoint.ts';
import { rightEdge } from './frontier.ts';
import { tileFile } from './layout.ts';
import { rootOf, sameHash, type Hash, type NodeSource } from './merkle.ts';
import { corrupt, readHashes } from './tile-store.ts';
import { nodeInTile, TILE_WIDTH, tilesAt } from './tiles.ts';

/** The tiles of one checkpoint, each checked against its root before a hash of it is used. Reads only those that are asked for. */
export interface VerifiedTiles {
  /** A hash inside the tree; throws `ledger-corrupt`, naming the tile, where it does not lead to the root. */
  readonly node: NodeSource;
  /** The hashes of one tile, as far as the tree goes. */
  tile(level: number, index: number): Promise<readonly Hash[]>;
}

const MOST_KEPT = 4096;

/** Opens the tiles of a tree: reads its right edge, one tile a level, which must make the root. */
export async function verifiedTiles(storage: LedgerStorage, head: TreeHead): Promise<VerifiedTiles> {
  const edge = await rightEdge(storage, head.size, head.root);
  const kept = new Map<string, Promise<readonly Hash[]>>();

  function tile(level: number, index: number): Promise<readonly Hash[]> {
    const { full } = tilesAt(level, head.size);
    if (index === full) return Promise.resolve(edge[level] ?? []);
    const name = `${level}/${index}`;
    const found = kept.get(name);
    if (found !== undefined) return found;
    const read = fullTile(level, index);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(name, read);
    return read;
  }

  async function fullTile(level: number, index: number): Promise<readonly Hash[]> {
    const above = await tile(level + 1, Math.floor(index / TILE_WIDTH));
    const expected = above[index % TILE_WIDTH];
    const hashes = await readHashes(storage, { level, index, width: TILE_WIDTH });
    if (expected === undefined || !sameHash(rootOf(hashes), expected))
      throw corrupt(
        tileFile({ level, index, width: TILE_WIDTH }),
        'its hashes do not lead to the root of the checkpoint',
      );
    return hashes;
  }

  async function node(level: number, index: number): Promise<Hash> {
    const tileLevel = Math.floor(level / 8);
    const first = index * 2 ** (level % 8);
    return nodeInTile(await tile(tileLevel, Math.floor(first / TILE_WIDTH)), level, index);
  }

  return { node, tile };
}

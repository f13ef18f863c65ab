import type { Digest } from '../model/digest.ts';
import { tilePath, TILE_WIDTH, tilesAt, levelsOf, type Tile } from './tiles.ts';

/** Files of a store: the log below `ledger/`, the envelopes beside it, each named by its digest. */
export const CHECKPOINT_FILE = 'ledger/checkpoint';
export const STAGING_FILE = 'ledger/staging';
export const TILE_FOLDER = 'ledger/tile';
export const EVIDENCE_FOLDER = 'evidence';

const EVIDENCE_SUFFIX = '.dsse.json';

export function tileFile(tile: Tile): string {
  return `ledger/${tilePath(tile)}`;
}

/** `evidence/<aa>/<sha256>.dsse.json`. */
export function evidenceFile(digest: Digest): string {
  const hex = digest.slice('sha256:'.length);
  return `${EVIDENCE_FOLDER}/${hex.slice(0, 2)}/${hex}${EVIDENCE_SUFFIX}`;
}

/** The digest that an evidence file's path claims; `undefined` for a path of another form. */
export function evidenceDigest(path: string): Digest | undefined {
  const match = /^evidence\/([0-9a-f]{2})\/([0-9a-f]{64})\.dsse\.json$/.exec(path);
  return match?.[2]?.startsWith(match[1] ?? '?') === true ? `sha256:${match[2]}` : undefined;
}

/** The tile at `index` of a level in a tree of `size`, partial or full; width 0 where the tree does not reach it. */
export function tileOf(level: number | 'entries', index: number, size: number): Tile {
  const { full, partial } = tilesAt(level === 'entries' ? 0 : level, size);
  return { level, index, width: index < full ? TILE_WIDTH : index === full ? partial : 0 };
}

/** The partial tiles that a checkpoint of `size` needs: the right edge of the tree and of the entries. */
export function partialTiles(size: number): Tile[] {
  const levels: (number | 'entries')[] = ['entries', ...Array.from({ length: levelsOf(size) }, (_, level) => level)];
  return levels
    .map((level) => tileOf(level, tilesAt(level === 'entries' ? 0 : level, size).full, size))
    .filter(({ width }) => width > 0);
}

import { HASH_BYTES, rootOf, type Hash } from './merkle.ts';

/** Hashes in a full tile, and entries in a full bundle. https://c2sp.org/tlog-tiles */
export const TILE_WIDTH = 256;
/** Longest entry that a bundle's two-byte length can hold. */
export const MAX_ENTRY_BYTES = 65_535;
/** Largest tile and largest bundle that a reader accepts. */
export const MAX_TILE_BYTES = TILE_WIDTH * HASH_BYTES;
export const MAX_BUNDLE_BYTES = TILE_WIDTH * (2 + MAX_ENTRY_BYTES);

/** A tile of hashes at a level, or (`entries`) a bundle of entries. A width below 256 makes it partial. */
export interface Tile {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}

/** `tile/0/x001/x234/067`, `tile/entries/000.p/17`: the path of a tile below the log's prefix. */
export function tilePath({ level, index, width }: Tile): string {
  const suffix = width === TILE_WIDTH ? '' : `.p/${width}`;
  return `tile/${level}/${indexPath(index)}${suffix}`;
}

function indexPath(index: number): string {
  let path = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  }
  return path;
}

/** Reads a path that `tilePath` writes; `undefined` for every other. */
export function parseTilePath(path: string): Tile | undefined {
  const match = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (match === null) return undefined;
  const [, level = '', digits = '', width] = match;
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(digits.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  return tilePath(tile) === path && tile.width >= 1 && (level === 'entries' || Number(level) <= 63) ? tile : undefined;
}

/** Full tiles, and the width of the partial one after them, at a level of a tree. */
export function tilesAt(level: number, size: number): { full: number; partial: number } {
  const nodes = Math.floor(size / TILE_WIDTH ** level);
  return { full: Math.floor(nodes / TILE_WIDTH), partial: nodes % TILE_WIDTH };
}

/** The levels that a tree has tiles at: none for the empty tree. */
export function levelsOf(size: number): number {
  let levels = 0;
  while (Math.floor(size / TILE_WIDTH ** levels) > 0) levels += 1;
  return levels;
}

export function joinHashes(hashes: readonly Hash[]): Uint8Array {
  return Buffer.concat(hashes, hashes.length * HASH_BYTES);
}

/** The hashes of a tile; `undefined` where the bytes are not exactly `width` hashes or more. */
export function splitHashes(bytes: Uint8Array, width: number): Hash[] | undefined {
  if (bytes.length % HASH_BYTES !== 0 || bytes.length < width * HASH_BYTES) return undefined;
  return Array.from({ length: width }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

/** The hash of complete subtree `index` at `level` (counted in tree levels, not tile levels) from the tile that holds it. */
export function nodeInTile(hashes: readonly Hash[], level: number, index: number): Hash {
  const span = 2 ** (level % 8);
  const first = (index * span) % TILE_WIDTH;
  return rootOf(hashes.slice(first, first + span));
}

/** A bundle: for each entry its length as big-endian uint16, then its bytes. Throws RangeError on an entry that is too long. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bundle = Buffer.alloc(entries.reduce((total, entry) => total + 2 + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry of ${entry.length} bytes is too long`);
    at = bundle.writeUInt16BE(entry.length, at);
    bundle.set(entry, at);
    at += entry.length;
  }
  return bundle;
}

/** The entries of a bundle; `undefined` where the lengths do not add up. */
export function decodeBundle(bundle: Uint8Array): Uint8Array[] | undefined {
  const entries: Uint8Array[] = [];
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  let at = 0;
  while (at < bundle.length) {
    if (at + 2 > bundle.length) return undefined;
    const length = view.getUint16(at);
    at += 2;
    if (at + length > bundle.length) return undefined;
    entries.push(bundle.subarray(at, at + length));
    at += length;
  }
  return entries;
}

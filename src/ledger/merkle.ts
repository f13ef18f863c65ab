import { hash } from 'node:crypto';

/** A SHA-256 hash, 32 bytes. */
export type Hash = Uint8Array;

/** The hash of the complete subtree over leaves `index * 2^level` up to, not including, `(index + 1) * 2^level`. */
export type NodeSource = (level: number, index: number) => Promise<Hash>;

export const HASH_BYTES = 32;

/** Root of the tree without leaves: the hash of nothing. RFC 6962 §2.1. */
export const EMPTY_ROOT: Hash = hash('sha256', new Uint8Array(0), 'buffer');

const nodeInput = new Uint8Array(1 + 2 * HASH_BYTES);
nodeInput[0] = 1;

/** Room for what most leaves are; a longer one gets its own. */
const leafInput = new Uint8Array(4096);

/** `H(0x00 ‖ data)`. RFC 6962 §2.1. */
export function leafHash(data: Uint8Array): Hash {
  const length = 1 + data.length;
  const input = length > leafInput.length ? new Uint8Array(length) : leafInput.subarray(0, length);
  input.set(data, 1);
  return sha256Bytes(input);
}

/** `H(0x01 ‖ left ‖ right)`. RFC 6962 §2.1. */
export function nodeHash(left: Hash, right: Hash): Hash {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return sha256Bytes(nodeInput);
}

/** By way of a text: Node takes as long to allocate a buffer for each hash as to hash. */
function sha256Bytes(input: Uint8Array): Hash {
  return Buffer.from(hash('sha256', input, 'binary'), 'latin1');
}

export function sameHash(a: Hash, b: Hash): boolean {
  return Buffer.compare(a, b) === 0;
}

/** The tree hash over nodes that stand side by side, each the root of a complete subtree of the same height. */
export function rootOf(nodes: readonly Hash[]): Hash {
  if (nodes.length === 0) return EMPTY_ROOT;
  let row = [...nodes];
  while (row.length > 1) {
    const above: Hash[] = [];
    for (let at = 0; at + 1 < row.length; at += 2) above.push(nodeHash(row[at] as Hash, row[at + 1] as Hash));
    if (row.length % 2 === 1) above.push(row.at(-1) as Hash);
    row = above;
  }
  return row[0] as Hash;
}

/** The largest power of two smaller than `count`, as its exponent. */
function splitLevel(count: number): number {
  let level = 0;
  while (2 ** (level + 1) < count) level += 1;
  return level;
}

/** The tree hash over leaves `from` up to, not including, `to`; `from` must be a multiple of the subtree's span. */
export async function rangeHash(from: number, to: number, node: NodeSource): Promise<Hash> {
  if (from === to) return EMPTY_ROOT;
  const span = to - from;
  const level = span === 1 ? 0 : splitLevel(span);
  if (span === 2 ** level) return node(level, from / span);
  if (span === 2 ** (level + 1)) return node(level + 1, from / span);
  const middle = from + 2 ** level;
  return nodeHash(await node(level, from / 2 ** level), await rangeHash(middle, to, node));
}

/** The audit path of a leaf, from its sibling up to the root's child. RFC 6962 §2.1.1. Throws RangeError outside the tree. */
export async function inclusionProof(index: number, size: number, node: NodeSource): Promise<Hash[]> {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size)
    throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  const proof: Hash[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + 2 ** splitLevel(to - from);
    if (index < middle) {
      proof.unshift(await rangeHash(middle, to, node));
      to = middle;
    } else {
      proof.unshift(await rangeHash(from, middle, node));
      from = middle;
    }
  }
  return proof;
}

/** Proof that the tree of `oldSize` is a prefix of the tree of `newSize`. RFC 6962 §2.1.2. Empty for equal or empty old trees. */
export async function consistencyProof(oldSize: number, newSize: number, node: NodeSource): Promise<Hash[]> {
  if (oldSize < 0 || oldSize > newSize) throw new RangeError(`a tree of ${oldSize} is no part of a tree of ${newSize}`);
  if (oldSize === 0 || oldSize === newSize) return [];
  const proof: Hash[] = [];
  let from = 0;
  let to = newSize;
  let whole = true;
  while (to !== oldSize) {
    const middle = from + 2 ** splitLevel(to - from);
    if (oldSize <= middle) {
      proof.unshift(await rangeHash(middle, to, node));
      to = middle;
    } else {
      proof.unshift(await rangeHash(from, middle, node));
      from = middle;
      whole = false;
    }
  }
  if (!whole) proof.unshift(await rangeHash(from, to, node));
  return proof;
}

/** True when `proof` leads from the leaf's hash at `index` to `root`. RFC 9162 §2.1.3.2. */
export function verifyInclusion(index: number, size: number, leaf: Hash, proof: readonly Hash[], root: Hash): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let position = index;
  let last = size - 1;
  let hashed = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      hashed = nodeHash(sibling, hashed);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hashed = nodeHash(hashed, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameHash(hashed, root);
}

/** True when `proof` shows that the tree with `oldRoot` is a prefix of the tree with `newRoot`. RFC 9162 §2.1.4.2. */
export function verifyConsistency(
  old: { readonly size: number; readonly root: Hash },
  now: { readonly size: number; readonly root: Hash },
  proof: readonly Hash[],
): boolean {
  if (old.size < 0 || old.size > now.size) return false;
  if (old.size === now.size) return proof.length === 0 && sameHash(old.root, now.root);
  if (old.size === 0) return proof.length === 0 && sameHash(old.root, EMPTY_ROOT);
  const path = Number.isInteger(Math.log2(old.size)) ? [old.root, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let position = old.size - 1;
  let last = now.size - 1;
  while (position % 2 === 1) {
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  let oldHash = first;
  let newHash = first;
  for (const sibling of path) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameHash(oldHash, old.root) && sameHash(newHash, now.root);
}

import type { Digest } from '../model/digest.ts';
import { sha256 } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Envelope } from '../model/evidence.ts';
import { anyBase64 } from './base64.ts';
import { verifyEd25519 } from './ed25519.ts';
import { decodeEnvelope, signedBytes } from './envelope.ts';
import { evidenceFile } from './layout.ts';
import { decodeLeaf, prepareEnvelope, type Leaf } from './leaf.ts';
import { HASH_BYTES, leafHash } from './merkle.ts';
import { decodeBundle } from './tiles.ts';

/** Public keys by their ID, `sha256:` of the raw key. */
export type KeyTable = ReadonlyMap<Digest, Uint8Array>;

/** One bundle with the files of its envelopes, in a form that can be moved to another thread. */
export interface Chunk {
  readonly bundlePath: string;
  /** Index of its first entry. */
  readonly first: number;
  readonly bundle: Uint8Array;
  /** The envelope files one after the other, and the length of each; -1 where the file is missing. */
  readonly envelopes: Uint8Array;
  readonly lengths: Int32Array;
}

/** Something in the ledger that is not as it must be, and the file to blame. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  /** The entry it is about, where it is about one. */
  readonly index?: number;
}

export interface ChunkReport {
  /** The leaf hashes, 32 bytes each. */
  readonly hashes: Uint8Array;
  readonly problems: readonly Problem[];
  /** Times of the first and last entry, where they could be read. */
  readonly times: readonly [string, string] | undefined;
}

/**
 * Checks all of a bundle that does not need the rest of the tree: the form of its leaves, their times, and that each
 * envelope file is there, has its digest, and says what the leaf says. With keys, its signatures as well: one at least
 * must be a known key's, and none may fail that claims to be.
 */
export function checkChunk(chunk: Chunk, keys: KeyTable | undefined): ChunkReport {
  const entries = decodeBundle(chunk.bundle) ?? [];
  const hashes = new Uint8Array(entries.length * HASH_BYTES);
  const problems: Problem[] = [];
  const times: string[] = [];
  let offset = 0;
  for (const [at, entry] of entries.entries()) {
    const index = chunk.first + at;
    hashes.set(leafHash(entry), at * HASH_BYTES);
    const length = chunk.lengths[at] ?? -1;
    const file = length < 0 ? undefined : chunk.envelopes.subarray(offset, offset + length);
    offset += Math.max(length, 0);
    const leaf = decodeLeaf(entry);
    if (leaf === undefined) {
      problems.push({ path: chunk.bundlePath, index, message: `entry ${index} is not a leaf of this ledger` });
      continue;
    }
    if (leaf.time < (times.at(-1) ?? ''))
      problems.push({ path: chunk.bundlePath, index, message: `entry ${index} is older than the one before` });
    times.push(leaf.time);
    const message = judgeEnvelope(leaf, file, keys);
    if (message !== undefined) problems.push({ path: evidenceFile(leaf.envelope), index, message });
  }
  const [first, last] = [times[0], times.at(-1)];
  return { hashes, problems, times: first === undefined || last === undefined ? undefined : [first, last] };
}

function judgeEnvelope(leaf: Leaf, file: Uint8Array | undefined, keys: KeyTable | undefined): string | undefined {
  if (file === undefined) return 'the file is missing, but the log has it';
  if (sha256(file) !== leaf.envelope) return 'its bytes do not have the digest in its name';
  try {
    const envelope = decodeEnvelope(file, 'it');
    const { bytes, leaf: made } = prepareEnvelope(envelope, 'it');
    if (Buffer.compare(bytes, file) !== 0) return 'it is not stored in canonical form';
    if (made.pae !== leaf.pae) return 'what it signs does not have the digest in its leaf';
    if (made.predicateType !== leaf.predicateType)
      return `its predicate type is not ${leaf.predicateType} as in its leaf`;
    if (made.subjects.join() !== leaf.subjects.join()) return 'its subjects are not those in its leaf';
    return keys === undefined ? undefined : judgeSignatures(envelope, keys);
  } catch (error) {
    if (error instanceof LaunchgateError) return error.message;
    throw error;
  }
}

function judgeSignatures(envelope: Envelope, keys: KeyTable): string | undefined {
  const message = signedBytes(envelope);
  let verified = 0;
  for (const { keyid, sig } of envelope.signatures) {
    const signature = anyBase64(sig) ?? new Uint8Array(0);
    const named = keyid === undefined ? undefined : keys.get(keyid as Digest);
    if (named !== undefined) {
      if (!verifyEd25519(named, message, signature)) return `the signature of ${keyid} does not verify`;
      verified += 1;
    } else if (keyid === undefined && [...keys.values()].some((key) => verifyEd25519(key, message, signature))) {
      verified += 1;
    }
  }
  return verified === 0 ? 'none of its signatures is by a known key' : undefined;
}

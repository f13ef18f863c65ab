import type { Digest } from '../model/digest.ts';
import { sha256 } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { verifyEd25519 } from './ed25519.ts';
import { readEnvelope, signedBytes, type OpenEnvelope } from './envelope.ts';
import { evidenceFile } from './layout.ts';
import { decodeLeaf, encodeLeaf, isLeafTime, leafEnvelope, leafOf, leafTime, type Leaf } from './leaf.ts';
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
    const verdict = judgeEntry(entry, file, keys);
    if ('message' in verdict)
      problems.push({ path: verdict.path ?? chunk.bundlePath, index, message: verdict.message });
    if (verdict.time === undefined) continue;
    if (verdict.time < (times.at(-1) ?? ''))
      problems.push({ path: chunk.bundlePath, index, message: `entry ${index} is older than the one before` });
    times.push(verdict.time);
  }
  const [first, last] = [times[0], times.at(-1)];
  return { hashes, problems, times: first === undefined || last === undefined ? undefined : [first, last] };
}

type Verdict = { readonly time: string } | { readonly time?: string; readonly path?: string; readonly message: string };

function judgeEntry(entry: Uint8Array, file: Uint8Array | undefined, keys: KeyTable | undefined): Verdict {
  const digest = file === undefined ? undefined : sha256(file);
  if (file !== undefined && digest !== undefined && digest === leafEnvelope(entry)) {
    try {
      const envelope = readEnvelope(file, 'it');
      const signed = signedBytes(envelope);
      const time = leafTime(entry);
      const leaf = leafOf(envelope, digest, signed, 'it');
      if (!isLeafTime(time) || Buffer.compare(encodeLeaf({ ...leaf, time }), entry) !== 0)
        return contradiction(entry, leaf);
      const message = keys === undefined ? undefined : judgeSignatures(envelope, signed, keys);
      return message === undefined ? { time } : { time, path: evidenceFile(digest), message };
    } catch (error) {
      if (error instanceof LaunchgateError) return { path: evidenceFile(digest), message: error.message };
      throw error;
    }
  }
  const leaf = decodeLeaf(entry);
  if (leaf === undefined) return { message: NO_LEAF };
  const message =
    file === undefined ? 'the file is missing, but the log has it' : 'its bytes do not have the digest in its name';
  return { time: leaf.time, path: evidenceFile(leaf.envelope), message };
}

const NO_LEAF = 'an entry is not a leaf of this ledger';

/** Names the member in which a leaf and its envelope differ. */
function contradiction(entry: Uint8Array, made: Omit<Leaf, 'time'>): Verdict {
  const leaf = decodeLeaf(entry);
  if (leaf === undefined) return { message: NO_LEAF };
  const members = (['pae', 'predicateType', 'subjects'] as const).filter(
    (name) => leaf[name].toString() !== made[name].toString(),
  );
  return {
    time: leaf.time,
    path: evidenceFile(made.envelope),
    message: `its leaf says otherwise: ${members.join(', ')}`,
  };
}

function judgeSignatures({ signatures }: OpenEnvelope, signed: Uint8Array, keys: KeyTable): string | undefined {
  let verified = 0;
  for (const { keyid, sig } of signatures) {
    const named = keyid === undefined ? undefined : keys.get(keyid as Digest);
    if (named !== undefined) {
      if (!verifyEd25519(named, signed, sig)) return `the signature of ${keyid} does not verify`;
      verified += 1;
    } else if (keyid === undefined && [...keys.values()].some((key) => verifyEd25519(key, signed, sig))) {
      verified += 1;
    }
  }
  return verified === 0 ? 'none of its signatures is by a known key' : undefined;
}

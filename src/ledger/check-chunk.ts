import type { Digest } from '../model/digest.ts';
import { sha256 } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { filesIn, type FileRow } from '../model/ledger-storage.ts';
import type { Verify } from './bulk-verify.ts';
import { claimIn, readEnvelope, signedBytes, type OpenEnvelope } from './envelope.ts';
import { evidenceFile } from './layout.ts';
import { decodeLeaf, encodeLeaf, isLeafTime, leafEnvelope, leafTime, type Leaf } from './leaf.ts';
import { HASH_BYTES, leafHash, rootOf, type Hash } from './merkle.ts';
import { decodeBundle } from './tiles.ts';

/** Public keys by their ID, `sha256:` of the raw key. */
export type KeyTable = ReadonlyMap<Digest, Uint8Array>;

/** One bundle with the files of its envelopes, in a form that can be moved to another thread. */
export interface Chunk {
  readonly bundlePath: string;
  /** Index of its first entry. */
  readonly first: number;
  readonly bundle: Uint8Array;
  readonly envelopes: FileRow;
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
  /** The tree hash over them. */
  readonly root: Hash;
  readonly problems: readonly Problem[];
  /** Indices of the entries that no known key signed. */
  readonly strangers: readonly number[];
  /** Times of the first and last entry, where they could be read. */
  readonly times: readonly [string, string] | undefined;
}

/**
 * Checks all of a bundle that does not need the rest of the tree: the form of its leaves, their times, and that each
 * envelope file is there, has its digest, and says what the leaf says. With keys, its signatures as well: none may fail that
 * claims to be a known key's. One that no known key signed is told apart: anybody may offer evidence, and nothing rests on it.
 */
export function checkChunk(chunk: Chunk, keys: KeyTable | undefined, verify: Verify): ChunkReport {
  const entries = decodeBundle(chunk.bundle) ?? [];
  const files = filesIn(chunk.envelopes);
  // All is read before anything is verified: by turns, each would push the other out of the processor's caches.
  const read = entries.map((entry, at) => judgeEntry(entry, files[at]));
  const verdicts = keys === undefined ? read : read.map((verdict) => judgeSigned(verdict, keys, verify));
  const problems: Problem[] = [];
  const strangers: number[] = [];
  let first: string | undefined;
  let last = '';
  for (const [at, { time, path = chunk.bundlePath, message, stranger }] of verdicts.entries()) {
    const index = chunk.first + at;
    if (stranger === true) strangers.push(index);
    if (message !== undefined) problems.push({ path, index, message });
    if (time === undefined) continue;
    if (time < last)
      problems.push({ path: chunk.bundlePath, index, message: `entry ${index} is older than the one before` });
    first ??= time;
    last = time;
  }
  const hashes = entries.map(leafHash);
  const times = first === undefined ? undefined : ([first, last] as const);
  return { hashes: joined(hashes), root: new Uint8Array(rootOf(hashes)), problems, strangers, times };
}

/** In memory of their own, which can be moved to another thread; small buffers share theirs. */
function joined(hashes: readonly Hash[]): Uint8Array {
  const all = new Uint8Array(hashes.length * HASH_BYTES);
  for (const [at, hash] of hashes.entries()) all.set(hash, at * HASH_BYTES);
  return all;
}

/** What is known of an entry: its time, what is wrong and in which file (its bundle where none is named), what was signed. */
interface Verdict {
  readonly time?: string;
  readonly path?: string;
  readonly message?: string;
  /** No known key signed it. */
  readonly stranger?: boolean;
  readonly signed?: { readonly bytes: Uint8Array; readonly signatures: OpenEnvelope['signatures'] };
}

function judgeEntry(entry: Uint8Array, file: Uint8Array | undefined): Verdict {
  const digest = file === undefined ? undefined : sha256(file);
  if (file !== undefined && digest !== undefined && digest === leafEnvelope(entry)) {
    const path = evidenceFile(digest);
    try {
      const envelope = readEnvelope(file, 'it');
      const bytes = signedBytes(envelope);
      const leaf = { envelope: digest, ...claimIn(envelope, bytes, 'it') };
      const time = leafTime(entry);
      const agree = isLeafTime(time) && Buffer.compare(encodeLeaf({ ...leaf, time }), entry) === 0;
      return agree ? { time, path, signed: { bytes, signatures: envelope.signatures } } : contradiction(entry, leaf);
    } catch (error) {
      if (error instanceof LaunchgateError) return { path, message: error.message };
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

function judgeSigned(verdict: Verdict, keys: KeyTable, verify: Verify): Verdict {
  return verdict.signed === undefined ? verdict : { ...verdict, ...judgeSignatures(verdict.signed, keys, verify) };
}

function judgeSignatures(
  { bytes, signatures }: NonNullable<Verdict['signed']>,
  keys: KeyTable,
  verify: Verify,
): Pick<Verdict, 'message' | 'stranger'> {
  let verified = 0;
  for (const { keyid, sig } of signatures) {
    const named = keyid === undefined ? undefined : keys.get(keyid as Digest);
    if (named !== undefined) {
      if (!verify(named, bytes, sig)) return { message: `the signature of ${keyid} does not verify` };
      verified += 1;
    } else if ([...keys.values()].some((key) => verify(key, bytes, sig))) {
      // An id that names no key is no more than a hint that is missing: a gate counts the signature all the same.
      verified += 1;
    }
  }
  return { stranger: verified === 0 };
}

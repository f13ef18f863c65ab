import type { Digest } from '../model/digest.ts';
import { sha256 } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { LedgerEntry } from '../model/evidence.ts';
import { filesIn, type CheckpointPin, type LedgerStorage } from '../model/ledger-storage.ts';
import { verifyCheckpoint, type Checkpoint } from './checkpoint.ts';
import { DigestIndex } from './digest-index.ts';
import { decodeEnvelope, MAX_ENVELOPE_BYTES, statementOf } from './envelope.ts';
import { CHECKPOINT_FILE, evidenceFile, tileOf } from './layout.ts';
import { decodeLeaf, type Leaf } from './leaf.ts';
import { MAX_CHECKPOINT_BYTES } from './log.ts';
import { consistencyProof, inclusionProof, leafHash, rangeHash, sameHash, type Hash } from './merkle.ts';
import { pinAsOfNow, requirePinned } from './pin.ts';
import { formatProof } from './proof.ts';
import { corrupt, readEntries } from './tile-store.ts';
import { TILE_WIDTH } from './tiles.ts';
import { verifiedTiles, type VerifiedTiles } from './verified-tiles.ts';
import type { VerifierKey } from './vkey.ts';

export interface ReaderOptions {
  readonly storage: LedgerStorage;
  /** Keys of the log; its checkpoint must bear a valid signature of one. */
  readonly logKeys: readonly VerifierKey[];
  /** The checkpoint relied on before: a ledger that does not contain it is refused. */
  readonly pin?: CheckpointPin;
}

/** A leaf with its place in the log, proven to be in the tree of the checkpoint. */
export interface LoggedLeaf extends Leaf {
  readonly index: number;
  /** The bytes that the log commits to; what an offline proof is checked against. */
  readonly bytes: Uint8Array;
}

/** Reads a ledger as of one checkpoint. Everything it returns was proven to be in that tree; signatures are for others to judge. */
export class LedgerReader {
  readonly checkpoint: Checkpoint;
  readonly #storage: LedgerStorage;
  readonly #tiles: VerifiedTiles;
  readonly #index: DigestIndex;

  private constructor(storage: LedgerStorage, checkpoint: Checkpoint, tiles: VerifiedTiles) {
    this.checkpoint = checkpoint;
    this.#storage = storage;
    this.#tiles = tiles;
    this.#index = new DigestIndex(storage);
  }

  /**
   * Opens the ledger at its present checkpoint. Throws `ledger-unreadable` where there is none or it cannot be read, and
   * `ledger-corrupt` where it is damaged, wrongly signed, rolled back or forked.
   */
  static async open({ storage, logKeys, pin }: ReaderOptions): Promise<LedgerReader> {
    const before = pin === undefined ? undefined : await pinAsOfNow(pin);
    const bytes = await storage.read(CHECKPOINT_FILE, MAX_CHECKPOINT_BYTES);
    if (bytes === undefined) throw await missing(storage, pin);
    const checkpoint = verifyCheckpoint(bytes, logKeys, CHECKPOINT_FILE);
    if (before !== undefined) await requirePinned(storage, checkpoint, before, logKeys);
    return new LedgerReader(storage, checkpoint, await verifiedTiles(storage, checkpoint));
  }

  /** The leaves from `from` up to, not including, `to`; cut at the size of the checkpoint. */
  async leaves(from: number, to: number): Promise<LoggedLeaf[]> {
    const end = Math.min(to, this.checkpoint.size);
    const leaves: LoggedLeaf[] = [];
    for (let index = Math.max(from, 0); index < end; index += TILE_WIDTH - (index % TILE_WIDTH)) {
      const bundle = await this.#bundle(Math.floor(index / TILE_WIDTH));
      const first = index - (index % TILE_WIDTH);
      leaves.push(...bundle.slice(index - first, end - first));
    }
    return leaves;
  }

  /** The entries with their envelopes and statements, as `leaves`. Throws `ledger-corrupt` naming an envelope file that is missing or damaged. */
  async entries(from: number, to: number): Promise<LedgerEntry[]> {
    const leaves = await this.leaves(from, to);
    const paths = leaves.map(({ envelope }) => evidenceFile(envelope));
    const files = filesIn(await this.#storage.readMany(paths, MAX_ENVELOPE_BYTES));
    return leaves.map((leaf, at) => entryOf(leaf, files[at]));
  }

  /** The first index of an envelope; `undefined` where the log does not have it. Reads all leaves once. */
  async find(envelope: Digest): Promise<number | undefined> {
    const index = await this.#index.find(envelope, this.checkpoint.size);
    if (index === undefined) return undefined;
    const [leaf] = await this.leaves(index, index + 1);
    if (leaf?.envelope !== envelope) throw corrupt('ledger/tile/entries', `entry ${index} changed while it was read`);
    return index;
  }

  /** The audit path of an entry in the tree of the checkpoint. Reads a few tiles, however large the log. Throws RangeError outside it. */
  inclusionProof(index: number): Promise<Hash[]> {
    return inclusionProof(index, this.checkpoint.size, this.#tiles.node);
  }

  /** Proof that the tree of `oldSize` entries is the beginning of this one. */
  consistencyProof(oldSize: number): Promise<Hash[]> {
    return consistencyProof(oldSize, this.checkpoint.size, this.#tiles.node);
  }

  /** The bytes of a `.tlog-proof` file for an entry; the leaf it proves goes along as its extra data. */
  async proofFile(index: number): Promise<Uint8Array> {
    const hashes = await this.inclusionProof(index);
    const [leaf] = await this.leaves(index, index + 1);
    return formatProof({
      index,
      hashes,
      checkpoint: this.checkpoint.bytes,
      ...(leaf === undefined ? {} : { extra: leaf.bytes }),
    });
  }

  /** The root of the log as it was at a size, from a few tiles. Throws RangeError beyond the checkpoint. */
  async rootAt(size: number): Promise<Hash> {
    if (!Number.isSafeInteger(size) || size < 0 || size > this.checkpoint.size)
      throw new RangeError(`the log has ${this.checkpoint.size} entries, and never had ${size} at this checkpoint`);
    return size === this.checkpoint.size ? this.checkpoint.root : rangeHash(0, size, this.#tiles.node);
  }

  /** How many of the entries were sequenced at or before a time: the size of the log as it was then. */
  async sizeAt(time: Date): Promise<number> {
    let from = 0;
    let to = this.checkpoint.size;
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      const [leaf] = await this.leaves(middle, middle + 1);
      if (leaf !== undefined && Date.parse(leaf.time) <= time.getTime()) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  async #bundle(index: number): Promise<LoggedLeaf[]> {
    const { path, entries } = await readEntries(this.#storage, tileOf('entries', index, this.checkpoint.size));
    const hashes = await this.#tiles.tile(0, index);
    return entries.map((bytes, at) => {
      const position = index * TILE_WIDTH + at;
      if (!sameHash(leafHash(bytes), hashes[at] as Hash))
        throw corrupt(path, `entry ${position} does not have the hash in its tile`);
      const leaf = decodeLeaf(bytes);
      if (leaf === undefined) throw corrupt(path, `entry ${position} is not a leaf of this ledger`);
      return { ...leaf, index: position, bytes };
    });
  }
}

function entryOf(leaf: LoggedLeaf, file: Uint8Array | undefined): LedgerEntry {
  const path = evidenceFile(leaf.envelope);
  if (file === undefined) throw corrupt(path, `the file is missing, but it is entry ${leaf.index} of the log`);
  if (sha256(file) !== leaf.envelope) throw corrupt(path, 'its bytes do not have the digest in its name');
  const envelope = decodeEnvelope(file, path);
  const statement = statementOf(envelope, path);
  return { index: leaf.index, sequencedAt: leaf.time, digest: leaf.envelope, envelope, statement };
}

async function missing(storage: LedgerStorage, pin: CheckpointPin | undefined): Promise<LaunchgateError> {
  const seen = (await pin?.read()) !== undefined;
  return new LaunchgateError(
    'ledger-unreadable',
    `${storage.location} holds no ledger: ${CHECKPOINT_FILE} is missing${seen ? ', but it was there before' : ''}`,
    { next: seen ? 'Restore the ledger from a copy.' : 'Add the first evidence with: launchgate evidence add.' },
  );
}

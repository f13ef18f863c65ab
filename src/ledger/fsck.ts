import type { Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { CheckpointPin, LedgerStorage } from '../model/ledger-storage.ts';
import type { Chunk, ChunkReport, KeyTable, Problem } from './check-chunk.ts';
import { verifyCheckpoint, type Checkpoint } from './checkpoint.ts';
import { MAX_ENVELOPE_BYTES } from './envelope.ts';
import { blame, readLevel } from './fsck-tree.ts';
import { CHECKPOINT_FILE, EVIDENCE_FOLDER, evidenceFile, STAGING_FILE, tileFile, tileOf } from './layout.ts';
import { isDigest, leafEnvelope } from './leaf.ts';
import { MAX_CHECKPOINT_BYTES } from './log.ts';
import { HASH_BYTES, sameHash, type Hash } from './merkle.ts';
import { pinAsOfNow, requirePinned } from './pin.ts';
import { decodeStaging, MAX_STAGING_BYTES } from './staging.ts';
import { listEvidence, unloggedEvidence } from './stored-evidence.ts';
import { strayFiles } from './stray-files.ts';
import { strayTiles } from './stray-tiles.ts';
import { decodeBundle, levelsOf, MAX_BUNDLE_BYTES, splitHashes, TILE_WIDTH } from './tiles.ts';
import { checkHere, checkInWorkers, type ChunkChecker } from './verify-pool.ts';
import type { VerifierKey } from './vkey.ts';

export interface FsckOptions {
  readonly storage: LedgerStorage;
  /** Keys of the log; its checkpoint must bear a valid signature of one. */
  readonly logKeys: readonly VerifierKey[];
  readonly pin?: CheckpointPin;
  /** Public keys of those who may have signed evidence. With them, every envelope's signatures are verified. */
  readonly keys?: KeyTable;
  /** Threads to check in; none: this one. */
  readonly threads?: number;
}

/** `sound`: all was recomputed and agrees. `corrupt`: the files to blame. `unreadable`: nothing can be said. */
export type FsckResult =
  | {
      readonly state: 'sound';
      readonly checkpoint: Checkpoint;
      readonly signaturesVerified: boolean;
      /** Indices of the entries that no known key signed, where signatures were verified: nothing rests on them. */
      readonly strangers: readonly number[];
      /** Envelopes that are stored and not in the log: another branch's, or a crash's. */
      readonly unlogged: readonly Digest[];
      readonly notes: readonly string[];
    }
  | { readonly state: 'corrupt'; readonly problems: readonly [Problem, ...Problem[]] }
  | { readonly state: 'unreadable'; readonly reason: string; readonly next?: string };

/** Recomputes the whole ledger from its files and compares. Takes no lock; judges the checkpoint it finds at the start. */
export async function fsck(options: FsckOptions): Promise<FsckResult> {
  const { keys, threads = 0 } = options;
  const checker = threads > 0 ? checkInWorkers(threads, keys) : checkHere(keys);
  try {
    return await examine(options, checker);
  } catch (error) {
    if (!(error instanceof LaunchgateError)) throw error;
    if (error.code === 'ledger-corrupt') return { state: 'corrupt', problems: [problemOf(error)] };
    return { state: 'unreadable', reason: error.message, ...(error.next === undefined ? {} : { next: error.next }) };
  } finally {
    await checker.close();
  }
}

async function examine(options: FsckOptions, checker: ChunkChecker): Promise<FsckResult> {
  const { storage, logKeys } = options;
  const pin = options.pin === undefined ? undefined : await pinAsOfNow(options.pin);
  const bytes = await storage.read(CHECKPOINT_FILE, MAX_CHECKPOINT_BYTES);
  if (bytes === undefined)
    throw new LaunchgateError(
      'ledger-unreadable',
      `${storage.location} holds no ledger: ${CHECKPOINT_FILE} is missing`,
      {
        next: 'Name the folder of a ledger, or restore its checkpoint from a copy.',
      },
    );
  const checkpoint = verifyCheckpoint(bytes, logKeys, CHECKPOINT_FILE);
  // What threads cannot do is done first, while they start.
  const evidence = await listEvidence(storage);
  const tiles = await Promise.all(
    Array.from({ length: levelsOf(checkpoint.size) }, (_, level) => readLevel(storage, level, checkpoint.size)),
  );
  const bundles = await readBundles(storage, checkpoint.size, checker);
  const rows = tiles.map((level) => level.tiles);
  const blamed = checkpoint.size === 0 ? [] : blame(checkpoint, bundles, rows);
  const wrong = [
    ...bundles.problems.filter((problem) => !isSecondary(problem, blamed, bundles.rows, rows[0] ?? [])),
    ...tiles.flatMap((level) => level.problems),
    ...blamed,
  ];
  const strays = await strayTiles(storage, checkpoint.size, new Set(wrong.map(({ path }) => path)));
  const stored = await unloggedEvidence(storage, evidence, bundles.evidence);
  const problems = [...wrong, ...strays.problems, ...stored.problems, ...(await stagingProblems(storage))];
  const [first, ...rest] = problems;
  if (first !== undefined) return { state: 'corrupt', problems: [first, ...rest] };
  if (pin !== undefined) await requirePinned(storage, checkpoint, pin, logKeys);
  const signaturesVerified = options.keys !== undefined;
  const notes = [...strays.notes, ...stored.notes, ...(await strayFiles(storage))];
  return {
    state: 'sound',
    checkpoint,
    signaturesVerified,
    strangers: bundles.strangers,
    unlogged: stored.unlogged,
    notes,
  };
}

interface Bundles {
  /** The leaf hashes of each bundle that could be had, and the hash over them. */
  readonly rows: (readonly Hash[] | undefined)[];
  readonly roots: (Hash | undefined)[];
  readonly problems: Problem[];
  readonly strangers: number[];
  /** Digests of the envelopes that are in the log. */
  readonly evidence: Set<Digest>;
}

/** Reads every bundle with its envelopes and has them checked, several at a time, reported in order. */
async function readBundles(storage: LedgerStorage, size: number, checker: ChunkChecker): Promise<Bundles> {
  const bundles: Bundles = { rows: [], roots: [], problems: [], strangers: [], evidence: new Set() };
  const underWay: Promise<ChunkReport | undefined>[] = [];
  let lastTime = '';
  const settle = async () => {
    const report = await underWay.shift();
    const index = bundles.rows.length;
    bundles.rows.push(report === undefined ? undefined : splitHashes(report.hashes, report.hashes.length / HASH_BYTES));
    bundles.roots.push(report?.root);
    if (report === undefined) return;
    bundles.problems.push(...report.problems);
    bundles.strangers.push(...report.strangers);
    const path = tileFile(tileOf('entries', index, size));
    if (report.times !== undefined && report.times[0] < lastTime)
      bundles.problems.push({ path, message: 'its first entry is older than the one before' });
    lastTime = report.times?.[1] ?? lastTime;
  };
  for (let index = 0; index * TILE_WIDTH < size; index += 1) {
    const chunk = await readChunk(storage, index, size, bundles);
    underWay.push(chunk === undefined ? Promise.resolve(undefined) : checker.check(chunk));
    if (underWay.length >= checker.parallel) await settle();
  }
  while (underWay.length > 0) await settle();
  return bundles;
}

async function readChunk(
  storage: LedgerStorage,
  index: number,
  size: number,
  bundles: Bundles,
): Promise<Chunk | undefined> {
  const tile = tileOf('entries', index, size);
  const path = tileFile(tile);
  const bundle = await storage.read(path, MAX_BUNDLE_BYTES);
  const entries = bundle === undefined ? undefined : decodeBundle(bundle);
  if (bundle === undefined || entries?.length !== tile.width) {
    const message = bundle === undefined ? 'the file is missing' : `it does not hold ${tile.width} entries`;
    bundles.problems.push({ path, message });
    return undefined;
  }
  const digests = entries.map(leafEnvelope);
  for (const digest of digests) bundles.evidence.add(digest);
  const envelopes = await storage.readMany(digests.map(evidenceFileOf), MAX_ENVELOPE_BYTES);
  return { bundlePath: path, first: index * TILE_WIDTH, bundle, envelopes };
}

const NO_FILE = `${EVIDENCE_FOLDER}/none`;

/** A damaged leaf may hold any text where the digest stands; such a path names no file. */
function evidenceFileOf(digest: Digest): string {
  return isDigest(digest) ? evidenceFile(digest) : NO_FILE;
}

/** What a damaged entry says of an envelope is no more than the damage of its bundle, which is blamed already. */
function isSecondary(
  problem: Problem,
  blamed: readonly Problem[],
  made: Bundles['rows'],
  tiles: readonly (readonly Hash[] | undefined)[],
): boolean {
  if (problem.index === undefined || !blamed.some(({ path }) => path.startsWith(tileFolderOfEntries))) return false;
  const at = problem.index % TILE_WIDTH;
  const [own, tile] = [made, tiles].map((rows) => rows[Math.floor((problem.index ?? 0) / TILE_WIDTH)]?.[at]);
  return own !== undefined && tile !== undefined && !sameHash(own, tile);
}

const tileFolderOfEntries = 'ledger/tile/entries/';

async function stagingProblems(storage: LedgerStorage): Promise<Problem[]> {
  const bytes = await storage.read(STAGING_FILE, MAX_STAGING_BYTES);
  if (bytes === undefined) return [];
  try {
    decodeStaging(bytes);
    return [];
  } catch (error) {
    return [problemOf(error as LaunchgateError)];
  }
}

/** Errors of the ledger begin with the path of the file they are about. */
function problemOf(error: LaunchgateError): Problem {
  const [, path, message] = /^(\S+?): (.*)$/s.exec(error.message) ?? [];
  return path === undefined || message === undefined ? { path: 'ledger', message: error.message } : { path, message };
}

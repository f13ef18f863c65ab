/** The ledger against the physical limits of the same machine in the same run. `npx node bench/ledger.ts [LEAVES]` */
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { durableFiles } from '../src/adapters/durable-files.ts';
import { signerOf } from '../src/adapters/keys.ts';
import { Sequencer } from '../src/ledger/append.ts';
import { logKey, signCheckpoint, type Checkpoint } from '../src/ledger/checkpoint.ts';
import { encodeEnvelope, signStatement } from '../src/ledger/envelope.ts';
import { EMPTY_FRONTIER, extend, frontierRoot, type Frontier } from '../src/ledger/frontier.ts';
import { fsck } from '../src/ledger/fsck.ts';
import { CHECKPOINT_FILE } from '../src/ledger/layout.ts';
import { encodeLeaf, prepareEnvelope } from '../src/ledger/leaf.ts';
import { commitGroup, type LogContext, type LogState } from '../src/ledger/log.ts';
import { leafHash, verifyInclusion } from '../src/ledger/merkle.ts';
import { LedgerReader } from '../src/ledger/read.ts';
import type { Envelope } from '../src/model/evidence.ts';
import type { LedgerStorage } from '../src/model/ledger-storage.ts';
import { aStatement } from '../test/ledger-fixtures.ts';

const GROUP = 256;
const LEAVES = Number(process.argv[2] ?? 80 * GROUP);
const LARGE = 1_000_000;
const origin = 'example.com/bench';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signer = signerOf(privateKey);
const logKeys = [logKey(origin, signer.publicKey)];
/** On the disk that the repository lies on: a folder in memory would have no fsync to wait for. */
const scratch = mkdtempSync(join(fileURLToPath(new URL('..', import.meta.url)), '.bench-ledger-'));

try {
  row('limit: write and fsync 8 KiB', fsyncRate(), '/s');
  const [leaves, signLimit] = await beside(signRate, signedLeaves);
  row('limit: Ed25519 sign, one core', signLimit, '/s');
  row('signed leaves, groups of 256', leaves, '/s', 15_000, `${ratio(leaves, signLimit)} of the sign limit`);
  const store = durableFiles(join(scratch, 'store'));
  const [stored, fsyncLimit] = await beside(fsyncRate, () => appendWithFiles(store));
  row('the same with their envelope files', stored, '/s', undefined, `${ratio(stored, fsyncLimit)} of the fsync limit`);
  row('limit: Ed25519 verify, one core', verifyRate(), '/s');
  const [checked, verifyLimit] = await beside(verifyRateOnTwo, () => fullFsck(store));
  row('limit: Ed25519 verify, two threads', verifyLimit, '/s');
  row(
    'full fsck with signatures, two threads',
    checked,
    '/s',
    25_000,
    `${ratio(checked, verifyLimit)} of the verify limit`,
  );
  await proofs();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** A rate, and the limit it is held against: the mean of what the machine gave right before and right after it. */
async function beside(
  limit: () => number | Promise<number>,
  measure: () => Promise<number>,
): Promise<[number, number]> {
  const before = await limit();
  const rate = await measure();
  return [rate, (before + (await limit())) / 2];
}

function row(what: string, value: number, unit: string, target?: number, note = ''): void {
  const aim =
    target === undefined ? '' : `  target ${target.toLocaleString('en')}: ${value >= target ? 'met' : 'not met'}`;
  console.log(`${what.padEnd(42)} ${Math.round(value).toLocaleString('en').padStart(9)} ${unit}${aim}  ${note}`);
}

function ratio(value: number, limit: number): string {
  return `${(value / limit).toFixed(2)}x`;
}

function perSecond(count: number, started: number): number {
  return (count * 1000) / (performance.now() - started);
}

function signRate(count = 6000): number {
  const data = Buffer.alloc(600);
  const started = performance.now();
  for (let n = 0; n < count; n += 1) sign(null, data, privateKey);
  return perSecond(count, started);
}

function verifyRate(count = 4000): number {
  const data = Buffer.alloc(600);
  const signature = sign(null, data, privateKey);
  const started = performance.now();
  for (let n = 0; n < count; n += 1) verify(null, data, publicKey, signature);
  return perSecond(count, started);
}

async function verifyRateOnTwo(count = 6000): Promise<number> {
  const code = `
    const { generateKeyPairSync, sign, verify } = require('node:crypto');
    const { parentPort } = require('node:worker_threads');
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const data = Buffer.alloc(600), signature = sign(null, data, privateKey);
    parentPort.once('message', () => {
      for (let n = 0; n < ${count}; n += 1) verify(null, data, publicKey, signature);
      parentPort.postMessage('done');
    });
    parentPort.postMessage('ready');`;
  const workers = [0, 1].map(() => new Worker(code, { eval: true }));
  const next = (worker: Worker) => new Promise((resolve) => worker.once('message', resolve));
  await Promise.all(workers.map(next));
  const started = performance.now();
  await Promise.all(
    workers.map((worker) => {
      const done = next(worker);
      worker.postMessage('go', []);
      return done;
    }),
  );
  const rate = perSecond(2 * count, started);
  await Promise.all(workers.map((worker) => worker.terminate()));
  return rate;
}

function fsyncRate(count = 400): number {
  const file = openSync(join(scratch, 'fsync'), 'w');
  const page = Buffer.alloc(8192, 1);
  const started = performance.now();
  for (let n = 0; n < count; n += 1) {
    writeSync(file, page);
    fsyncSync(file);
  }
  const rate = perSecond(count, started);
  closeSync(file);
  return rate;
}

function makeGroup(first: number): Promise<Envelope[]> {
  return Promise.all(
    Array.from({ length: GROUP }, (_, n) => signStatement(aStatement(`entry ${first + n}`), [signer])),
  );
}

/** Statement, signature, leaf and durable commit of every group; the next group is signed while the last one is written. */
async function signedLeaves(): Promise<number> {
  const storage = durableFiles(join(scratch, 'leaves'));
  const context: LogContext = { storage, origin, signer, logKeys };
  let state = await emptyLog(context);
  const started = performance.now();
  let committed: Promise<LogState> = Promise.resolve(state);
  for (let first = 0; first < LEAVES; first += GROUP) {
    const time = new Date().toISOString();
    const entries = (await makeGroup(first)).map((envelope) =>
      encodeLeaf({ ...prepareEnvelope(envelope, 'x').leaf, time }),
    );
    state = await committed;
    committed = commitGroup(context, state, entries);
  }
  await committed;
  return perSecond(LEAVES, started);
}

async function emptyLog({ storage }: LogContext): Promise<LogState> {
  const checkpoint = await publishHead(storage, EMPTY_FRONTIER);
  return { frontier: EMPTY_FRONTIER, checkpoint, previousSize: 0 };
}

async function publishHead(storage: LedgerStorage, frontier: Frontier): Promise<Checkpoint> {
  const checkpoint = await signCheckpoint({ origin, size: frontier.size, root: frontierRoot(frontier) }, signer);
  await storage.replace([{ path: CHECKPOINT_FILE, bytes: checkpoint.bytes }]);
  return checkpoint;
}

async function appendWithFiles(storage: LedgerStorage): Promise<number> {
  const sequencer = await Sequencer.open({ storage, origin, signer, clock: () => new Date() });
  const started = performance.now();
  for (let first = 0; first < LEAVES; first += GROUP) await sequencer.appendAll(await makeGroup(first));
  await sequencer.close();
  return perSecond(LEAVES, started);
}

async function fullFsck(storage: LedgerStorage): Promise<number> {
  const keys = new Map([[signer.keyId, signer.publicKey]]);
  const started = performance.now();
  const result = await fsck({ storage, logKeys, keys, threads: 2 });
  if (result.state !== 'sound') throw new Error(JSON.stringify(result));
  return perSecond(LEAVES, started);
}

/** A log of a million leaves, made without waiting for the disk; only what a proof reads is measured. */
async function proofs(): Promise<void> {
  const [envelope] = await makeGroup(0);
  if (envelope === undefined) return;
  const { leaf } = prepareEnvelope(envelope, 'x');
  const entry = encodeLeaf({ ...leaf, time: '2025-11-21T08:00:00.000Z' });
  const files = new Map<string, Uint8Array>();
  let frontier = EMPTY_FRONTIER;
  for (let size = 0; size < LARGE; size += GROUP) {
    const grown = extend(
      frontier,
      Array.from({ length: Math.min(GROUP, LARGE - size) }, (_, n) =>
        Buffer.concat([entry, Buffer.from(`${size + n}`)]),
      ),
    );
    for (const { path, bytes } of grown.files) files.set(path, path.includes('/entries/') ? new Uint8Array(0) : bytes);
    frontier = grown.next;
  }
  let bytesRead = 0;
  const storage = countingStorage(files, (length) => (bytesRead += length));
  await publishHead(storage, frontier);
  const rounds = 50;
  const started = performance.now();
  for (let n = 0; n < rounds; n += 1) {
    const index = (n * 7919 * 101) % LARGE;
    const reader = await LedgerReader.open({ storage, logKeys });
    const hash = leafHash(Buffer.concat([entry, Buffer.from(`${index}`)]));
    const { size, root } = reader.checkpoint;
    if (!verifyInclusion(index, size, hash, await reader.inclusionProof(index), root))
      throw new Error('a proof is wrong');
  }
  const each = (performance.now() - started) / rounds;
  console.log(
    `inclusion proof in ${LARGE.toLocaleString('en')} entries`.padEnd(42),
    `${each.toFixed(2)} ms from a cold reader, ${Math.round(bytesRead / rounds).toLocaleString('en')} bytes read`,
  );
  console.log(`envelope file ${encodeEnvelope(envelope).length} bytes, leaf ${entry.length} bytes`);
}

function countingStorage(files: Map<string, Uint8Array>, count: (length: number) => void): LedgerStorage {
  const read = (path: string) => {
    const bytes = files.get(path);
    count(bytes?.length ?? 0);
    return bytes;
  };
  return {
    location: 'memory',
    read: (path) => Promise.resolve(read(path)),
    readMany: (paths) => Promise.resolve(paths.map(read)),
    list: () => Promise.resolve([]),
    create: () => Promise.reject(new Error('read only')),
    replace: (written) => {
      for (const { path, bytes } of written) files.set(path, bytes);
      return Promise.resolve();
    },
    remove: () => Promise.resolve(),
    lock: () => Promise.resolve({ release: () => Promise.resolve() }),
  };
}

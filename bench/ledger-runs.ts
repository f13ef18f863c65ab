/** What is measured of the ledger: signed leaves, the same with their envelope files, and a full fsck as a release runs it. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { rolldown } from 'rolldown';
import { durableFiles } from '../src/adapters/durable-files.ts';
import { signerOf } from '../src/adapters/keys.ts';
import { Sequencer } from '../src/ledger/append.ts';
import { logKey, signCheckpoint, type Checkpoint } from '../src/ledger/checkpoint.ts';
import { signStatement } from '../src/ledger/envelope.ts';
import { EMPTY_FRONTIER, frontierRoot, type Frontier } from '../src/ledger/frontier.ts';
import type { FsckOptions, FsckResult } from '../src/ledger/fsck.ts';
import { CHECKPOINT_FILE } from '../src/ledger/layout.ts';
import { encodeLeaf, prepareEnvelope, type PreparedEnvelope } from '../src/ledger/leaf.ts';
import { commitGroup, type LogContext, type LogState } from '../src/ledger/log.ts';
import type { Envelope } from '../src/model/evidence.ts';
import type { LedgerStorage } from '../src/model/ledger-storage.ts';
import { aStatement } from '../test/ledger-fixtures.ts';
import { measured, type Figure } from './ledger-figures.ts';

export const GROUP = 256;
const SLICE = 32;
const origin = 'example.com/bench';
const signer = signerOf(generateKeyPairSync('ed25519').privateKey);
export const logKeys = [logKey(origin, signer.publicKey)];

export function makeGroup(first: number): Promise<Envelope[]> {
  return Promise.all(
    Array.from({ length: GROUP }, (_, n) => signStatement(aStatement(`entry ${first + n}`), [signer])),
  );
}

/** Statement, signature, leaf and durable commit of every group: one is signed while the one before it is written. */
export async function signedLeaves(folder: string, leaves: number): Promise<Figure> {
  const context: LogContext = { storage: durableFiles(folder), origin, signer, logKeys };
  const checkpoint = await publishHead(context.storage, EMPTY_FRONTIER);
  const empty: LogState = { frontier: EMPTY_FRONTIER, checkpoint, previousSize: 0 };
  return measured(leaves, async () => {
    let written = Promise.resolve(empty);
    for (let first = 0; first < leaves; first += GROUP) {
      const prepared = await signedGroup(first);
      const time = new Date().toISOString();
      const state = await written;
      written = commitGroup(
        context,
        state,
        prepared.map(({ leaf }) => encodeLeaf({ ...leaf, time })),
      );
    }
    await written;
  });
}

/** Signs in slices: between two, the group that is being written goes on. */
async function signedGroup(first: number): Promise<PreparedEnvelope[]> {
  const signing: Promise<PreparedEnvelope>[] = [];
  for (let n = 0; n < GROUP; n += 1) {
    signing.push(signStatement(aStatement(`entry ${first + n}`), [signer]).then((one) => prepareEnvelope(one, 'x')));
    if (n % SLICE === SLICE - 1) await nextTurn();
  }
  return Promise.all(signing);
}

export async function publishHead(storage: LedgerStorage, frontier: Frontier): Promise<Checkpoint> {
  const checkpoint = await signCheckpoint({ origin, size: frontier.size, root: frontierRoot(frontier) }, signer);
  await storage.replace([{ path: CHECKPOINT_FILE, bytes: checkpoint.bytes }]);
  return checkpoint;
}

/** All of it through the sequencer, every envelope a durable file of its own. */
export async function appendWithFiles(folder: string, start: number, leaves: number): Promise<Figure> {
  const sequencer = await Sequencer.open({ storage: durableFiles(folder), origin, signer, clock: () => new Date() });
  const figure = await measured(leaves, async () => {
    for (let first = start; first < start + leaves; first += GROUP) await sequencer.appendAll(await makeGroup(first));
  });
  await sequencer.close();
  return figure;
}

/** Every byte of a ledger checked, and every signature verified, in two threads; their start is in the time. */
export async function fullFsck(fsck: Fsck, folder: string, leaves: number): Promise<Figure> {
  const keys = new Map([[signer.keyId, signer.publicKey]]);
  return measured(leaves, async () => {
    const result = await fsck({ storage: durableFiles(folder), logKeys, keys, threads: 2 });
    if (result.state !== 'sound' || result.checkpoint.size !== leaves) throw new Error(JSON.stringify(result));
  });
}

export type Fsck = (options: FsckOptions) => Promise<FsckResult>;

/** fsck and its worker bundled as `tools/build.ts` does: threads that first have to compile TypeScript start four times slower. */
export async function bundledFsck(folder: string): Promise<Fsck> {
  const source = join(import.meta.dirname, '../src/ledger');
  const build = await rolldown({
    input: { fsck: join(source, 'fsck.ts'), 'verify-worker': join(source, 'verify-worker.ts') },
    platform: 'node',
    external: ['sodium-native'],
    logLevel: 'silent',
  });
  await build.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    minify: true,
  });
  await build.close();
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const bundled: { fsck: Fsck } = await import(join(folder, 'fsck.js'));
  return bundled.fsck;
}

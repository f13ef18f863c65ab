/** An inclusion proof from a large log reads a few tiles of it: how long it takes, and how many bytes it reads. */
import { encodeEnvelope } from '../src/ledger/envelope.ts';
import { EMPTY_FRONTIER, extend } from '../src/ledger/frontier.ts';
import { encodeLeaf, prepareEnvelope } from '../src/ledger/leaf.ts';
import { leafHash, verifyInclusion } from '../src/ledger/merkle.ts';
import { LedgerReader } from '../src/ledger/read.ts';
import type { LedgerStorage } from '../src/model/ledger-storage.ts';
import { number } from './ledger-figures.ts';
import { GROUP, logKeys, makeGroup, publishHead } from './ledger-runs.ts';

const LARGE = 1_000_000;

/** A log of a million leaves, made without waiting for the disk; only what a proof reads is measured. */
export async function proofs(): Promise<void> {
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
    `inclusion proof in ${number(LARGE)} entries: ${each.toFixed(2)} ms from a cold reader, ${number(bytesRead / rounds)} bytes read`,
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
    readMany: (paths) => {
      const found = paths.map(read);
      const lengths = Int32Array.from(found, (bytes) => bytes?.length ?? -1);
      return Promise.resolve({ bytes: Buffer.concat(found.flatMap((bytes) => bytes ?? [])), lengths });
    },
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

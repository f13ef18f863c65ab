import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { aClock, aSigner, aStatement, simulatedStorage } from '../../test/ledger-fixtures.ts';
import { SimulatedDisk } from '../../test/simulated-disk.ts';
import type { Envelope } from '../model/evidence.ts';
import type { LedgerStorage } from '../model/ledger-storage.ts';
import { Sequencer } from './append.ts';
import { checkpointText, logKey, signCheckpoint } from './checkpoint.ts';
import { decodeEnvelope, encodeEnvelope, signStatement } from './envelope.ts';
import { EMPTY_FRONTIER, extend, frontierRoot } from './frontier.ts';
import { fsck, type FsckOptions, type FsckResult } from './fsck.ts';
import { CHECKPOINT_FILE, evidenceFile, partialTiles, tileFile } from './layout.ts';
import { encodeLeaf, prepareEnvelope, type Leaf } from './leaf.ts';

const signer = aSigner();
const cosigner = aSigner();
const origin = 'example.com/launch';
const logKeys = [logKey(origin, signer.publicKey)];
const keys = new Map([signer, cosigner].map(({ keyId, publicKey }) => [keyId, publicKey]));
const SIZE = 600;
const disk = new SimulatedDisk();
let files: string[];

async function filesBelow(storage: LedgerStorage, folder: string): Promise<string[]> {
  const names = await storage.list(folder);
  const nested = names.map((name) =>
    name.endsWith('/') ? filesBelow(storage, `${folder}/${name.slice(0, -1)}`) : Promise.resolve([`${folder}/${name}`]),
  );
  return (await Promise.all(nested)).flat();
}

async function check(on: SimulatedDisk, options: Partial<FsckOptions> = {}): Promise<FsckResult> {
  return fsck({ storage: simulatedStorage(on), logKeys, ...options });
}

function blamed(result: FsckResult): string[] {
  return result.state === 'corrupt' ? [...new Set(result.problems.map(({ path }) => path))] : [];
}

async function change(on: SimulatedDisk, path: string, edit: (bytes: Buffer) => Uint8Array): Promise<SimulatedDisk> {
  const copy = on.copy();
  const storage = simulatedStorage(copy);
  await storage.replace([{ path, bytes: edit(Buffer.from((await storage.read(path, 1e8)) ?? [])) }]);
  return copy;
}

function flip(at: number, by: number): (bytes: Buffer) => Uint8Array {
  return (bytes) => {
    const position = at % bytes.length;
    bytes[position] = (bytes[position] as number) ^ by;
    return bytes;
  };
}

beforeAll(async () => {
  const storage = simulatedStorage(disk);
  const sequencer = await Sequencer.open({ storage, origin, signer, clock: aClock() });
  const envelopes = await Promise.all(
    Array.from({ length: SIZE }, (_, n) =>
      signStatement(aStatement(`e${n}`), n % 5 === 0 ? [signer, cosigner] : [signer]),
    ),
  );
  await sequencer.appendAll(envelopes.slice(0, 520));
  await sequencer.appendAll(envelopes.slice(520, 590));
  await sequencer.appendAll(envelopes.slice(590));
  await sequencer.close();
  files = (await Promise.all(['ledger', 'evidence'].map((folder) => filesBelow(storage, folder)))).flat();
});

describe('a sound ledger', () => {
  it('is called sound, with and without signatures, here and in threads', async () => {
    expect(await check(disk)).toMatchObject({ state: 'sound', signaturesVerified: false });
    expect(await check(disk, { keys })).toMatchObject({ state: 'sound', signaturesVerified: true });
    expect(await check(disk, { keys, threads: 2 })).toMatchObject({ state: 'sound', checkpoint: { size: SIZE } });
  });

  it('may hold partial tiles of the checkpoint before', () => {
    const paths = [SIZE, 590].flatMap(partialTiles).map(tileFile);
    expect(files.filter((path) => path.includes('.p/')).sort()).toEqual([...new Set(paths)].sort());
  });

  it('may be empty', async () => {
    const empty = new SimulatedDisk();
    const options = { storage: simulatedStorage(empty), origin, signer, clock: aClock() };
    await (await Sequencer.open(options)).close();
    expect(await check(empty)).toMatchObject({ state: 'sound', checkpoint: { size: 0 } });
  });
});

describe('one changed byte', () => {
  it('in any tile, bundle or checkpoint is found and its file named, wherever it is', async () => {
    const log = files.filter((path) => path.startsWith('ledger/'));
    expect(log.length).toBeGreaterThan(8);
    for (const path of log) {
      const run = async (at: number, by: number) => {
        expect(blamed(await check(await change(disk, path, flip(at, by)))), `${path} byte ${at}`).toEqual([path]);
      };
      await fc.assert(fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), run), {
        numRuns: 12,
        examples: [
          [0, 1],
          [1, 128],
          [20, 1],
          [45, 2],
        ],
      });
    }
  });

  it('in any evidence file is found and its file named, wherever it is', async () => {
    const evidence = files.filter((path) => path.startsWith('evidence/'));
    expect(evidence).toHaveLength(SIZE);
    const run = async (file: number, at: number, by: number) => {
      const path = evidence[file % SIZE] ?? '';
      expect(blamed(await check(await change(disk, path, flip(at, by)))), `${path} byte ${at}`).toEqual([path]);
    };
    await fc.assert(fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), run), { numRuns: 60 });
  });

  it('is found by the threads as well', async () => {
    for (const path of ['ledger/tile/entries/001', files.findLast((file) => file.startsWith('evidence/')) ?? ''])
      expect(blamed(await check(await change(disk, path, flip(99, 4)), { threads: 2 }))).toEqual([path]);
  });
});

describe('a damaged file', () => {
  it.each([
    'ledger/tile/entries/000',
    'ledger/tile/entries/002.p/88',
    'ledger/tile/0/001',
    'ledger/tile/0/002.p/88',
    'ledger/tile/1/000.p/2',
  ])('is named when it is missing, cut short or too long: %s', async (path) => {
    const gone = disk.copy();
    await simulatedStorage(gone).remove([path]);
    expect(blamed(await check(gone))).toEqual([path]);
    expect(blamed(await check(await change(disk, path, (bytes) => bytes.subarray(0, 40))))).toEqual([path]);
    expect(blamed(await check(await change(disk, path, (bytes) => Buffer.concat([bytes, Buffer.alloc(32)]))))).toEqual([
      path,
    ]);
  });

  it('is named when it is an envelope that is missing, or one that has not the digest in its name', async () => {
    const path = files.find((file) => file.startsWith('evidence/')) ?? '';
    const gone = disk.copy();
    await simulatedStorage(gone).remove([path]);
    expect(blamed(await check(gone))).toEqual([path]);
    const stray = `evidence/aa/${'a'.repeat(64)}.dsse.json`;
    expect(blamed(await check(await change(disk, stray, () => Buffer.from('hello'))))).toEqual([stray]);
  });

  it.each(['evidence/aa/readme.txt', 'evidence/foo.txt', 'evidence/aa/b/c.dsse.json', 'ledger/extra', 'ledger/old/x'])(
    'is noted when nobody reads it, and is no damage: %s',
    async (path) => {
      const stray = await change(disk, path, () => Buffer.from('hello'));
      const notes = [
        expect.stringContaining(
          path
            .split('/')
            .slice(0, path.startsWith('ledger') ? 2 : 3)
            .join('/'),
        ),
      ];
      expect(await check(stray)).toMatchObject({ state: 'sound', notes });
    },
  );

  it('is named beside others that are damaged too', async () => {
    const paths = ['ledger/tile/entries/001', 'ledger/tile/0/000', files.at(-1) ?? ''];
    let damaged = disk;
    for (const path of paths) damaged = await change(damaged, path, flip(700, 1));
    expect(blamed(await check(damaged))).toEqual(expect.arrayContaining(paths));
  });

  it('is named when it is a partial tile that nobody needs any more, or no tile at all', async () => {
    const old = 'ledger/tile/0/002.p/78';
    expect(files).toContain(old);
    expect(blamed(await check(await change(disk, old, flip(5, 1))))).toEqual([old]);
    const stray = await change(disk, 'ledger/tile/0/zzz', () => Buffer.alloc(32));
    expect(blamed(await check(stray))).toEqual(['ledger/tile/0/zzz']);
  });

  it('is noted when it lies beyond the checkpoint, and is no damage', async () => {
    const ahead = await change(disk, 'ledger/tile/0/002.p/90', () => Buffer.alloc(90 * 32));
    expect(await check(ahead)).toMatchObject({ state: 'sound', notes: [expect.stringContaining('002.p/90')] });
  });

  it('is named when it is the staging file', async () => {
    const damaged = await change(disk, 'ledger/staging', () => Buffer.from('{"v":1}\n'));
    expect(blamed(await check(damaged))).toEqual(['ledger/staging']);
  });
});

describe('a ledger that was made up', () => {
  /** Replaces the whole log by one of the given leaves, signed by the log's own key. */
  async function forge(leaves: readonly Leaf[], bytes: readonly Uint8Array[]): Promise<SimulatedDisk> {
    const forged = new SimulatedDisk();
    const storage = simulatedStorage(forged);
    const { next, files: tiles } = extend(EMPTY_FRONTIER, leaves.map(encodeLeaf));
    const checkpoint = await signCheckpoint({ origin, size: next.size, root: frontierRoot(next) }, signer);
    const evidence = leaves.map(({ envelope }, at) => ({
      path: evidenceFile(envelope),
      bytes: bytes[at] ?? new Uint8Array(),
    }));
    await storage.replace([...tiles, ...evidence, { path: CHECKPOINT_FILE, bytes: checkpoint.bytes }]);
    return forged;
  }

  const time = '2025-11-21T08:00:00.000Z';
  const sign = async (name: string): Promise<{ envelope: Envelope; bytes: Uint8Array; leaf: Leaf }> => {
    const envelope = await signStatement(aStatement(name), [signer]);
    const { bytes, leaf } = prepareEnvelope(envelope, 'x');
    return { envelope, bytes, leaf: { ...leaf, time } };
  };

  it.each([
    ['pae', { pae: `sha256:${'1'.repeat(64)}` }],
    ['predicateType', { predicateType: 'https://launchgate.dev/predicate/waiver/v1' }],
    ['subjects', { subjects: [] }],
  ] as const)('with leaves that lie about the %s is corrupt', async (member, lie) => {
    const { leaf, bytes } = await sign('one');
    const result = await check(await forge([{ ...leaf, ...lie }], [bytes]));
    expect(result).toMatchObject({
      state: 'corrupt',
      problems: [{ index: 0, message: expect.stringContaining(member) }],
    });
  });

  it('with times out of order is corrupt', async () => {
    const [one, two] = [await sign('one'), await sign('two')];
    const early = { ...two.leaf, time: '2025-11-21T07:59:59.000Z' };
    const result = await check(await forge([one.leaf, early], [one.bytes, two.bytes]));
    expect(blamed(result)).toEqual(['ledger/tile/entries/000.p/2']);
  });

  it('with evidence that no known key signed is sound, and says which: anybody may offer some', async () => {
    const { leaf, bytes } = await sign('one');
    const offered = await forge([leaf], [bytes]);
    expect(await check(offered, { keys })).toMatchObject({ state: 'sound', strangers: [] });
    const others = new Map([[cosigner.keyId, cosigner.publicKey]]);
    expect(await check(offered, { keys: others })).toMatchObject({ state: 'sound', strangers: [0] });
  });

  it('with a signature that claims to be a known key’s and is not, is corrupt', async () => {
    const { envelope } = await sign('one');
    const lying = {
      ...envelope,
      signatures: [...envelope.signatures, { keyid: cosigner.keyId, sig: envelope.signatures[0]?.sig ?? '' }],
    };
    const { bytes, leaf } = prepareEnvelope(decodeEnvelope(encodeEnvelope(lying), 'x'), 'x');
    const result = await check(await forge([{ ...leaf, time }], [bytes]), { keys });
    expect(result).toMatchObject({
      state: 'corrupt',
      problems: [{ message: expect.stringContaining('does not verify') }],
    });
  });

  it('with a validly signed checkpoint of another tree is corrupt', async () => {
    const head = { origin, size: SIZE, root: Buffer.alloc(32, 5) };
    const { bytes } = await signCheckpoint(head, signer);
    expect(Buffer.from(bytes).toString()).toContain(checkpointText(head));
    expect(blamed(await check(await change(disk, CHECKPOINT_FILE, () => bytes)))).toEqual([CHECKPOINT_FILE]);
  });
});

describe('a ledger that cannot be read', () => {
  it('is called unreadable, never sound and never corrupt', async () => {
    expect(await check(new SimulatedDisk())).toMatchObject({ state: 'unreadable' });
    const total = disk.copy();
    await check(total);
    for (const step of [1, 5, 50, Math.floor(total.steps / 2), total.steps]) {
      const failing = disk.copy();
      failing.fault = { step, kind: 'EIO', persisted: false };
      expect(await check(failing), `EIO at step ${step}`).toMatchObject({ state: 'unreadable' });
    }
  });
});

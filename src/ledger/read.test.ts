import { beforeAll, describe, expect, it } from 'vitest';
import { aClock, aSigner, aStatement, simulatedStorage } from '../../test/ledger-fixtures.ts';
import { SimulatedDisk } from '../../test/simulated-disk.ts';
import { sha256 } from '../model/digest.ts';
import type { Envelope } from '../model/evidence.ts';
import type { CheckpointPin, LedgerStorage } from '../model/ledger-storage.ts';
import { Sequencer } from './append.ts';
import { logKey, signCheckpoint } from './checkpoint.ts';
import { encodeEnvelope, signStatement, verifyWith } from './envelope.ts';
import { fsck } from './fsck.ts';
import { CHECKPOINT_FILE, evidenceFile } from './layout.ts';
import { leafHash, verifyConsistency, verifyInclusion } from './merkle.ts';
import { parseProof, verifyProof } from './proof.ts';
import { LedgerReader } from './read.ts';
import { sequenceStored } from './unlogged.ts';

const signer = aSigner();
const origin = 'example.com/launch';
const logKeys = [logKey(origin, signer.publicKey)];
const SIZE = 600;
const disk = new SimulatedDisk();
let envelopes: Envelope[];

function memoryPin(bytes?: Uint8Array): CheckpointPin & { bytes: Uint8Array | undefined } {
  const pin = {
    location: 'the pin',
    bytes,
    read: () => Promise.resolve(pin.bytes),
    write: (checkpoint: Uint8Array) => {
      pin.bytes = checkpoint;
      return Promise.resolve();
    },
  };
  return pin;
}

async function fill(on: SimulatedDisk, of: readonly Envelope[], pin?: CheckpointPin): Promise<Uint8Array> {
  const storage = simulatedStorage(on);
  const sequencer = await Sequencer.open({
    storage,
    origin,
    signer,
    clock: aClock(),
    ...(pin === undefined ? {} : { pin }),
  });
  await sequencer.appendAll(of);
  await sequencer.close();
  return sequencer.checkpoint?.bytes ?? new Uint8Array();
}

beforeAll(async () => {
  envelopes = await Promise.all(Array.from({ length: SIZE }, (_, n) => signStatement(aStatement(`e${n}`), [signer])));
  await fill(disk, envelopes);
});

describe('a reader', () => {
  it('gives the entries with their statements and the times of the sequencer', async () => {
    const reader = await LedgerReader.open({ storage: simulatedStorage(disk), logKeys });
    const entries = await reader.entries(0, SIZE * 2);
    expect(entries.map(({ index }) => index)).toEqual(envelopes.map((_, n) => n));
    expect(entries.map(({ statement }) => statement.subject[0]?.name)).toEqual(envelopes.map((_, n) => `e${n}`));
    expect(verifyWith(entries[300]?.envelope as Envelope, signer.publicKey)).toBe(true);
    expect(entries[0]?.sequencedAt).toMatch(/^2025-11-21T08:00:0\d\.000Z$/);
    expect((await reader.entries(254, 258)).map(({ index }) => index)).toEqual([254, 255, 256, 257]);
    expect(await reader.entries(SIZE, SIZE + 5)).toEqual([]);
  });

  it('finds envelopes by digest, and says which are not there', async () => {
    const reader = await LedgerReader.open({ storage: simulatedStorage(disk), logKeys });
    const [entry] = await reader.entries(411, 412);
    expect(await reader.find(entry?.digest ?? 'sha256:')).toBe(411);
    expect(await reader.find(`sha256:${'0'.repeat(64)}`)).toBeUndefined();
  });

  it('proves inclusion of entries and consistency with every earlier size', async () => {
    const reader = await LedgerReader.open({ storage: simulatedStorage(disk), logKeys });
    const { size, root } = reader.checkpoint;
    for (const index of [0, 255, 256, 511, 512, 599]) {
      const [leaf] = await reader.leaves(index, index + 1);
      const proof = await reader.inclusionProof(index);
      expect(verifyInclusion(index, size, leafHash(leaf?.bytes ?? new Uint8Array()), proof, root)).toBe(true);
      const file = parseProof(await reader.proofFile(index), 'x.tlog-proof');
      expect(verifyProof(file, leaf?.bytes ?? new Uint8Array(), logKeys, 'x.tlog-proof').size).toBe(SIZE);
    }
    const smaller = new SimulatedDisk();
    await fill(smaller, envelopes.slice(0, 256));
    const old = (await LedgerReader.open({ storage: simulatedStorage(smaller), logKeys })).checkpoint;
    expect(Buffer.from(await reader.rootAt(256)).equals(old.root)).toBe(true);
    await expect(reader.rootAt(SIZE + 1)).rejects.toThrow(RangeError);
    expect(verifyConsistency(old, reader.checkpoint, await reader.consistencyProof(256))).toBe(true);
  });

  it('tells the size of the log at a time', async () => {
    const reader = await LedgerReader.open({ storage: simulatedStorage(disk), logKeys });
    const times = (await reader.leaves(0, SIZE)).map(({ time }) => time);
    for (const index of [0, 256, 599]) {
      const expected = times.filter((time) => time <= (times[index] ?? '')).length;
      expect(await reader.sizeAt(new Date(times[index] ?? ''))).toBe(expected);
    }
    expect(await reader.sizeAt(new Date('2020-01-01T00:00:00Z'))).toBe(0);
  });

  it('of a folder without a ledger says that it cannot be read', async () => {
    const open = LedgerReader.open({ storage: simulatedStorage(new SimulatedDisk()), logKeys });
    await expect(open).rejects.toMatchObject({ code: 'ledger-unreadable' });
  });

  it('of a disk that fails says that it cannot be read', async () => {
    const failing = disk.copy();
    failing.fault = { step: 3, kind: 'EIO', persisted: false };
    await expect(LedgerReader.open({ storage: simulatedStorage(failing), logKeys })).rejects.toMatchObject({
      code: 'ledger-unreadable',
    });
  });

  it.each(['ledger/tile/entries/001', 'ledger/tile/0/001', 'ledger/tile/0/002.p/88', 'ledger/tile/1/000.p/2'])(
    'names %s when a byte of it is changed',
    async (path) => {
      const storage = simulatedStorage(disk.copy());
      const bytes = Buffer.from((await storage.read(path, 1e7)) ?? []);
      bytes[40] = (bytes[40] as number) ^ 1;
      await storage.replace([{ path, bytes }]);
      const reading = LedgerReader.open({ storage, logKeys }).then((reader) => reader.entries(0, SIZE));
      await expect(reading).rejects.toMatchObject({ code: 'ledger-corrupt' });
    },
  );

  it('names an envelope that is missing or changed', async () => {
    const storage = simulatedStorage(disk.copy());
    const reader = await LedgerReader.open({ storage, logKeys });
    const [leaf] = await reader.leaves(7, 8);
    const hex = leaf?.envelope.slice('sha256:'.length) ?? '';
    const path = `evidence/${hex.slice(0, 2)}/${hex}.dsse.json`;
    await storage.replace([{ path, bytes: Buffer.from('{}') }]);
    await expect(reader.entries(0, 10)).rejects.toThrow(path);
    await storage.remove([path]);
    await expect(reader.entries(0, 10)).rejects.toThrow(`${path}: the file is missing`);
  });
});

describe('a pinned checkpoint', () => {
  const open = (on: SimulatedDisk, pin: CheckpointPin) =>
    LedgerReader.open({ storage: simulatedStorage(on), logKeys, pin });

  it('accepts the same log and every longer one', async () => {
    const grown = new SimulatedDisk();
    const pin = memoryPin(await fill(grown, envelopes.slice(0, 100)));
    expect((await open(grown, pin)).checkpoint.size).toBe(100);
    await fill(grown, envelopes.slice(100, 300));
    expect((await open(grown, pin)).checkpoint.size).toBe(300);
  });

  it('refuses a log that was rolled back', async () => {
    const old = new SimulatedDisk();
    await fill(old, envelopes.slice(0, 100));
    const later = old.copy();
    const pin = memoryPin(await fill(later, envelopes.slice(100, 101)));
    await expect(open(old, pin)).rejects.toThrow('rolled back: it has 100 entries, and had 101');
    await expect(fill(old, envelopes.slice(200, 201), pin)).rejects.toThrow('rolled back');
  });

  it('refuses a log that was forked, of the same size and longer', async () => {
    const common = new SimulatedDisk();
    await fill(common, envelopes.slice(0, 100));
    const fork = common.copy();
    const pin = memoryPin(await fill(common, envelopes.slice(100, 102)));
    await fill(fork, envelopes.slice(200, 202));
    await expect(open(fork, pin)).rejects.toThrow('forked');
    await fill(fork, envelopes.slice(300, 302));
    await expect(open(fork, pin)).rejects.toThrow('forked');
  });

  it('refuses another log, a pin that nobody signed, and a ledger that is gone', async () => {
    const other = await signCheckpoint(
      { origin: 'example.com/other', size: 0, root: leafHash(new Uint8Array()) },
      signer,
    );
    await expect(open(disk, memoryPin(other.bytes))).rejects.toMatchObject({ code: 'ledger-corrupt' });
    await expect(open(disk, memoryPin(Buffer.from('x')))).rejects.toMatchObject({ code: 'ledger-corrupt' });
    const [pin, empty] = [memoryPin(await fill(disk.copy(), [])), new SimulatedDisk()];
    await expect(open(empty, pin)).rejects.toThrow('it was there before');
    await expect(fill(empty, [], pin)).rejects.toThrow('has seen a checkpoint');
  });

  it('that moves forward while the log is read is no sign of a rollback', async () => {
    const grown = new SimulatedDisk();
    const old = await fill(grown, envelopes.slice(0, 3));
    const storage = simulatedStorage(grown.copy());
    const later = await fill(grown, envelopes.slice(3, 5));
    for (const read of [
      (pin: CheckpointPin) => LedgerReader.open({ storage: raced(pin), logKeys, pin }),
      (pin: CheckpointPin) => fsck({ storage: raced(pin), logKeys, pin }),
    ]) {
      const pin = memoryPin(old);
      expect(await read(pin)).toMatchObject({ checkpoint: { size: 3 } });
      expect(Buffer.from(pin.bytes ?? []).equals(later)).toBe(true);
    }

    /** Another process appends, and pins what it appended, as soon as the checkpoint was read. */
    function raced(pin: CheckpointPin): LedgerStorage {
      const read: LedgerStorage['read'] = async (path, limit) => {
        const bytes = await storage.read(path, limit);
        if (path === CHECKPOINT_FILE) await pin.write(later);
        return bytes;
      };
      return new Proxy(storage, {
        get: (target, name) => {
          const member: unknown = name === 'read' ? read : Reflect.get(target, name);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      });
    }
  });

  it('is moved forward by the sequencer', async () => {
    const pin = memoryPin();
    const grown = new SimulatedDisk();
    const first = await fill(grown, envelopes.slice(0, 3), pin);
    expect(Buffer.from(pin.bytes ?? []).equals(first)).toBe(true);
  });
});

describe('stored envelopes that are not in the log', () => {
  it('are sequenced once, after a branch brought them', async () => {
    const storage = simulatedStorage(disk.copy());
    const donor = new SimulatedDisk();
    const strangers = await Promise.all(['x', 'y'].map((name) => signStatement(aStatement(name), [signer])));
    await fill(donor, strangers);
    const reader = await LedgerReader.open({ storage: simulatedStorage(donor), logKeys });
    for (const { envelope } of await reader.leaves(0, 2)) {
      const hex = envelope.slice('sha256:'.length);
      const path = `evidence/${hex.slice(0, 2)}/${hex}.dsse.json`;
      await storage.create([{ path, bytes: (await simulatedStorage(donor).read(path, 1e6)) ?? new Uint8Array() }]);
    }
    const sequencer = await Sequencer.open({ storage, origin, signer, clock: aClock('2025-11-22T08:00:00Z') });
    expect((await sequenceStored(sequencer, storage)).added.map(({ index }) => index)).toEqual([SIZE, SIZE + 1]);
    expect(await sequenceStored(sequencer, storage)).toEqual({ added: [], refused: [] });
  });

  it('are sequenced beside files that are none, which are told one by one', async () => {
    const storage = simulatedStorage(disk.copy());
    const good = encodeEnvelope(await signStatement(aStatement('good'), [signer]));
    const spread = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(good).toString()), undefined, 2));
    const empty = encodeEnvelope({
      payload: '',
      payloadType: 'application/vnd.in-toto+json',
      signatures: [{ sig: 'AAAA' }],
    });
    const store = async (bytes: Uint8Array, digest = sha256(bytes)): Promise<string> => {
      const path = evidenceFile(digest);
      await storage.create([{ path, bytes }]);
      return path;
    };
    const said = new Map([
      [await store(Buffer.from('no JSON')), /not JSON/],
      [await store(spread), /not in the form of the ledger/],
      [await store(empty), /./],
      [await store(good, sha256('another')), /do not have the digest in its name/],
      [await store(new Uint8Array(12 * 1024 * 1024)), /larger|more than/],
    ]);
    await store(good);
    const sequencer = await Sequencer.open({ storage, origin, signer, clock: aClock('2025-11-22T08:00:00Z') });
    const { added, refused } = await sequenceStored(sequencer, storage);
    expect(added).toMatchObject([{ index: SIZE, digest: sha256(good) }]);
    expect(refused.map(({ path }) => path).toSorted()).toEqual([...said.keys()].toSorted());
    for (const { path, message } of refused) expect(message).toMatch(said.get(path) as RegExp);
  });
});

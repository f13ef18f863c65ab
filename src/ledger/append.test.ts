import { describe, expect, it } from 'vitest';
import { aClock, aSigner, aStatement, simulatedStorage } from '../../test/ledger-fixtures.ts';
import { SimulatedDisk } from '../../test/simulated-disk.ts';
import type { LedgerStorage } from '../model/ledger-storage.ts';
import { Sequencer, type SequencerOptions } from './append.ts';
import { logKey } from './checkpoint.ts';
import { signStatement } from './envelope.ts';
import { fsck } from './fsck.ts';

const signer = aSigner();
const origin = 'example.com/launch';
const logKeys = [logKey(origin, signer.publicKey)];

function open(storage: LedgerStorage, options: Partial<SequencerOptions> = {}): Promise<Sequencer> {
  return Sequencer.open({ storage, origin, signer, clock: aClock(), ...options });
}

function envelopes(from: number, to: number) {
  return Promise.all(Array.from({ length: to - from }, (_, n) => signStatement(aStatement(`e${from + n}`), [signer])));
}

describe('the sequencer', () => {
  it('gives every envelope the next index, across groups, tiles and restarts', async () => {
    const storage = simulatedStorage(new SimulatedDisk());
    const sizes = [1, 1, 3, 250, 2, 255, 256, 300];
    let next = 0;
    for (const size of sizes) {
      const sequencer = await open(storage);
      const appended = await sequencer.appendAll(await envelopes(next, next + size));
      expect(appended.map(({ index, folded }) => [index, folded])).toEqual(
        Array.from({ length: size }, (_, n) => [next + n, false]),
      );
      next += size;
      await sequencer.close();
      const result = await fsck({ storage, logKeys, keys: new Map([[signer.keyId, signer.publicKey]]) });
      expect(result).toMatchObject({ state: 'sound', signaturesVerified: true, unlogged: [], notes: [] });
      expect(result.state === 'sound' && result.checkpoint.size).toBe(next);
    }
  });

  it('folds an envelope that is in the log, now and after a restart', async () => {
    const storage = simulatedStorage(new SimulatedDisk());
    const sequencer = await open(storage);
    const [one, two] = await envelopes(0, 2);
    if (one === undefined || two === undefined) throw new Error('no envelopes');
    expect(await sequencer.appendAll([one, two, one])).toMatchObject([{ index: 0 }, { index: 1 }, { index: 0 }]);
    expect(await sequencer.appendAll([two])).toMatchObject([{ index: 1, folded: true }]);
    await sequencer.close();
    const again = await open(storage);
    expect(await again.appendAll([two, one])).toMatchObject([
      { index: 1, folded: true },
      { index: 0, folded: true },
    ]);
    expect(again.checkpoint?.size).toBe(2);
  });

  it('commits a group when it is full or its time is up', async () => {
    const sequencer = await open(simulatedStorage(new SimulatedDisk()), { groupSize: 4, groupDelayMs: 10 });
    const all = await Promise.all((await envelopes(0, 9)).map((envelope) => sequencer.append(envelope)));
    expect(all.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('refuses what is no statement and goes on with the rest', async () => {
    const sequencer = await open(simulatedStorage(new SimulatedDisk()));
    const [good] = await envelopes(0, 1);
    if (good === undefined) throw new Error('no envelope');
    const bad = sequencer.append({ ...good, payloadType: 'text/plain' });
    await expect(bad).rejects.toMatchObject({ code: 'evidence-invalid' });
    expect(await sequencer.appendAll([good])).toMatchObject([{ index: 0 }]);
    await sequencer.close();
    await expect(sequencer.append(good)).rejects.toThrow('closed');
  });

  it('keeps the times of the log in order, and refuses a clock that is far behind', async () => {
    const storage = simulatedStorage(new SimulatedDisk());
    const times = ['2025-11-21T10:00:00.000Z', '2025-11-21T09:58:00.000Z', '2025-11-21T09:00:00.000Z'];
    const sequencer = await open(storage, { clock: () => new Date(times.shift() ?? 'none left') });
    const [one, two, three] = await envelopes(0, 3);
    if (one === undefined || two === undefined || three === undefined) throw new Error('no envelopes');
    await sequencer.appendAll([one]);
    await sequencer.appendAll([two]);
    await expect(sequencer.appendAll([three])).rejects.toMatchObject({ code: 'refused' });
    await sequencer.close();
    expect(await fsck({ storage, logKeys })).toMatchObject({ state: 'sound', unlogged: [{}] });
  });

  it('refuses a log of another origin, and one that another key signs', async () => {
    const storage = simulatedStorage(new SimulatedDisk());
    await (await open(storage)).close();
    await expect(open(storage, { origin: 'example.com/other' })).rejects.toThrow('no signature by a known key');
    await expect(open(storage, { origin: 'example.com/other', formerKeys: logKeys })).rejects.toMatchObject({
      code: 'refused',
    });
    const successor = aSigner();
    await expect(open(storage, { signer: successor })).rejects.toThrow('no signature by a known key');
    const next = await open(storage, { signer: successor, formerKeys: logKeys });
    expect(await next.appendAll(await envelopes(0, 1))).toMatchObject([{ index: 0 }]);
    await expect(fsck({ storage, logKeys })).resolves.toMatchObject({ state: 'corrupt' });
  });

  it('never makes a new log where the checkpoint of an old one was lost', async () => {
    const storage = simulatedStorage(new SimulatedDisk());
    const sequencer = await open(storage);
    await sequencer.appendAll(await envelopes(0, 3));
    await sequencer.close();
    await storage.remove(['ledger/checkpoint']);
    await expect(open(storage)).rejects.toMatchObject({ code: 'ledger-corrupt' });
  });

  it('refuses to sign when the checkpoint changed under its lock', async () => {
    const storage = simulatedStorage(new SimulatedDisk());
    const [one, two] = [await open(storage), await open(storage)];
    await one.appendAll(await envelopes(0, 1));
    await expect(two.appendAll(await envelopes(1, 2))).rejects.toThrow('somebody else changed it');
  });

  it('reports an evidence file of that name with other content', async () => {
    const storage = simulatedStorage(new SimulatedDisk());
    const sequencer = await open(storage);
    const [one] = await envelopes(0, 1);
    if (one === undefined) throw new Error('no envelope');
    const [appended] = await sequencer.appendAll([one]);
    const hex = appended?.digest.slice('sha256:'.length) ?? '';
    await storage.replace([{ path: `evidence/${hex.slice(0, 2)}/${hex}.dsse.json`, bytes: Buffer.from('{}') }]);
    await expect(sequencer.appendAll([one])).rejects.toMatchObject({ code: 'ledger-corrupt' });
    expect(await sequencer.appendAll(await envelopes(1, 2))).toMatchObject([{ index: 1 }]);
  });
});

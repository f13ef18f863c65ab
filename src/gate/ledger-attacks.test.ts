import { beforeEach, describe, expect, it } from 'vitest';
import { aClock, aSigner, simulatedStorage } from '../../test/ledger-fixtures.ts';
import { SimulatedDisk } from '../../test/simulated-disk.ts';
import { Sequencer } from '../ledger/append.ts';
import { logKey, type Checkpoint } from '../ledger/checkpoint.ts';
import { requirePinned } from '../ledger/pin.ts';
import type { Envelope } from '../model/evidence.ts';
import type { CheckpointPin, LedgerStorage } from '../model/ledger-storage.ts';
import { drill, KEYS, scan } from './gate.testkit.ts';
import { World } from './world.testkit.ts';

const signer = aSigner();
const origin = 'example.com/launch';
const logKeys = [logKey(origin, signer.publicKey)];

/** What the gate relied on last time, kept apart from the ledger. */
class MemoryPin implements CheckpointPin {
  readonly location = 'the pin';
  bytes: Uint8Array | undefined;

  read(): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.bytes);
  }

  write(checkpoint: Uint8Array): Promise<void> {
    this.bytes = checkpoint;
    return Promise.resolve();
  }
}

async function logOf(envelopes: readonly Envelope[], pin?: CheckpointPin): Promise<[LedgerStorage, Checkpoint]> {
  const storage = simulatedStorage(new SimulatedDisk());
  const options = { storage, origin, signer, clock: aClock() };
  const sequencer = await Sequencer.open(pin === undefined ? options : { ...options, pin });
  await sequencer.appendAll(envelopes);
  const { checkpoint } = sequencer;
  await sequencer.close();
  if (checkpoint === undefined) throw new Error('the log has no checkpoint');
  return [storage, checkpoint];
}

describe('attacks on the log, which the gate asks its pin about before it reads', () => {
  const world = new World().satisfied();
  world.log(drill({ outcome: 'fail', because: 'data lost' }), [KEYS.ci]);
  const [policy, passed, scanned, failed] = world.entries.map(({ envelope }) => envelope) as [
    Envelope,
    Envelope,
    Envelope,
    Envelope,
  ];
  let pin = new MemoryPin();

  beforeEach(async () => {
    pin = new MemoryPin();
    const [storage, checkpoint] = await logOf([policy, passed, scanned, failed], pin);
    await requirePinned(storage, checkpoint, pin, logKeys);
  });

  it('refuses a rolled-back log', async () => {
    const [storage, checkpoint] = await logOf([policy, passed, scanned]);
    const answer = requirePinned(storage, checkpoint, pin, logKeys);
    await expect(answer).rejects.toMatchObject({ code: 'ledger-corrupt' });
    await expect(answer).rejects.toThrow('the ledger was rolled back: it has 3 entries, and had 4');
  });

  it('refuses a forked log', async () => {
    world.log(scan({ scope: 13 }), [KEYS.ci]);
    const other = world.entries.at(-1)?.envelope ?? policy;
    const [storage, checkpoint] = await logOf([policy, passed, scanned, other, failed]);
    const answer = requirePinned(storage, checkpoint, pin, logKeys);
    await expect(answer).rejects.toMatchObject({ code: 'ledger-corrupt' });
    await expect(answer).rejects.toThrow('the ledger was forked');
  });
});

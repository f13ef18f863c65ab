import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aClock, aSigner, aStatement, simulatedStorage } from '../../test/ledger-fixtures.ts';
import { SimulatedDisk, type Crash, type Fault } from '../../test/simulated-disk.ts';
import type { Digest } from '../model/digest.ts';
import type { Envelope, Signer } from '../model/evidence.ts';
import { Sequencer } from './append.ts';
import { logKey } from './checkpoint.ts';
import { signStatement } from './envelope.ts';
import { fsck } from './fsck.ts';
import { tileOf } from './layout.ts';
import { leafEnvelope } from './leaf.ts';
import { leafHash, rootOf } from './merkle.ts';
import { readEntries } from './tile-store.ts';

const key = aSigner();
const origin = 'example.com/launch';
const logKeys = [logKey(origin, key.publicKey)];
const START = 254;
const ENVELOPES = await Promise.all(
  Array.from({ length: START + 12 }, (_, n) => signStatement(aStatement(`e${n}`), [key])),
);

/** What a run promised: to its callers, and to the world by signing checkpoints. */
interface Promises {
  readonly acknowledged: Map<Digest, number>;
  readonly signedHeads: Set<string>;
}

function promises(): Promises {
  return { acknowledged: new Map(), signedHeads: new Set() };
}

function recording({ signedHeads }: Promises): Signer {
  return {
    ...key,
    sign: (data) => {
      signedHeads.add(Buffer.from(data).toString());
      return key.sign(data);
    },
  };
}

async function append(sequencer: Sequencer, group: readonly Envelope[], made: Promises): Promise<boolean> {
  try {
    for (const { digest, index } of await sequencer.appendAll(group)) made.acknowledged.set(digest, index);
    return true;
  } catch {
    return false;
  }
}

/** Appends the groups, each once more where it failed, as a caller would; and reopens a ledger that would not open. */
async function run(disk: SimulatedDisk, groups: readonly (readonly Envelope[])[], made: Promises): Promise<void> {
  const storage = simulatedStorage(disk);
  const open = () => Sequencer.open({ storage, origin, signer: recording(made), clock: aClock() });
  const sequencer = await open().catch((error: unknown) => (disk.dead ? Promise.reject(error) : open()));
  for (const group of groups) {
    const done = (await append(sequencer, group, made)) || disk.dead || (await append(sequencer, group, made));
    expect(done, 'a group fails twice after a single fault').toBe(true);
  }
  await sequencer.close();
}

async function digestsOf(disk: SimulatedDisk, size: number): Promise<{ digest: Digest; hash: Uint8Array }[]> {
  const all = [];
  for (let bundle = 0; bundle * 256 < size; bundle += 1) {
    const { entries } = await readEntries(simulatedStorage(disk), tileOf('entries', bundle, size));
    all.push(...entries.map((entry) => ({ digest: leafEnvelope(entry), hash: leafHash(entry) })));
  }
  return all;
}

/** Opens what is left: it must be sound, hold all that was acknowledged, extend all that was signed, and take more. */
async function expectKept(disk: SimulatedDisk, made: Promises, more: Envelope): Promise<void> {
  const storage = simulatedStorage(disk);
  const sequencer = await Sequencer.open({ storage, origin, signer: recording(made), clock: aClock() });
  const [appended] = await sequencer.appendAll([more]);
  await sequencer.close();
  const result = await fsck({ storage, logKeys });
  expect(result).toMatchObject({ state: 'sound' });
  const size = result.state === 'sound' ? result.checkpoint.size : 0;
  expect(appended?.index).toBe(size - 1);
  const log = await digestsOf(disk, size);
  expect(new Set(log.map(({ digest }) => digest)).size).toBe(size);
  for (const [digest, index] of made.acknowledged) expect(log[index]?.digest).toBe(digest);
  for (const head of made.signedHeads) {
    const [, signedSize, root] = head.split('\n');
    const prefix = log.slice(0, Number(signedSize)).map(({ hash }) => hash);
    expect(prefix).toHaveLength(Number(signedSize));
    expect(rememberedRoot(prefix)).toBe(root);
  }
}

const roots = new Map<string, string>();

/** The same prefix comes up in most runs; hashing it anew each time is most of their cost. */
function rememberedRoot(hashes: readonly Uint8Array[]): string {
  const name = Buffer.concat(hashes).toString('latin1');
  const root = roots.get(name) ?? Buffer.from(rootOf(hashes)).toString('base64');
  roots.set(name, root);
  return root;
}

async function survives(
  start: SimulatedDisk,
  groups: readonly Envelope[][],
  fault: Fault,
  crash: Crash,
): Promise<void> {
  const disk = start.copy();
  const made = promises();
  disk.fault = fault;
  await run(disk, groups, made).catch((error: unknown) => {
    if (!disk.dead) throw error;
  });
  disk.crash(fault.kind === 'kill' ? crash : 'process');
  await expectKept(disk, made, ENVELOPES.at(-1) as Envelope);
}

async function prepared(size: number): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  if (size > 0) await run(disk, [ENVELOPES.slice(0, size)], promises());
  return disk;
}

async function stepsOf(start: SimulatedDisk, groups: readonly Envelope[][]): Promise<number> {
  const disk = start.copy();
  await run(disk, groups, promises());
  return disk.steps;
}

const VARIANTS: [Fault['kind'], boolean, Crash][] = [
  ['EIO', true, 'process'],
  ['EIO', false, 'process'],
  ['ENOSPC', true, 'process'],
  ['ENOSPC', false, 'process'],
  ...[true, false].flatMap((persisted): [Fault['kind'], boolean, Crash][] => [
    ['kill', persisted, 'process'],
    ['kill', persisted, 'power'],
    ['kill', persisted, 7],
  ]),
];

const fresh = {
  start: await prepared(0),
  groups: [ENVELOPES.slice(0, 1), ENVELOPES.slice(1, 4), ENVELOPES.slice(3, 5)],
};
const crossing = {
  start: await prepared(START),
  groups: [ENVELOPES.slice(START, START + 1), ENVELOPES.slice(START + 1, START + 4)],
};

describe('a fault at every single file operation', () => {
  it.each(VARIANTS)('of a new ledger: %s, persisted %s, then %s', async (kind, persisted, crash) => {
    const steps = await stepsOf(fresh.start, fresh.groups);
    for (let step = 1; step <= steps; step += 1)
      await survives(fresh.start, fresh.groups, { step, kind, persisted }, crash);
  });

  const crossingVariants = VARIANTS.filter(([kind]) => kind !== 'ENOSPC');
  it.each(crossingVariants)(
    'of a ledger that fills a tile: %s, persisted %s, then %s',
    async (kind, persisted, crash) => {
      const steps = await stepsOf(crossing.start, crossing.groups);
      for (let step = 1; step <= steps; step += 1)
        await survives(crossing.start, crossing.groups, { step, kind, persisted }, crash);
    },
  );
});

describe('faults in a row', () => {
  it('at any operations, the repair included, lose nothing that was acknowledged', async () => {
    const fault = fc.record({
      step: fc.integer({ min: 1, max: 150 }),
      kind: fc.constantFrom('EIO' as const, 'ENOSPC' as const, 'kill' as const),
      persisted: fc.boolean(),
      crash: fc.oneof(fc.constantFrom('process' as const, 'power' as const), fc.nat(1000)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 2, maxLength: 5 }), async (faults) => {
        const disk = crossing.start.copy();
        const made = promises();
        for (const { crash, ...planned } of faults) {
          disk.steps = 0;
          disk.fault = planned;
          await run(disk, crossing.groups, made).catch((error: unknown) => {
            if (!disk.dead) throw error;
          });
          disk.crash(crash);
        }
        await expectKept(disk, made, ENVELOPES.at(-1) as Envelope);
      }),
      { numRuns: 60 },
    );
  });
});

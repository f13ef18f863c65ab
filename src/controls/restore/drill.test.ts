import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import type { Backups, Restored } from '../../model/drill/backups.ts';
import { drill } from './drill.ts';

const subject = {
  id: 'store/orders',
  name: 'orders',
  input: {
    name: 'orders',
    kind: 'postgres' as const,
    rpo: '1h',
    rto: '1h',
    encrypted: true,
    riskNote: undefined,
    within: undefined,
    scheduled: true,
    declared: true,
  },
  params: { maxBaseAge: '8d', invariants: [], smoke: [] },
};

/** What of a restore is not as it should be, after which these markers are in the copy. */
async function missed(markers: readonly number[], ageSeconds = 0): Promise<string[]> {
  let last = 0;
  const contents = { rows: { rows: 10, digest: 'x' } };
  const restored: Partial<Restored> = {
    tookMs: 10,
    phases: {},
    markers,
    contents: () => Promise.resolve(contents),
    faults: () => Promise.resolve([]),
    remove: () => Promise.resolve(),
  };
  const backups: Partial<Backups> = {
    ways: () => [{ name: 'pgbackrest', continuous: true, pointInTime: true, sql: true }],
    take: () => Promise.resolve(),
    inspect: () => Promise.resolve({ backups: 2, ageSeconds, faults: [] }),
    mark: () => Promise.resolve({ number: (last += 1), at: Date.now() }),
    census: () => Promise.resolve(contents),
    restore: () => Promise.resolve(restored as Restored),
  };
  const parameters = { markers: 3, everyMs: 1, take: true };
  const plan = drill.plan({ subjects: [subject], parameters, spec: shop });
  return (await missedBy(plan, { backups })).map(({ name }) => name);
}

test('a copy goes back to some write, with all that came before it', async () => {
  expect(await missed([1, 2, 3])).toEqual([]);
  expect(await missed([1, 2])).toEqual([]);
  expect(await missed([])).toEqual([]);
  expect(await missed([1, 3])).toEqual(['writes missing before the last that came back (pgbackrest)']);
});

test('the backup of yesterday is not the one that was taken', async () => {
  expect(await missed([1, 2, 3], 86_400)).toEqual(['the backup that was taken is there (pgbackrest)']);
});

import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import type { Backups } from '../../model/drill/backups.ts';
import type { Site } from '../../model/drill/sites.ts';
import { drill } from './drill.ts';

const STORES = ['orders', 'files', 'pictures'];
const store = (name: string) => ({
  name,
  kind: 'postgres',
  rpo: '1h',
  rto: '1h',
  offsite: undefined,
  copies: [],
  unprotected: [],
});
const subject = {
  id: 'environment/production',
  name: 'production',
  input: { stores: STORES.map(store), nodes: undefined, described: false },
  params: { maxRpo: '1h', maxRto: '1h', databases: ['postgres'], asks: [], servedWithin: 1 } as never,
};

/** Files take no markers, pictures have no backups here, and orders count theirs. */
function backups(): Backups {
  let last = 0;
  return {
    ways: (name: string) =>
      name === 'pictures' ? [] : [{ name: 'dump', continuous: false, pointInTime: false, sql: true }],
    take: () => Promise.resolve(),
    inspect: () => Promise.resolve({ backups: 1, ageSeconds: 60, faults: [] }),
    mark: (name: string) => Promise.resolve({ number: name === 'files' ? 0 : (last += 1), at: Date.now() }),
  } as Partial<Backups> as Backups;
}

/** What of a site that comes back with these markers is not as it should be. */
async function missed(markers: Site['markers'], take = true): Promise<string[]> {
  const site: Partial<Site> = {
    tookMs: 10,
    phases: {},
    parts: [],
    ready: [],
    markers,
    journey: () => Promise.resolve({ status: 201, ms: 1, event: () => Promise.resolve({ ms: 1 }) } as never),
    remove: () => Promise.resolve(),
  };
  const target = { backups: backups(), sites: { build: () => Promise.resolve(site as Site) } };
  const parameters = { markers: 2, everyMs: 1, take };
  const plan = drill.plan({ subjects: [subject], parameters, spec: shop });
  return (await missedBy(plan, target)).map(
    ({ name, value, detail }) => `${name}: ${detail ?? (Number.isNaN(value) ? 'no data' : '')}`,
  );
}

test('a store is back with what was in it before its backup, though what came later be lost', async () => {
  expect(await missed({ orders: [1, 2, 3], files: [] })).toEqual([]);
  expect(await missed({ orders: [1], files: [] })).toEqual([]);
});

test('an empty store serves as well as any, and is none that came back', async () => {
  expect(await missed({ orders: [], files: [] })).toEqual(['stores without what was there before the backup: orders']);
});

test('a store with backups that the site was started without', async () => {
  expect(await missed({ files: [] })).toEqual(['stores that were not brought back: orders']);
});

test('backups that were there before hold no marker, so that only one from a log tells how old a store came back', async () => {
  expect(await missed({ orders: [1, 2], files: [] }, false)).toEqual([]);
  expect(await missed({ orders: [], files: [] }, false)).toEqual(['rpo of orders: no data', 'total rpo: no data']);
});

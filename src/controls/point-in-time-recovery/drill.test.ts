import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import type { Backups, Restored } from '../../model/drill/backups.ts';
import { drill } from './drill.ts';

const subject = {
  id: 'store/orders',
  name: 'orders',
  input: { kind: 'postgres', rto: '1h' } as never,
  params: { maxReplay: '1h' },
};

/** By the clock of the store, in seconds: far from the drill's. */
const CLOCK = 1000;

/** What is not as it should be of a copy that has come back to the moment, by these phases; the moments that were asked for are added to `moments`. */
async function missed(phases: Restored['phases'], moments: number[] = []): Promise<string[]> {
  let last = 0;
  const sql = {
    query: (text: string) => Promise.resolve([{ number: text.includes('clock_timestamp()') ? `${CLOCK}.5` : 1 }]),
    close: () => Promise.resolve(),
  };
  const copy: Partial<Restored> = {
    tookMs: 10,
    phases,
    markers: [1, 2],
    sql: () => Promise.resolve(sql as never),
    remove: () => Promise.resolve(),
  };
  const backups: Partial<Backups> = {
    ways: () => [{ name: 'pgbackrest', continuous: true, pointInTime: true, sql: true }],
    take: () => Promise.resolve(),
    ship: () => Promise.resolve(),
    mark: () => Promise.resolve({ number: (last += 1), at: Date.now() }),
    restore(_store, _way, until) {
      moments.push(until?.time ?? Number.NaN);
      return Promise.resolve(copy as Restored);
    },
  };
  const plan = drill.plan({ subjects: [subject], parameters: { rows: 1 }, spec: shop });
  const target = { backups, databases: { sql: () => Promise.resolve(sql) } };
  return (await missedBy(plan, target)).map(({ name }) => name);
}

test('a replay whose time nobody took was not a quick one', { timeout: 20_000 }, async () => {
  const [measured, unknown] = await Promise.all([missed({ restore: 8, replay: 2 }), missed({ restore: 10 })]);
  expect(measured).toEqual([]);
  expect(unknown).toEqual(['time to replay']);
});

test('the moment is named by the clock of the store', { timeout: 20_000 }, async () => {
  const moments: number[] = [];
  await missed({ restore: 8, replay: 2 }, moments);
  expect(moments).toEqual([CLOCK * 1000 + 1600]);
});

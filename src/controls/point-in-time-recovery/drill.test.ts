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

/** What is not as it should be of a copy that has come back to the moment, by these phases. */
async function missed(phases: Restored['phases']): Promise<string[]> {
  let last = 0;
  const sql = { query: () => Promise.resolve([{ number: 1 }]), close: () => Promise.resolve() };
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
    restore: () => Promise.resolve(copy as Restored),
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

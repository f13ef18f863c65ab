import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import type { Backups, Content, Restored } from '../../model/drill/backups.ts';
import { drill } from './drill.ts';

const subject = {
  id: 'service/api',
  name: 'api',
  input: { stores: [{ name: 'orders', kind: 'postgres' }] } as never,
  params: { maxMigration: '1m' } as never,
};

/** One that is called after a month is a partition. */
function contentOf(name: string): [string, Content] {
  return [name, { rows: 1, ...(/_\d+$/.test(name) && { partition: true }) }];
}

/** What is not as it should be where a program that answers 0 to everything leaves these tables after `up` and after `down --to=0`. */
async function missed(restored: readonly string[], down: readonly string[], up = restored): Promise<string[]> {
  let tables = restored;
  const copy: Partial<Restored> = {
    contents: () => Promise.resolve(Object.fromEntries(tables.map(contentOf))),
    migrate(args) {
      if (args.includes('--to=0')) tables = down;
      else if (tables === down) tables = up;
      return Promise.resolve({ status: 0, text: '' });
    },
    remove: () => Promise.resolve(),
  };
  const backups: Partial<Backups> = {
    ways: () => [{ name: 'pgbackrest', continuous: true, pointInTime: true, sql: true }],
    take: () => Promise.resolve(),
    restore: () => Promise.resolve(copy as Restored),
  };
  const plan = drill.plan({ subjects: [subject], parameters: {}, spec: shop });
  return (await missedBy(plan, { backups })).map(({ name }) => name);
}

test('a program that says that all is well must have done something', async () => {
  expect(await missed(['orders', 'lines'], [])).toEqual([]);
  expect(await missed(['orders', 'lines'], ['orders', 'lines'])).toEqual(['tables that taking all back removes']);
  expect(await missed(['orders', 'lines'], [], ['orders'])).toEqual(['tables that all migrations do not make again']);
  await expect(missed([], [])).rejects.toThrow('the copy of orders holds no table');
});

test('partitions that are made as time passes are made by no migration', async () => {
  expect(await missed(['visits', 'visits_2026'], [], ['visits'])).toEqual([]);
});

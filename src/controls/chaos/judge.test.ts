import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import type { LoadReport } from '../../model/drill/load.ts';
import { judgeWrites } from './judge.ts';
import { params } from './params.ts';
import { gather, type Context } from './traffic.ts';

const subject = {
  id: 'service/api',
  name: 'api',
  input: { stores: [], flowsKnown: true, experiments: [] },
  params: params.parse({ recoversWithin: '1s' }),
};

/** What is not as it should be where writes are answered with these ids, and arrive so often. */
async function missed(ids: readonly string[], arrived: Readonly<Record<string, number>>): Promise<string[]> {
  const report: Partial<LoadReport> = { statuses: ids.length === 0 ? { 409: 8 } : { 202: ids.length }, ids };
  const deed = {
    what: 'orders',
    requests: [],
    idHeader: 'x-request-id',
    arrived: () => Promise.resolve(new Map(Object.entries(arrived))),
  };
  const target = { deeds: { prepare: () => Promise.resolve(deed) }, load: { run: () => Promise.resolve(report) } };
  const run = async (context: Context) =>
    judgeWrites(context, await gather(context, [subject], shop, { perSecond: 1, writes: 1 }), [subject], 'at all');
  const method = [{ name: 'write', kind: 'measure', timeoutMs: 1, run }] as const;
  const runs = [{ name: 'writes', subjects: [subject.id], hypothesis: [], method }];
  return (await missedBy({ runs }, target)).map(({ name, value }) => `${name}: ${value}`);
}

test('one write that is lost and one that is doubled are both told', async () => {
  expect(await missed(['a', 'b'], { a: 1, b: 1 })).toEqual([]);
  expect(await missed(['a', 'b'], { a: 2 })).toEqual([
    'acknowledged orders that are lost at all: 1',
    'orders that arrived twice at all: 1',
  ]);
});

test('writes that nobody takes while nothing is broken lose nothing, which shows nothing', async () => {
  await expect(missed([], {})).rejects.toThrow(
    'none of the orders is acknowledged before anything is broken (409 x 8)',
  );
});

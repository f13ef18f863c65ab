import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { missedBy } from '../../../test/fake-target.ts';
import type { Deed } from '../../model/drill/deeds.ts';
import type { LoadReport } from '../../model/drill/load.ts';
import { carryDeeds } from './carry-deeds.ts';
import { params } from './params.ts';

const subject = {
  id: 'environment/production',
  name: 'production',
  input: { layers: [{ id: 'service/worker', kind: 'worker', replicas: { most: 1 } }] } as never,
  params: params.parse({}),
};

/** Of the ten or more seconds that the clock takes from look to look, others take this many; one processor. */
let othersTake = 0;

/** What is not as it should be of three writes whose answers tell these ids, and that arrive so often. */
async function missed(
  ids: readonly string[],
  arrived: Readonly<Record<string, number>>,
  { deeds }: { deeds?: number } = {},
): Promise<string[]> {
  const of = { ...subject, params: { ...subject.params, deeds } };
  let used = 0;
  const report: Partial<LoadReport> = { sent: 3, statuses: ids.length === 0 ? { 404: 3 } : { 202: 3 }, ids };
  const deed: Deed = {
    what: 'orders',
    requests: [],
    idHeader: 'x-request-id',
    arrived: () => Promise.resolve(new Map(Object.entries(arrived))),
  };
  const target = {
    deeds: { prepare: () => Promise.resolve(deed) },
    load: { addresses: () => [], start: () => Promise.resolve({ stop: () => Promise.resolve(report) }) },
    parts: {
      replicas: () => ['worker-1'],
      machine: () => Promise.resolve({ processors: 1, busySeconds: 0, othersSeconds: (used += othersTake) }),
    },
  };
  const run = { name: 'writes', subjects: [subject.id], hypothesis: [] };
  const step = { name: 'write', kind: 'measure', timeoutMs: 1 } as const;
  const method = [{ ...step, run: (context: never) => carryDeeds(context, of as never, { seconds: 0.01, steps: 1 }) }];
  return (await missedBy({ runs: [{ ...run, method }] }, target)).map(({ name, value }) => `${name}: ${value}`);
}

// Each look at the clock is ten seconds later: nobody has to wait for what will not come.
let clock = 0;
beforeEach(() => {
  othersTake = 0;
  void vi.spyOn(performance, 'now').mockImplementation(() => (clock += 10_000));
});
afterEach(() => void vi.restoreAllMocks());

test('each write arrives once', async () => {
  expect(await missed(['a', 'b', 'c'], { a: 1, b: 1, c: 1 })).toEqual([]);
});

test('one that is lost and one that is doubled are both told', async () => {
  expect(await missed(['a', 'b', 'c'], { a: 2, b: 1 })).toEqual([
    'acknowledged orders that are lost: 1',
    'orders that arrived twice: 1',
  ]);
});

test('writes that nobody takes, or that cannot be told apart, show nothing', async () => {
  await expect(missed([], {})).rejects.toThrow('none of the orders was acknowledged');
  await expect(missed(['', '', ''], { a: 3 })).rejects.toThrow('3 writes were acknowledged, and x-request-id of');
});

test('fewer than asked for are a finding on a machine of its own, and say nothing where other programs used it', async () => {
  expect(await missed(['a', 'b', 'c'], { a: 1, b: 1, c: 1 }, { deeds: 40 })).toEqual([
    'orders carried to their end: 0',
  ]);
  othersTake = 30;
  await expect(missed(['a', 'b', 'c'], { a: 1, b: 1, c: 1 }, { deeds: 40 })).rejects.toThrow(
    /^0 orders a second came to their end, and \d+ are asked for: what is used up is the machine, of whose processors other programs used/,
  );
});

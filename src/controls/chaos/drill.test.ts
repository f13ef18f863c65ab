import { describe, expect, test } from 'vitest';
import { specSchema } from '../../model/spec.ts';
import { drill } from './drill.ts';
import { allOf, inWords, lacksOf, roundsOf } from './lacks.ts';
import { params } from './params.ts';
import type { Subject } from './traffic.ts';

const spec = specSchema.parse({
  apiVersion: 'launchgate/v1',
  kind: 'Platform',
  name: 'shop',
  environments: [{ name: 'production', kind: 'production' }],
  stores: [
    { name: 'orders', kind: 'postgres' },
    { name: 'cache', kind: 'redis' },
    { name: 'events', kind: 'nats' },
    { name: 'pictures', kind: 'bucket' },
  ],
});

function subject(name: string, stores: readonly string[], critical?: readonly string[]): Subject {
  const named = (all: readonly string[]) => all.map((store) => `store/${store}`);
  return {
    id: `service/${name}`,
    name,
    input: {
      stores: named(stores),
      flowsKnown: true,
      experiments: [],
      ...(critical !== undefined && { critical: named(critical) }),
    },
    params: params.parse({}),
  };
}

const api = subject('api', ['orders', 'cache', 'events', 'pictures'], ['orders', 'events']);
const worker = subject('worker', ['orders', 'events'], ['orders']);
const page = subject('page', ['cache']);

test('what has no connections is not broken, and what nobody calls critical is not', () => {
  expect(lacksOf(api, spec).map(({ stores, critical }) => [stores, critical])).toEqual([
    [['orders'], true],
    [['cache'], false],
    [['events'], true],
  ]);
  expect(lacksOf(page, spec).map(({ critical }) => critical)).toEqual([false]);
});

test('each critical dependency has its round, all services in it at once; the others go together', () => {
  const rounds = roundsOf([api, worker, page], spec);
  expect(rounds.map(inWords)).toEqual(['orders (api), orders (worker)', 'events (api)']);
  expect(inWords(allOf([api, worker, page], spec, false))).toBe('cache (api), events (worker), cache (page)');
  expect(inWords(allOf([api, worker, page], spec, true))).toBe('orders and events (api), orders (worker)');
});

describe('the plan', () => {
  const parameters = drill.parameters.parse({});
  const still = subject('still', []);
  const album = subject('album', ['pictures']);
  const unknown = { ...still, id: 'service/unknown', input: { ...still.input, flowsKnown: false } };

  test('breaks and kills what can be, and leaves the rest with the reason', () => {
    const { runs, left } = drill.plan({ subjects: [api, still, album, unknown], parameters, spec });
    expect(runs.map((run) => run.subjects)).toEqual([['service/api'], ['service/api']]);
    expect(left).toEqual([
      { subject: 'service/still', because: 'no flow leads from it to a store' },
      { subject: 'service/album', because: 'store/pictures: no drill can break that' },
      { subject: 'service/unknown', because: 'the spec has no flows, so nobody can tell what it depends on' },
    ]);
  });

  test('is empty where nothing can be broken', () => {
    expect(drill.plan({ subjects: [album], parameters, spec }).runs).toEqual([]);
  });
});

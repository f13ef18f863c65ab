import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import { drill } from './drill.ts';

const spec = {
  ...shop,
  services: [{ name: 'api', criticalDependencies: ['store/orders'], routes: [] }] as never,
};
const service = (name: string) => ({
  id: `service/${name}`,
  name,
  input: { about: 'service' } as never,
  params: { untraced: '', arrivesWithin: 0.01, explained: 0.8 },
});

/** What is not as it should be, and who is left, where a request is answered after so many milliseconds while its store is stopped for 200. */
async function traced(ms: number) {
  const span = { service: 'api', spanId: '1', attributes: {}, startMs: 0, durationMs: ms };
  const spans = [
    { ...span, name: 'POST /orders', kind: 'server' },
    { ...span, name: 'INSERT', kind: 'client' },
  ];
  const journey = { traceId: 'trace', status: 201, service: 'api', ms };
  const target = {
    edge: {},
    parts: {
      replicas: (name: string) => (name === 'api' ? ['api-1'] : []),
      serversOf: () => ['orders-1'],
      freeze: () => Promise.resolve(),
      thaw: () => Promise.resolve(),
    },
    traces: {
      of: () => Promise.resolve(spans),
      async journey(before?: () => Promise<void>) {
        await before?.();
        return journey;
      },
    },
  };
  const left: string[] = [];
  const plan = drill.plan({ subjects: [service('api'), service('worker')], parameters: { slow: 200 }, spec });
  return { missed: (await missedBy(plan, target, left)).map(({ name }) => name), left };
}

test('a request that did not wait has no time to be found, and a service that is not there no span', async () => {
  expect(await traced(210)).toEqual({ missed: [], left: ['service/worker: the target runs no replica of worker'] });
  await expect(traced(5)).rejects.toThrow('the request was answered 201 after 5 ms, and did not wait for orders');
});

import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import { drill } from './drill.ts';

const subject = {
  id: 'store/orders',
  name: 'orders',
  input: { budget: { clients: [{ id: 'shop/api', pool: { value: 5, from: 'POOL' }, processes: 1 }] } } as never,
  params: { ask: { service: 'api', path: '/orders' }, answersWithin: '5s', recoversWithin: '5s' } as never,
};

/** What is not as it should be where so many connections lead through the proxy while everybody waits for two seconds. */
async function missed(open: number): Promise<string[]> {
  const wire = {
    set: () => Promise.resolve(),
    clear: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    traffic: () => Promise.resolve({ open }),
  };
  const report = {
    due: 20,
    answered: 20,
    statuses: { 200: 20 },
    errors: {},
    latency: { p99: 2000, max: 2000 },
    curve: [],
  };
  const target = {
    faults: { wire: () => Promise.resolve(wire) },
    parts: { replicas: () => ['api-1'], serversOf: () => ['orders-1'] },
    people: { names: { customer: 'alice' }, token: () => Promise.resolve('token') },
    edge: { host: () => 'api.example', ask: () => Promise.resolve({ status: 200 }) },
    load: { start: () => Promise.resolve({ stop: () => Promise.resolve(report) }) },
  };
  const parameters = { seconds: 0.01, perSecond: 10, latencyMs: 1 };
  const plan = drill.plan({ subjects: [subject], parameters, spec: shop });
  return (await missedBy(plan, target)).map(({ name }) => name);
}

test('a service that goes past the proxy keeps within any budget', async () => {
  expect(await missed(5)).toEqual([]);
  expect(await missed(6)).toEqual(['connections of api to orders']);
  await expect(missed(0)).rejects.toThrow('api opened no connection to orders that leads through the proxy');
});

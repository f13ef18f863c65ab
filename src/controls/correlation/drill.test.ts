import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import { drill } from './drill.ts';

const params = {
  requestHeader: 'x-request-id',
  requestField: 'request_id',
  traceField: 'trace_id',
  followedWithin: 0.01,
};
const service = (name: string) => ({
  id: `service/${name}`,
  name,
  input: { about: 'service', messaging: ['store/events'] } as never,
  params,
});

/** What is not as it should be, and who is left, where a request is answered under this id, and its event and lines say the same. */
async function followed(requestId: string | undefined) {
  const id = requestId === undefined ? {} : { requestId };
  const journey = {
    ...id,
    traceId: 'trace',
    status: 201,
    ms: 1,
    service: 'api',
    event: () => Promise.resolve({ ...id, traceId: 'trace', ms: 1 }),
  };
  const line = JSON.stringify({ request_id: requestId, trace_id: 'trace' });
  const target = {
    edge: {},
    logs: { edges: ['edge'], find: () => Promise.resolve([{ part: 'api-1', line }]) },
    parts: { replicas: (name: string) => (name === 'api' ? ['api-1'] : []) },
    traces: { journey: () => Promise.resolve(journey) },
  };
  const left: string[] = [];
  const plan = drill.plan({ subjects: [service('api'), service('worker')], parameters: {}, spec: shop });
  const missed = await missedBy(plan, target, left);
  return { missed: missed.map(({ name }) => name), left };
}

test('what the event says of its request is an id, and a service that is not there follows none', async () => {
  expect(await followed('r1')).toEqual({ missed: [], left: ['service/worker: the target runs no replica of worker'] });
  expect((await followed(undefined)).missed).toEqual([
    'events that the customer got under the id of the request',
    'lines under the id',
  ]);
});

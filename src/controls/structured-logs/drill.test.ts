import { expect, test } from 'vitest';
import { missedBy } from '../../../test/fake-target.ts';
import { specSchema } from '../../model/spec.ts';
import { drill } from './drill.ts';

const spec = specSchema.parse({
  apiVersion: 'launchgate/v1',
  kind: 'Platform',
  name: 'shop',
  environments: [{ name: 'production', kind: 'production' }],
  services: [{ name: 'api', routes: [{ path: '/items', auth: 'jwt' }] }, { name: 'worker' }],
});
const schema = { fields: ['level'], requestMark: 'status', requestFields: ['route'], arrivesWithin: 0.6 };
const subjects = [
  { id: 'service/api', name: 'api', input: { about: 'service' } as never, params: schema },
  { id: 'service/worker', name: 'worker', input: { about: 'service' } as never, params: schema },
  { id: 'environment/production', name: 'production', input: { about: 'environment' } as never, params: schema },
];
let count = 0;
/** As a line with its time, never the same twice. */
const request = (): string => JSON.stringify({ level: 'info', status: 200, route: '/items', count: (count += 1) });

/** What is not as it should be of a platform whose lines were in the sink all along, and of which these parts' lines still come, some time later. */
async function missed(shipped: readonly string[], laterMs = 0, lines = 20): Promise<string[]> {
  const sink = new Map(['api-1', 'worker-1', 'edge'].map((part) => [part, Array.from({ length: 30 }, request)]));
  const ship = (part: string, line: string): void => {
    if (shipped.includes(part)) setTimeout(() => sink.get(part)!.push(line), laterMs);
  };
  const target = {
    edge: {
      host: () => 'shop.example',
      ask() {
        for (const part of ['edge', 'api-1']) ship(part, request());
        return Promise.resolve({ status: 200 });
      },
    },
    logs: {
      edges: ['edge'],
      last: (part: string, lines: number) => Promise.resolve((sink.get(part) ?? []).slice(-lines)),
      find: (text: string, { part }: { part: string }) =>
        Promise.resolve((sink.get(part) ?? []).filter((line) => line.includes(text))),
      write: (part: string, message: string) => Promise.resolve(ship(part, JSON.stringify({ msg: message }))),
    },
    parts: { replicas: (name: string) => [`${name}-1`] },
    traces: { journey: () => Promise.resolve({ status: 200 }) },
  };
  const plan = drill.plan({ subjects, parameters: { lines }, spec });
  return (await missedBy(plan, target)).map(({ subject, name }) => `${subject}: ${name}`);
}

test('lines from before the drill are no sign that any come now', async () => {
  expect(await missed(['api-1', 'worker-1', 'edge'])).toEqual([]);
  expect((await missed([])).toSorted()).toEqual([
    'environment/production: lines about requests',
    'service/api: lines about requests',
    'service/api: replicas whose lines do not reach the sink now',
    'service/worker: replicas whose lines do not reach the sink now',
  ]);
  expect(await missed(['api-1', 'edge'])).toEqual(['service/worker: replicas whose lines do not reach the sink now']);
});

test('a sink is given its time', async () => {
  expect(await missed(['api-1', 'worker-1', 'edge'], 150)).toEqual([]);
  expect(await missed(['api-1', 'worker-1', 'edge'], 0, 1)).toEqual([]);
});

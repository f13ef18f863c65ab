import { expect, test } from 'vitest';
import { specSchema, type Spec } from '../../model/spec.ts';
import { planLab } from './plan.ts';

const noChanges = { available: () => true, replicas: new Map<string, number>(), off: new Map<string, string[]>() };
const reference = [
  { name: 'api', kind: 'api', quorum: 3 },
  { name: 'notification-relay', kind: 'relay' },
];
const allStores = [
  { name: 'main', kind: 'postgres' },
  { name: 'realtime', kind: 'redis' },
  { name: 'cache', kind: 'redis', ephemeral: 'can be computed again' },
  { name: 'bus', kind: 'nats' },
];

function specOf(services: unknown[], stores: unknown[] = allStores): Spec {
  const head = {
    apiVersion: 'launchgate/v1',
    kind: 'Platform',
    name: 'shop',
    environments: [{ name: 'lab', kind: 'lab' }],
  };
  return specSchema.parse({ ...head, services, stores });
}

test('a service runs as often as its quorum, unless another number is asked for', () => {
  expect([...planLab(specOf(reference), '/', noChanges).replicas]).toEqual([
    ['api', 3],
    ['notification-relay', 1],
  ]);
  const changed = { ...noChanges, replicas: new Map([['api', 1]]) };
  expect(planLab(specOf(reference), '/', changed).replicas.get('api')).toBe(1);
});

test('a redis that holds nothing of worth is the cache', () => {
  expect(Object.fromEntries(planLab(specOf(reference), '/', noChanges).stores)).toEqual({
    main: 'postgres',
    realtime: 'redis',
    cache: 'cache',
    bus: 'nats',
  });
});

test('what cannot run is listed with its reason', () => {
  const spec = specOf(
    [...reference, { name: 'checkout', kind: 'api' }, { name: 'terminal-gateway', kind: 'worker' }],
    [
      ...allStores,
      { name: 'second', kind: 'postgres' },
      { name: 'events', kind: 'kafka' },
      { name: 'files', kind: 'bucket' },
    ],
  );
  expect(planLab(spec, '/', noChanges).left).toEqual([
    { subject: 'store/second', because: 'the lab runs one postgres only' },
    { subject: 'store/events', because: 'Debian has no server for it' },
    { subject: 'store/files', because: 'object storage is a cloud service; backups go to a folder of the lab' },
    { subject: 'service/checkout', because: expect.stringContaining('not a service of the reference platform') },
    {
      subject: 'service/terminal-gateway',
      because: expect.stringContaining('not a service of the reference platform'),
    },
  ]);
});

test('a service whose store the spec has not, or whose program is not there, is left out', () => {
  const plan = planLab(specOf(reference, allStores.slice(0, 3)), '/', noChanges);
  expect(plan.left).toEqual([{ subject: 'service/api', because: 'it needs nats, and the spec has no such store' }]);
  const without = planLab(specOf(reference), '/', { ...noChanges, available: (service) => service !== 'api' });
  expect(without.left).toEqual([{ subject: 'service/api', because: 'its program is not part of this installation' }]);
});

test('a gateway is left out with the API that tells it who is revoked', () => {
  const spec = specOf([...reference, { name: 'terminal-gateway', kind: 'gateway' }], allStores.slice(0, 3));
  const plan = planLab(spec, '/', noChanges);
  expect([...plan.replicas.keys()]).toEqual(['notification-relay']);
  expect(plan.left).toEqual([
    { subject: 'service/api', because: 'it needs nats, and the spec has no such store' },
    { subject: 'service/terminal-gateway', because: 'it has the deny-list from the api, which does not run' },
  ]);
});

test.each([[[]], [[{ name: 'shop', kind: 'api' }]], [[{ name: 'constructor' }]], [[{ name: 'api' }]]])(
  'a platform of other services is refused: %j',
  (services) => {
    expect(() => planLab(specOf(services), '/', noChanges)).toThrow(/has no service that the lab can run/);
  },
);

test.each([
  ['aip', 2, /runs no service "aip"/],
  ['console', 1, /runs no service "console"/],
  ['api', 21, /expected 0 to 20 replicas/],
  ['api', Number.NaN, /expected 0 to 20 replicas/],
])('%s=%s is refused', (service, number, message) => {
  const changes = { ...noChanges, replicas: new Map([[service, number]]) };
  expect(() => planLab(specOf(reference), '/', changes)).toThrow(message);
});

test('a gateway without the API that tells it who is revoked is refused at once', () => {
  const spec = specOf([...reference, { name: 'terminal-gateway', kind: 'gateway' }]);
  const without = (services: string[]) => ({ ...noChanges, replicas: new Map(services.map((name) => [name, 0])) });
  expect(() => planLab(spec, '/', without(['api']))).toThrow(/without api no terminal-gateway is ever ready/);
  expect(planLab(spec, '/', without(['api', 'terminal-gateway'])).replicas.get('api')).toBe(0);
});

test('parts of the kit are switched off only where the service runs', () => {
  const changes = { ...noChanges, off: new Map([['terminal-gateway', ['drain']]]) };
  expect(() => planLab(specOf(reference), '/', changes)).toThrow(/runs no service/);
});

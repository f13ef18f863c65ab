import Fastify, { type FastifyInstance } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { until, wire, GET } from '../../test/wire.ts';
import { createHealth, createShedder, healthPlugin, sheddingPlugin, type Priority, type ShedReason } from './index.ts';

/** An application whose answers wait for the test. */
async function application({ limit = 10, off = false } = {}) {
  const shed: [Priority, ShedReason][] = [];
  const shedder = createShedder({
    initialLimit: limit,
    minLimit: limit,
    maxLimit: limit,
    off,
    onShed: (...one) => void shed.push(one),
  });
  let up = true;
  const health = createHealth({
    dependencies: [
      {
        name: 'store',
        class: 'critical',
        whenDown: 'serve',
        interval: 5,
        failures: 1,
        check: () => (up ? Promise.resolve() : Promise.reject(new Error('down'))),
      },
    ],
  });
  await health.start();
  const app = Fastify();
  await app.register(sheddingPlugin, { shedder, health });
  await app.register(healthPlugin, { health });
  const waiting: (() => void)[] = [];
  const wait = () => new Promise<string>((done) => void waiting.push(() => done('ok')));
  for (const priority of ['never', 'high', 'normal', 'low'] as const)
    app.get(`/${priority}`, { config: { shedding: { priority } } }, wait);
  app.get('/plain', wait);
  app.get('/now', async () => 'now');
  app.get('/store', { config: { shedding: { needs: ['store'] } } }, async () => 'stored');
  onTestFinished(async () => {
    health.stop();
    for (const answer of waiting) answer();
    await app.close();
  });
  return { app, shedder, health, shed, waiting, breakStore: () => (up = false) };
}

async function occupy(app: FastifyInstance, waiting: unknown[], url: string, times: number): Promise<void> {
  const before = waiting.length;
  for (let one = 0; one < times; one++) void app.inject(url).catch(() => {});
  await until(() => waiting.length === before + times, `${times} requests in flight`);
}

test('the less important is refused first, health and admin never', async () => {
  const { app, waiting, shed } = await application();
  await occupy(app, waiting, '/plain', 6);
  const refused = await app.inject('/low');
  expect(refused.statusCode).toBe(503);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  expect(refused.json()).toEqual({ statusCode: 503, error: 'Service Unavailable', message: 'overloaded' });
  await occupy(app, waiting, '/normal', 3);
  expect((await app.inject('/plain')).statusCode).toBe(503);
  await occupy(app, waiting, '/high', 1);
  expect((await app.inject('/high')).statusCode).toBe(503);
  await occupy(app, waiting, '/never', 5);
  for (const path of ['/livez', '/readyz', '/statusz']) expect((await app.inject(path)).statusCode).toBe(200);
  expect(shed).toEqual([
    ['low', 'overload'],
    ['normal', 'overload'],
    ['high', 'overload'],
  ]);
});

test('what is done makes room, also when the client went away', async () => {
  const { app, shedder, waiting } = await application({ limit: 1 });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const [address] = app.addresses();
  const client = await wire(typeof address === 'object' ? address.port : 0);
  client.socket.write(GET('/plain'));
  await until(() => waiting.length === 1, 'the request');
  expect((await app.inject('/plain')).statusCode).toBe(503);
  client.socket.destroy();
  await until(() => shedder.inFlight === 0, 'the release');
  expect((await app.inject('/now')).body).toBe('now');
  expect(shedder.inFlight).toBe(0);
});

test('a route that needs what is down is refused at once; the others go on', async () => {
  const { app, health, breakStore, shed } = await application();
  expect((await app.inject('/store')).body).toBe('stored');
  breakStore();
  await until(() => !health.isUp('store'), 'down');
  expect((await app.inject('/store')).json()).toMatchObject({ statusCode: 503, message: 'store is down' });
  expect((await app.inject('/now')).statusCode).toBe(200);
  expect((await app.inject('/readyz')).json()).toMatchObject({ ready: true, degraded: true });
  expect(shed).toEqual([['normal', 'dependency']]);
});

test('a need that nobody declared is refused when the route is added', async () => {
  const { health } = await application();
  const app = Fastify();
  await app.register(sheddingPlugin, { shedder: createShedder(), health });
  const add = () => app.get('/x', { config: { shedding: { needs: ['cash'] } } }, async () => 'x');
  expect(add).toThrow('dependency cash is not declared; declared: store');
  expect(() => createShedder({ shares: { low: 0 } })).toThrow('expected more than 0');
});

test('switched off it refuses nothing', async () => {
  const { app, waiting } = await application({ limit: 1, off: true });
  await occupy(app, waiting, '/low', 20);
});

import { onTestFinished, describe, expect, test } from 'vitest';
import { get } from 'node:http';
import { listen, until } from '../../test/wire.ts';
import { createHealth, healthServer, type Dependency, type Health, type HealthOptions } from './index.ts';

const QUICK = { interval: 5, timeout: 500, staleAfter: 60_000 };

/** A dependency that the test makes work, fail or hang. */
function faulty(given: Partial<Dependency> = {}) {
  const fault = { mode: 'works' as 'works' | 'fails' | 'hangs', asked: 0 };
  const dependency = {
    name: 'store',
    class: 'critical',
    whenDown: 'unready',
    ...QUICK,
    ...given,
    check() {
      fault.asked++;
      if (fault.mode === 'hangs') return new Promise(() => {});
      return fault.mode === 'works'
        ? Promise.resolve()
        : Promise.reject(Object.assign(new Error('password=hunter2'), { code: 'ECONNREFUSED' }));
    },
  } as Dependency;
  return { fault, dependency };
}

async function running(dependency: Dependency, options: Partial<HealthOptions> = {}): Promise<Health> {
  const health = createHealth({ dependencies: [dependency], ...options });
  onTestFinished(() => health.stop());
  await health.start();
  return health;
}

const stateOf = (health: Health) => health.status().dependencies['store'];

describe('readiness', () => {
  test('flips only after failures in a row, and back only after successes in a row', async () => {
    const { fault, dependency } = faulty({ failures: 3, successes: 4 });
    const health = await running(dependency);
    expect(await health.ready()).toEqual({ ready: true, degraded: false, because: [] });
    fault.mode = 'fails';
    const asked = fault.asked;
    await until(() => stateOf(health)?.state === 'down', 'down');
    expect(fault.asked - asked).toBeGreaterThanOrEqual(3);
    expect(await health.ready()).toEqual({ ready: false, degraded: true, because: ['store is down'] });
    fault.mode = 'works';
    const again = fault.asked;
    await until(() => stateOf(health)?.state === 'up', 'up');
    expect(fault.asked - again).toBeGreaterThanOrEqual(4);
  });

  test('a hanging dependency is a timeout, and is not asked again on top of itself', async () => {
    const { fault, dependency } = faulty({ timeout: 40 });
    const health = await running(dependency);
    fault.mode = 'hangs';
    await until(() => stateOf(health)?.state === 'down', 'down');
    const seen = fault.asked;
    await until(() => stateOf(health)?.last?.reason === 'still hanging', 'the next checks');
    expect(fault.asked).toBe(seen);
    fault.mode = 'works';
    await until(() => stateOf(health)?.state === 'up', 'up again, once the lost check is given up');
  });

  test('checks are single-flight', async () => {
    let running = 0;
    let most = 0;
    let asked = 0;
    const check = async (): Promise<void> => {
      asked++;
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, 20));
      running--;
    };
    const health = createHealth({ dependencies: [{ name: 'store', class: 'critical', whenDown: 'serve', check }] });
    await Promise.all(Array.from({ length: 50 }, () => health.ready()));
    expect({ most, asked }).toEqual({ most: 1, asked: 1 });
  });

  test('a stale answer is a state of its own, and is looked at again before readiness answers', async () => {
    const { fault, dependency } = faulty({ interval: 3_600_000, staleAfter: 20 });
    const health = await running(dependency);
    await until(() => stateOf(health)?.state === 'stale', 'staleness');
    expect(health.isUp('store')).toBe(false);
    expect(health.status()).toMatchObject({ ready: false, because: ['store is stale'] });
    const asked = fault.asked;
    expect(await health.ready()).toMatchObject({ ready: true });
    expect(fault.asked).toBe(asked + 1);
  });

  test('what did not work at the start is asked again soon, less and less often', async () => {
    const { fault, dependency } = faulty({ interval: 3_600_000 });
    fault.mode = 'fails';
    const health = await running(dependency);
    await until(() => fault.asked > 3, 'some checks');
    fault.mode = 'works';
    await until(() => stateOf(health)?.state === 'up', 'up');
    const { asked } = fault;
    await new Promise((done) => setTimeout(done, 1000));
    expect(fault.asked).toBe(asked);
  });

  test('what never worked is not ready, whatever the policy; draining is not ready, whatever works', async () => {
    const { fault, dependency } = faulty({ whenDown: 'serve' } as Partial<Dependency>);
    fault.mode = 'fails';
    const health = await running(dependency);
    await until(() => fault.asked > 5, 'some checks');
    expect(await health.ready()).toMatchObject({ ready: false, because: ['store is unknown'] });
    const leaving = await running(faulty().dependency, { draining: () => true });
    expect(await leaving.ready()).toMatchObject({ ready: false, because: ['draining'] });
  });

  test.each([
    ['critical', 'unready', false, true],
    ['critical', 'serve', true, true],
    ['degrading', undefined, true, true],
    ['informational', undefined, true, false],
  ] as const)('%s (%s) that is down: ready %s, degraded %s', async (kind, whenDown, ready, degraded) => {
    const { fault, dependency } = faulty({ class: kind, whenDown } as Partial<Dependency>);
    const health = await running(dependency);
    fault.mode = 'fails';
    await until(() => stateOf(health)?.state === 'down', 'down');
    expect(await health.ready()).toMatchObject({ ready, degraded });
  });

  test('contradictions are refused', () => {
    const peers = { ask: () => Promise.reject(new Error('none')) };
    const asking = faulty({ whenDown: 'ask-peers' } as Partial<Dependency>).dependency;
    expect(() => createHealth({ dependencies: [asking] })).toThrow('asks its peers');
    expect(() => createHealth({ peers, dependencies: [{ ...asking, failures: 1 }] })).toThrow('failures has to be 2');
    expect(() => createHealth({ dependencies: [faulty().dependency, faulty().dependency] })).toThrow('same name');
    expect(() => createHealth({ dependencies: [] }).isUp('x')).toThrow('not declared');
  });
});

describe('endpoints', () => {
  async function asked(port: number, path: string, method = 'GET'): Promise<{ status: number; body: string }> {
    return new Promise((done, fail) => {
      get({ port, path, method, agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => done({ status: response.statusCode ?? 0, body }));
      }).on('error', fail);
    });
  }

  test('liveness knows no dependency; readiness and status do, and tell no message of an error', async () => {
    const { fault, dependency } = faulty();
    let deadlock: string | undefined;
    const health = await running(dependency, { live: () => deadlock, info: { version: '1.2.3' } });
    const server = healthServer(health);
    const port = await listen(server);
    onTestFinished(() => void server.close());
    expect((await asked(port, '/readyz')).status).toBe(200);
    fault.mode = 'fails';
    await until(() => stateOf(health)?.state === 'down', 'down');
    expect((await asked(port, '/livez')).status).toBe(200);
    expect(await asked(port, '/readyz?verbose')).toMatchObject({ status: 503 });
    const status = await asked(port, '/statusz');
    expect(status.body).toContain('ECONNREFUSED');
    expect(status.body).not.toContain('hunter2');
    expect(JSON.parse(status.body)).toMatchObject({
      ready: false,
      info: { version: '1.2.3' },
      dependencies: { store: { class: 'critical', state: 'down', failing: true } },
    });
    deadlock = 'the event loop of the pool stopped';
    expect(await asked(port, '/livez')).toMatchObject({ status: 503 });
    expect((await asked(port, '/other')).status).toBe(404);
    expect((await asked(port, '/readyz', 'POST')).status).toBe(405);
  });

  test('a question that throws is answered all the same: a `live` by its failure, others with 500', async () => {
    const fails = (): never => {
      throw new TypeError('password=hunter2');
    };
    const health = createHealth({ dependencies: [], live: fails, draining: fails });
    const server = healthServer(health);
    const port = await listen(server);
    onTestFinished(() => void server.close());
    const live = await asked(port, '/livez');
    expect(live).toMatchObject({ status: 503, body: expect.stringContaining('TypeError') as string });
    expect(live.body).not.toContain('hunter2');
    expect(await asked(port, '/readyz')).toEqual({ status: 500, body: '' });
    expect(await asked(port, '/statusz')).toEqual({ status: 500, body: '' });
  });
});

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type RedisServer } from '../../../test/servers/redis.ts';
import { createCache } from './cache.ts';
import type { CacheResult } from './types.ts';

const DEADLINE = 100;
let server: RedisServer;
let redis: Redis;

beforeEach(async () => {
  server = await startRedis();
  redis = new Redis({ port: server.port, maxRetriesPerRequest: null, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
});
afterEach(async () => {
  redis.disconnect();
  await server.stop();
});

function counted() {
  const results: CacheResult[] = [];
  const cache = createCache({
    redis,
    freshMs: 60_000,
    staleMs: 900_000,
    deadlineMs: DEADLINE,
    count: (result) => results.push(result),
  });
  return { cache, results };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe('a Redis that hangs', () => {
  it('delays a request by its deadline at most, after a few requests by nothing, and is used again when it goes on', async () => {
    const { cache, results } = counted();
    await expect.poll(async () => (await cache.get('gpu', async () => 1)).result, { timeout: 20_000 }).toBe('hit');
    results.length = 0;
    server.signal('SIGSTOP');
    const first = await timed(() => cache.get('gpu', async () => 2));
    // The deadline itself, and what a busy machine adds: without one this would wait for ever.
    expect(first).toBeGreaterThanOrEqual(DEADLINE - 5);
    expect(first).toBeLessThan(DEADLINE + 2000);
    for (let times = 0; times < 4; times += 1) await cache.get('gpu', async () => 2);
    const asked = redis.get.bind(redis);
    let commands = 0;
    redis.get = ((key: string) => ((commands += 1), asked(key))) as typeof redis.get;
    await cache.get('gpu', async () => 2);
    expect(commands).toBe(0);
    expect(results.every((result) => result === 'bypass')).toBe(true);
    server.signal('SIGCONT');
    await expect.poll(async () => (await cache.get('gpu', async () => 2)).result, { timeout: 20_000 }).toBe('hit');
  });

  it('together with its upstream leaves the fallback', async () => {
    const { cache } = counted();
    server.signal('SIGSTOP');
    const failing = async () => {
      throw new Error('down');
    };
    expect(await cache.get<string>('gpu', failing, { fallback: () => 'declared' })).toMatchObject({
      value: 'declared',
      result: 'fallback',
    });
  });
});

it('a Redis that is killed, and one that comes back empty, cost answers nothing', async () => {
  const { cache } = counted();
  await expect.poll(async () => (await cache.get('gpu', async () => 1)).result, { timeout: 20_000 }).toBe('hit');
  server.signal('SIGKILL');
  expect(await cache.get('gpu', async () => 2)).toMatchObject({ value: 2, result: 'bypass' });
  await expect(cache.invalidate('gpu')).rejects.toThrow(Error);
});

/** Another process that asks for one value eight times and prints how often it loaded it. */
const RACER = `
import { Redis } from 'ioredis';
import { createCache } from '@launchgate/runtime/cache';
const redis = new Redis({ port: Number(process.argv[1]) });
const cache = createCache({ redis, freshMs: 60000, staleMs: 900000, deadlineMs: 5000, waitMs: 20000 });
let loads = 0;
const load = async () => ((loads += 1), await new Promise((done) => setTimeout(done, 200)), process.pid);
await redis.incr('ready');
while (Number(await redis.get('ready')) < 2) await new Promise((done) => setTimeout(done, 5));
const values = await Promise.all(Array.from({ length: 8 }, () => cache.get('gpu', load)));
await cache.settled();
console.log(JSON.stringify({ loads, values: values.map(({ value }) => value) }));
redis.disconnect();
`;

it('two processes that race load a value once between them', async () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const racer = () =>
    new Promise<{ loads: number; values: number[] }>((resolve, reject) => {
      const args = ['--conditions=launchgate-source', '--input-type=module', '-e', RACER, String(server.port)];
      execFile(process.execPath, args, { cwd: root, timeout: 25_000 }, (error, out) =>
        error === null ? resolve(JSON.parse(out) as { loads: number; values: number[] }) : reject(error),
      );
    });
  const [one, other] = await Promise.all([racer(), racer()]);
  expect(one.loads + other.loads).toBe(1);
  expect(new Set([...one.values, ...other.values]).size).toBe(1);
});

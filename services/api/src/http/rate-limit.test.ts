import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedis, type RedisServer } from '../../../../test/servers/redis.ts';
import { createRateLimit } from './rate-limit.ts';

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.port, '127.0.0.1');
});
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});

async function taken(limit: (who: string) => Promise<void>, who: string, requests: number): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: requests }, () => limit(who)));
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

test('the burst is one over all replicas, and each user has one', async () => {
  // One in a thousand seconds: a slow machine earns nothing meanwhile.
  const [one, two] = [1, 2].map(() => createRateLimit({ redis, rate: 0.001, burst: 5, deadlineMs: 5000 }));
  if (one === undefined || two === undefined) throw new Error('unreachable');
  expect((await taken(one, 'alice', 4)) + (await taken(two, 'alice', 4))).toBe(5);
  expect(await taken(two, 'bob', 9)).toBe(5);
  await expect(one('alice')).rejects.toMatchObject({
    status: 429,
    options: { headers: { 'retry-after': expect.stringMatching(/^\d+$/) } },
  });
  expect(await redis.pttl('ratelimit:alice')).toBeGreaterThan(0);
});

test('a clock that was ahead shuts nobody out, and gives nobody a second burst', async () => {
  const limit = createRateLimit({ redis, rate: 0.001, burst: 5, deadlineMs: 5000 });
  await redis.set('ratelimit:carol', Date.now() + 9 * 3_600_000);
  expect(await taken(limit, 'carol', 5)).toBe(1);
  await expect(limit('carol')).rejects.toMatchObject({ options: { headers: { 'retry-after': '1000' } } });
});

test('a Redis that hangs leaves the limit with each process, and no request waiting', async () => {
  const hanging = { eval: () => new Promise<never>(() => undefined) };
  const limit = createRateLimit({ redis: hanging, rate: 0.001, burst: 3, deadlineMs: 10 });
  expect(await taken(limit, 'alice', 10)).toBe(3);
});

/** What is loaded is answered, whether or not it can be kept. */
import type { Redis } from 'ioredis';
import { expect, it, vi } from 'vitest';
import type { RedisServer } from '../../../test/servers/redis.ts';
import { shareRedis } from '../../test/shared-redis.ts';
import { createCache } from './cache.ts';

let server: RedisServer;
let redis: Redis;

shareRedis((shared, its) => ([redis, server] = [shared, its]));

const circle: { self?: unknown } = {};
circle.self = circle;

it.each<[string, unknown]>([
  ['a bigint', 1n],
  ['a circle', circle],
  ['a function', () => 1],
  ['a symbol', Symbol('one')],
  ['what says nothing of itself', { toJSON: () => undefined }],
])('a value that JSON cannot hold (%s) is not kept as another, and holds up nobody', async (_, value) => {
  const warn = vi.fn();
  const cache = createCache({ redis, freshMs: 60_000, staleMs: 900_000, deadlineMs: 5000, log: { warn } });
  expect((await cache.get('gpu', async () => value)).value).toBe(value);
  await cache.settled();
  expect(warn).toHaveBeenCalledWith({ err: expect.stringMatching(/JSON|circular|BigInt/i) }, 'value not kept');
  await expect.poll(() => redis.keys('*'), { timeout: 2000 }).toEqual([]);
});

it('who waits for a refresh has its value, though Redis hangs by the time it is to be kept', async () => {
  let now = 1_700_000_000_000;
  const cache = createCache({ redis, freshMs: 1000, staleMs: 900_000, deadlineMs: 300, now: () => now });
  await expect.poll(async () => (await cache.get('gpu', async () => 'old')).result, { timeout: 20_000 }).toBe('hit');
  now += 5000;
  let arrive: (value: string) => void = () => undefined;
  const load = vi.fn(() => new Promise<string>((resolve) => (arrive = resolve)));
  expect((await cache.get('gpu', load)).result).toBe('stale');
  await expect.poll(() => load.mock.calls.length, { timeout: 20_000 }).toBe(1);
  server.signal('SIGSTOP');
  const waiting = cache.get('gpu', load);
  setTimeout(() => arrive('new'), 500);
  expect(await waiting).toMatchObject({ value: 'new', result: 'bypass' });
  expect(load).toHaveBeenCalledTimes(1);
});

it('a Redis that is full, and keeps no value fresh, is told of', async () => {
  let now = 1_700_000_000_000;
  const warn = vi.fn();
  const cache = createCache({
    redis,
    freshMs: 1000,
    staleMs: 900_000,
    deadlineMs: 5000,
    now: () => now,
    log: { warn },
  });
  await cache.get('gpu', async () => 'old');
  await cache.settled();
  now += 5000;
  await redis.config('SET', 'maxmemory', '1');
  try {
    expect(await cache.get('gpu', async () => 'new')).toMatchObject({ value: 'old', result: 'stale' });
    await cache.settled();
  } finally {
    await redis.config('SET', 'maxmemory', '0');
  }
  expect(warn).toHaveBeenCalledWith({ err: expect.stringMatching(/^OOM/) }, 'cache not written');
});

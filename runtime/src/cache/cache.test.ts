import type { Redis } from 'ioredis';
import { describe, expect, it, vi } from 'vitest';
import { shareRedis } from '../../test/shared-redis.ts';
import { createCache } from './cache.ts';
import { CacheUnavailable, type CacheOptions, type CacheRedis } from './types.ts';

let redis: Redis;
let now = 1_700_000_000_000;

shareRedis((shared) => (redis = shared));

/** A deadline that a loaded machine keeps; what hangs is tested with a short one. */
function cacheOf(more: Partial<CacheOptions> = {}) {
  return createCache({
    redis,
    freshMs: 60_000,
    staleMs: 900_000,
    deadlineMs: 5000,
    jitter: 0,
    now: () => now,
    ...more,
  });
}

const down = async () => {
  throw new Error('the upstream is down');
};

describe('a value', () => {
  it('is loaded once, then served fresh with its age and the status of RFC 9211', async () => {
    const cache = cacheOf();
    const load = vi.fn(async () => ({ price: 3 }));
    expect(await cache.get('gpu', load)).toMatchObject({
      value: { price: 3 },
      result: 'miss',
      headers: { age: '0', 'cache-status': 'launchgate; fwd=uri-miss' },
    });
    await cache.settled();
    now += 7500;
    expect(await cacheOf().get('gpu', load)).toMatchObject({
      value: { price: 3 },
      result: 'hit',
      ageSeconds: 7,
      headers: { age: '7', 'cache-status': 'launchgate; hit; ttl=52' },
    });
    expect(load).toHaveBeenCalledTimes(1);
  });

  it.each([
    'nonsense',
    'null',
    '{"ver":5}',
    '{"v":1,"storedAt":"1","freshUntil":2,"staleUntil":3,"ver":9e15}',
    '{"ver":1e999}',
    '{"storedAt":0,"freshUntil":0,"staleUntil":0,"ver":1e300}',
  ])('is loaded and written over what is no entry (%s)', async (text) => {
    await redis.set('cache:{gpu}', text);
    const cache = cacheOf({ waitMs: 60_000 });
    expect(await cache.get('gpu', async () => 1)).toMatchObject({ value: 1, result: 'miss' });
    await cache.settled();
    expect(await cache.get('gpu', down)).toMatchObject({ value: 1, result: 'hit' });
  });

  it('is loaded and written over what is no text', async () => {
    await redis.hset('cache:{gpu}', 'somebody', 'else');
    const cache = cacheOf({ waitMs: 60_000 });
    expect(await cache.get('gpu', async () => 1)).toMatchObject({ value: 1, result: 'miss' });
    await cache.settled();
    expect(await cache.get('gpu', down)).toMatchObject({ value: 1, result: 'hit' });
  });

  it('from a clock that is far ahead is served as stale, and refreshed at once', async () => {
    const ahead = cacheOf({ now: () => now + 86_400_000 });
    await ahead.get('gpu', async () => 1);
    await ahead.settled();
    const cache = cacheOf();
    expect(await cache.get('gpu', async () => 2)).toMatchObject({ value: 1, result: 'stale', ageSeconds: 0 });
    await cache.settled();
    expect(await cache.get('gpu', down)).toMatchObject({ value: 2, result: 'hit', ageSeconds: 0 });
  });

  it('from a clock that is ahead by as much as clocks differ is fresh', async () => {
    const ahead = cacheOf({ now: () => now + 4000 });
    await ahead.get('gpu', async () => 1);
    await ahead.settled();
    expect(await cacheOf().get('gpu', down)).toMatchObject({ value: 1, result: 'hit', ageSeconds: 0 });
  });

  it('takes one round trip when it is known', async () => {
    const asked: string[] = [];
    const counting: CacheRedis = {
      get: (key) => (asked.push('get'), redis.get(key)),
      eval: (script, keys, ...args) => (asked.push('eval'), redis.eval(script, keys, ...args)),
      del: (...keys) => redis.del(...keys),
    };
    const cache = cacheOf({ redis: counting });
    await cache.get('gpu', async () => 1);
    await cache.settled();
    asked.length = 0;
    await cache.get('gpu', down);
    expect(asked).toEqual(['get']);
  });

  it('beyond its freshness is served stale and refreshed behind the back', async () => {
    const cache = cacheOf();
    await cache.get('gpu', async () => 'old');
    await cache.settled();
    now += 61_000;
    expect(await cache.get('gpu', async () => 'new')).toMatchObject({
      value: 'old',
      result: 'stale',
      headers: { 'cache-status': 'launchgate; hit; ttl=-1; detail=stale' },
    });
    await cache.settled();
    expect(await cache.get('gpu', down)).toMatchObject({ value: 'new', result: 'hit', ageSeconds: 0 });
  });

  it('is served stale while the upstream is down, until its limit; then the fallback, or an error', async () => {
    const cache = cacheOf();
    await cache.get('gpu', async () => 'old');
    await cache.settled();
    now += 899_000;
    const failing = vi.fn(down);
    for (let times = 0; times < 3; times += 1) {
      expect(await cache.get('gpu', failing)).toMatchObject({ value: 'old', result: 'stale' });
      await cache.settled();
    }
    expect(failing).toHaveBeenCalledTimes(1);
    now += 1000;
    await redis.del('cache:{gpu}:lease');
    expect(await cache.get<string>('gpu', down, { fallback: () => 'declared' })).toMatchObject({
      value: 'declared',
      result: 'fallback',
    });
    await cache.settled();
    await expect(cache.get('gpu', down)).rejects.toThrow(CacheUnavailable);
  });

  it('that does not exist is remembered too, for less long and never stale', async () => {
    const cache = cacheOf({ negativeMs: 5000 });
    const load = vi.fn(async () => undefined);
    await cache.get('none', load);
    await cache.settled();
    expect(await cache.get('none', load)).toMatchObject({ value: undefined, result: 'hit' });
    now += 5001;
    expect(await cache.get('none', load)).toMatchObject({ value: undefined, result: 'miss' });
    expect(load).toHaveBeenCalledTimes(2);
    await cache.settled();
  });

  it('null is a value', async () => {
    const cache = cacheOf();
    await cache.get('null', async () => null);
    await cache.settled();
    expect(await cache.get('null', down)).toMatchObject({ value: null, result: 'hit' });
  });

  it('too large is answered and not kept', async () => {
    const cache = cacheOf({ maxBytes: 100 });
    await cache.get('large', async () => 'x'.repeat(101));
    await cache.settled();
    expect(await redis.keys('*large}')).toEqual([]);
  });

  it('that is no entry of ours is loaded again', async () => {
    const cache = cacheOf();
    for (const text of ['', 'null', '{"v":1}', '[1]', '{"v":1,"storedAt":"x"}']) {
      await redis.set('cache:{gpu}', text);
      expect(await cache.get('gpu', async () => 'sound')).toMatchObject({ value: 'sound', result: 'miss' });
      await cache.settled();
    }
  });

  it('leaves Redis by itself at its limit', async () => {
    const cache = cacheOf();
    await cache.get('gpu', async () => 1);
    await cache.settled();
    const left = await redis.pttl('cache:{gpu}');
    expect(left).toBeGreaterThan(890_000);
    expect(left).toBeLessThanOrEqual(900_000);
  });

  it('that was kept under longer limits is held to those of whoever serves it', async () => {
    await cacheOf().get('gpu', async () => 'old');
    await expect.poll(() => redis.exists('cache:{gpu}')).toBe(1);
    now += 5000;
    const shorter = cacheOf({ freshMs: 2000, staleMs: 10_000 });
    expect(await shorter.get('gpu', down)).toMatchObject({ value: 'old', result: 'stale' });
    await shorter.settled();
    now += 5000;
    await redis.del('cache:{gpu}:lease');
    expect(await shorter.get('gpu', async () => 'new')).toMatchObject({ value: 'new', result: 'miss' });
    await shorter.settled();
  });

  it('freshness ends early by the jitter', async () => {
    const cache = cacheOf({ jitter: 0.5, random: () => 1 });
    await cache.get('gpu', async () => 1);
    await cache.settled();
    now += 30_001;
    expect(await cache.get('gpu', async () => 2)).toMatchObject({ result: 'stale' });
    await cache.settled();
  });
});

describe('many at once', () => {
  it('requests of one process wait for one load', async () => {
    const cache = cacheOf();
    const load = vi.fn(async () => 'one');
    const all = await Promise.all(Array.from({ length: 50 }, () => cache.get('gpu', load)));
    expect(new Set(all.map(({ value }) => value))).toEqual(new Set(['one']));
    expect(load).toHaveBeenCalledTimes(1);
    await cache.settled();
  });

  it('a refresh that slept beyond its lease cannot write over a later one', async () => {
    const [slow, quick] = [cacheOf(), cacheOf()];
    let wake: (value: string) => void = () => undefined;
    const slept = slow.get('gpu', () => new Promise<string>((resolve) => (wake = resolve)));
    await expect.poll(() => redis.exists('cache:{gpu}:lease')).toBe(1);
    await redis.del('cache:{gpu}:lease');
    await quick.get('gpu', async () => 'later');
    await quick.settled();
    wake('earlier');
    expect((await slept).value).toBe('earlier');
    await slow.settled();
    expect(await quick.get('gpu', down)).toMatchObject({ value: 'later', result: 'hit' });
  });

  it('what is invalidated is not brought back by a refresh under way', async () => {
    const cache = cacheOf();
    let wake: (value: string) => void = () => undefined;
    const loading = cache.get('gpu', () => new Promise<string>((resolve) => (wake = resolve)));
    await expect.poll(() => redis.exists('cache:{gpu}:lease')).toBe(1);
    await cacheOf().invalidate('gpu');
    wake('outdated');
    await loading;
    await cache.settled();
    expect(await redis.exists('cache:{gpu}')).toBe(0);
  });

  it('who asks after an invalidation is not answered by a load that began before it, also in the same process', async () => {
    const cache = cacheOf();
    let wake: (value: string) => void = () => undefined;
    const before = cache.get('gpu', () => new Promise<string>((resolve) => (wake = resolve)));
    await expect.poll(() => redis.exists('cache:{gpu}:lease')).toBe(1);
    await cache.invalidate('gpu');
    const after = cache.get('gpu', async () => 'changed');
    expect((await after).value).toBe('changed');
    wake('outdated');
    expect((await before).value).toBe('outdated');
    await cache.settled();
    expect((await cache.get('gpu', down)).value).toBe('changed');
  });

  it('a miss that another process is loading waits for it, and for a moment only', async () => {
    const [first, second] = [cacheOf(), cacheOf({ waitMs: 20_000 })];
    let wake: (value: string) => void = () => undefined;
    const loading = first.get('gpu', () => new Promise<string>((resolve) => (wake = resolve)));
    await expect.poll(() => redis.exists('cache:{gpu}:lease')).toBe(1);
    const waiting = second.get('gpu', down);
    wake('shared');
    expect((await waiting).value).toBe('shared');
    await loading;
    await first.settled();
    await redis.set('cache:{other}:lease', 'somebody');
    expect((await cacheOf({ waitMs: 50 }).get('other', async () => 'own')).value).toBe('own');
  });
});

describe('keys and limits', () => {
  it.each(['', 'x'.repeat(513), 'a b', 'a{b}', 'é', 'a\r\nb', 'user:Bearer', 'eyJhbGciOiJI.eyJzdWIi.sig'])(
    'refuses the key %j',
    async (key) => {
      await expect(cacheOf().get(key, async () => 1)).rejects.toThrow('a cache key');
    },
  );

  it.each([
    { freshMs: 0 },
    { staleMs: 60_000 },
    { staleMs: Infinity },
    { jitter: 1 },
    { loadTimeoutMs: Infinity },
    { deadlineMs: -1 },
  ])('refuses to be made with %j', (fault) => {
    expect(() => cacheOf(fault)).toThrow('expected');
  });
});

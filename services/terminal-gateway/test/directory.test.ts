/** How long a session counts against its user's cap: while it is shown, and as long after as its shell may live. */
import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { createDirectory, type Directory } from '../src/directory.ts';
import { until, type Platform } from './platform.ts';
import { sharePlatform } from './shared-platform.ts';
import { ready } from './sessions.ts';

let platform: Platform;
sharePlatform((made) => (platform = made));

const MINUTE = 60_000;
const directory = (redis: Redis): Directory =>
  createDirectory({ store: redis, sessionsPerUser: 2, absolute: 480 * MINUTE, detached: 15 * MINUTE, deadline: 5000 });
const bearer = { sub: 'u-1', tenant: 't-1', sid: 'login-1', akid: 'key-1', iat: 1_800_000_000 };
const record = (session: string) => ({ session, node: 'n-1', nodeAddr: '127.0.0.1:1', pod: 'pod-1', bearer });
const score = async (session: string) => Number(await platform.redis.zscore('session:user:u-1', session)) - Date.now();

async function everything<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const found: T[] = [];
  for await (const batch of batches) found.push(...batch);
  return found;
}

describe('a session', () => {
  it('counts as long as a shell is kept that nobody looks at, from its last renewal on', async () => {
    const { claim, opened, renew, renewEvery } = directory(platform.redis);
    await claim(record('s-1'));
    expect(await score('s-1')).toBeLessThanOrEqual(MINUTE);
    await opened(record('s-1'), 1);
    expect(await score('s-1')).toBeGreaterThan(16 * MINUTE);
    expect(await score('s-1')).toBeLessThanOrEqual(17 * MINUTE);
    expect(renewEvery).toBe(MINUTE);
    await platform.redis.zadd('session:user:u-1', Date.now() + 1000, 's-1');
    await renew([{ ses: 's-1', sub: 'u-1' }]);
    expect(await score('s-1')).toBeGreaterThan(16 * MINUTE);
  });

  it('that has ended does not count again because it is still shown', async () => {
    const { claim, opened, remove, renew } = directory(platform.redis);
    await claim(record('s-1'));
    await opened(record('s-1'), 1);
    await remove('s-1', 'u-1');
    await renew([{ ses: 's-1', sub: 'u-1' }]);
    expect(await platform.redis.keys('session:*')).toEqual([]);
  });

  it('whose record went before its shell was there is found all the same, until it has ended', async () => {
    const { claim, opened, find, remove } = directory(platform.redis);
    await claim(record('s-1'));
    await remove('s-1', 'u-1');
    await opened(record('s-1'), 3);
    expect(await find('s-1')).toMatchObject(record('s-1'));
    expect(await platform.redis.pttl('session:s-1')).toBeGreaterThan(MINUTE);
    expect(await claim(record('s-1'))).toEqual({ fence: 4, known: true });
    await remove('s-1', 'u-1');
    expect(await platform.redis.keys('session:*')).toEqual([]);
  });

  it('whose record went is forgotten some day, though Redis fails before it is written again', async () => {
    const { redis } = platform;
    let asked = 0;
    const multi = () => (asked++ === 0 ? redis.multi() : expect.unreachable('Redis is away'));
    const store = { hgetall: (key: string) => redis.hgetall(key), multi };
    await expect(directory(store as Redis).opened(record('s-1'), 3)).rejects.toThrow('Redis is away');
    expect(await redis.pttl('session:s-1')).toBeGreaterThan(MINUTE);
  });

  it('that is taken up again in the last moment counts on', async () => {
    const { claim, opened } = directory(platform.redis);
    await claim(record('s-1'));
    await opened(record('s-1'), 1);
    await platform.redis.zadd('session:user:u-1', Date.now() + 100, 's-1');
    expect(await claim(record('s-1'))).toMatchObject({ known: true });
    expect(await score('s-1')).toBeGreaterThan(MINUTE / 2);
  });

  it('is found with the claims of its last ticket, and listed until it has ended', async () => {
    const { claim, opened, find, all, remove } = directory(platform.redis);
    for (const session of ['s-1', 's-2']) {
      await claim(record(session));
      await opened(record(session), 1);
    }
    await claim({ ...record('s-2'), bearer: { sub: 'u-1', ati: 'token-2', aiat: 1_800_000_100, iat: 1_800_000_101 } });
    // The cap is two: this one is refused.
    expect(await claim(record('s-3'))).toEqual({ refused: 'cap' });
    const { session: _session, ...rest } = record('s-1');
    expect(await find('s-1')).toEqual({ session: 's-1', ...rest, bearer });
    expect(await everything(all())).toMatchObject([
      { session: 's-1', bearer },
      { session: 's-2', bearer: { sub: 'u-1', ati: 'token-2', aiat: 1_800_000_100, iat: 1_800_000_101 } },
    ]);
    expect((await find('s-2'))?.bearer.akid).toBeUndefined();
    await remove('s-1', 'u-1');
    expect(await everything(all())).toMatchObject([{ session: 's-2' }]);
  });
});

describe('a session that no node has answered for', () => {
  it('is found and listed as long as a shell may live that nobody looks at, and is not taken for one that was open', async () => {
    const { claim, find, all } = directory(platform.redis);
    expect(await claim(record('s-1'))).toMatchObject({ known: false });
    expect(await find('s-1')).toEqual(record('s-1'));
    expect(await everything(all())).toEqual([record('s-1')]);
    const listed = Number(await platform.redis.zscore('session::all', 's-1')) - Date.now();
    expect(listed).toBeGreaterThan(16 * MINUTE);
    expect(listed).toBeLessThanOrEqual(17 * MINUTE);
    expect(await claim(record('s-1'))).toMatchObject({ known: false, fence: 2 });
  });

  it('is listed on once it is shown, also when its opening could not be noted', async () => {
    const { claim, renew } = directory(platform.redis);
    await claim(record('s-1'));
    await renew([{ ses: 's-1', sub: 'u-1' }]);
    expect(Number(await platform.redis.zscore('session::all', 's-1')) - Date.now()).toBeGreaterThan(479 * MINUTE);
  });

  it('is known where it was recorded by a gateway that did not tell the two apart', async () => {
    const { claim } = directory(platform.redis);
    const { session: _session, bearer: _bearer, ...where } = record('s-1');
    await platform.redis.hset('session:s-1', { ...where, user: 'u-1', iat: 1_800_000_000 });
    expect(await claim(record('s-1'))).toMatchObject({ known: true });
  });
});

describe('the cap of a user', () => {
  it('has room again once the shells of closed tabs are gone, and counts those that are shown', async () => {
    const { port } = await platform.gateway({ sessionsPerUser: 2, detachedTimeout: 1500 });
    const { agent, address } = await platform.agent({ limits: { detached: 1500 } });
    await ready(await platform.browser(port, 's-1', address));
    const closes = await ready(await platform.browser(port, 's-2', address));
    closes.socket.close(1000);
    await expect(platform.browser(port, 's-3', address)).rejects.toThrow('refused 429');
    await until(() => agent.sessions.size === 1, 'the end of the shell');
    const opens = () => platform.browser(port, 's-3', address).catch(() => undefined);
    await ready(await until(opens, 'room'));
    await expect(platform.browser(port, 's-4', address)).rejects.toThrow('refused 429');
  });
});

import { createHash } from 'node:crypto';
import { fastify } from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startRedis, type RedisServer } from '../../../test/servers/redis.ts';
import { createCache } from './cache.ts';
import { cachedRoute } from './route.ts';
import type { Cache } from './types.ts';

let server: RedisServer;
let redis: Redis;
let cache: Cache;
const open: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis({ port: server.port });
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  cache = createCache({ redis, freshMs: 60_000, staleMs: 900_000, deadlineMs: 5000 });
});
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

function service() {
  const load = vi.fn(async (): Promise<unknown> => ({ gpus: 8 }));
  const app = fastify();
  open.push(app);
  const key = (request: { url: string }) => `plans:${request.url}`;
  app.get('/plans', cachedRoute(cache, { key, load }));
  app.get(
    '/mine',
    cachedRoute(cache, { key, load, vary: (request) => request.headers['x-user'] as string | undefined }),
  );
  app.get('/soft', cachedRoute(cache, { key, load, fallback: () => ({ gpus: 'unknown' }) }));
  app.post('/plans', cachedRoute(cache, { key, load }));
  return { app, load };
}

describe('a cached route', () => {
  it('answers from the cache and says so', async () => {
    const { app, load } = service();
    const first = await app.inject('/plans');
    expect([first.json(), first.headers['cache-status']]).toEqual([{ gpus: 8 }, 'launchgate; fwd=uri-miss']);
    await cache.settled();
    const second = await app.inject('/plans');
    expect([second.json(), second.headers['age'], second.headers['cache-status']]).toEqual([
      { gpus: 8 },
      '0',
      expect.stringMatching(/^launchgate; hit; ttl=\d+$/),
    ]);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it.each([{ authorization: 'Bearer x' }, { cookie: 'session=1' }])(
    'with %j goes past the cache, reading and writing',
    async (headers) => {
      const { app, load } = service();
      for (let times = 0; times < 2; times += 1) {
        const answer = await app.inject({ url: '/plans', headers });
        expect([answer.headers['cache-status'], answer.headers['cache-control']]).toEqual([
          'launchgate; fwd=bypass; detail=credentials',
          'private, no-store',
        ]);
      }
      await cache.settled();
      expect(load).toHaveBeenCalledTimes(2);
      expect(await redis.keys('*')).toEqual([]);
    },
  );

  it('with credentials and the one whose answer it is keeps them apart', async () => {
    const { app, load } = service();
    const ask = (user: string) => app.inject({ url: '/mine', headers: { authorization: 'Bearer x', 'x-user': user } });
    load.mockResolvedValueOnce('of ana').mockResolvedValueOnce('of bo');
    expect((await ask('ana')).body).toBe('of ana');
    expect((await ask('bo')).body).toBe('of bo');
    await cache.settled();
    expect((await ask('ana')).body).toBe('of ana');
    expect((await ask('')).headers['cache-status']).toContain('bypass');
  });

  it('never takes the answer of a user for a key whose text imitates theirs, nor the other way round', async () => {
    const { load } = service();
    const app = fastify();
    open.push(app);
    const key = (request: { query: unknown }) => (request.query as { key: string }).key;
    const vary = (request: { headers: object }) => (request.headers as { 'x-user'?: string })['x-user'];
    app.get('/any', cachedRoute(cache, { key, load, vary }));
    const ask = (text: string, headers = {}) => app.inject({ url: '/any', query: { key: text }, headers });
    const digest = createHash('sha256').update('ana').digest('hex').slice(0, 32);
    const imitations = ['plans', `plans|${digest}`, `u:${digest}:plans`, `a:u:${digest}:plans`, 'a:plans'];
    for (const [index, text] of imitations.entries()) {
      load.mockResolvedValueOnce(`of nobody ${index}`);
      expect((await ask(text)).body).toBe(`of nobody ${index}`);
    }
    load.mockResolvedValueOnce('of ana');
    expect((await ask('plans', { 'x-user': 'ana' })).body).toBe('of ana');
    await cache.settled();
    for (const [index, text] of imitations.entries()) expect((await ask(text)).body).toBe(`of nobody ${index}`);
    expect((await ask('plans', { 'x-user': 'ana' })).body).toBe('of ana');
  });

  it('is forgotten under the key it named', async () => {
    const { app, load } = service();
    await app.inject('/plans');
    await cache.settled();
    await cache.invalidate('plans:/plans');
    await app.inject('/plans');
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('answers 404 for what does not exist, 503 or the fallback when nothing is left', async () => {
    const { app, load } = service();
    load.mockResolvedValueOnce(undefined);
    expect((await app.inject('/plans?none')).statusCode).toBe(404);
    load.mockRejectedValue(new Error('down'));
    const refused = await app.inject('/plans?down');
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5']);
    const soft = await app.inject('/soft');
    expect([soft.statusCode, soft.json(), soft.headers['cache-status']]).toEqual([
      200,
      { gpus: 'unknown' },
      'launchgate; fwd=uri-miss; detail=fallback',
    ]);
  });

  it('is for reading only', async () => {
    const { app, load } = service();
    expect((await app.inject({ url: '/plans', method: 'POST' })).statusCode).toBe(500);
    expect(load).not.toHaveBeenCalled();
  });
});

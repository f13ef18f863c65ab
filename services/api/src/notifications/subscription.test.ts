/** The hub's subscription on a real Redis. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../../../../test/need.ts';
import { startRedis, type RedisServer } from '../../../../test/servers/redis.ts';
import { subscribe } from './subscription.ts';

describe.runIf(needs('redis-server'))('the subscription of the hub', () => {
  let server: RedisServer;
  const clients: Redis[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await server?.stop();
  });

  async function client(): Promise<Redis> {
    const made = new Redis({ port: server.port, host: '127.0.0.1', autoResubscribe: false, lazyConnect: true });
    clients.push(made);
    return made;
  }

  test('is live on a connection that was ready before anybody asked', { timeout: 20_000 }, async () => {
    const subscriber = await client();
    await subscriber.connect();
    expect(subscriber.status).toBe('ready');
    let gaps = 0;
    const subscription = subscribe({ subscriber, deliver: () => undefined, gap: () => (gaps += 1) });
    await expect.poll(() => subscription.live()).toBe(true);
    expect(gaps).toBe(1);
  });

  test('is live on one that becomes ready later, and again after a break', { timeout: 20_000 }, async () => {
    const subscriber = await client();
    const subscription = subscribe({ subscriber, deliver: () => undefined, gap: () => undefined });
    await subscriber.connect();
    await expect.poll(() => subscription.live()).toBe(true);
    subscriber.disconnect(true);
    await expect.poll(() => subscription.live()).toBe(false);
    await expect.poll(() => subscription.live(), { timeout: 10_000 }).toBe(true);
  });
});

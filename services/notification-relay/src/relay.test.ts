import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startRedis, type RedisServer } from '../../../test/servers/redis.ts';
import { startDatabase, type TestDatabase } from '../../api/test-support/database.ts';
import { listen } from './listen.ts';
import { relayBatch, type Notification, type Publish, type Relayed } from './relay.ts';
import { runRelay } from './run.ts';

const PASSWORD = 'relay-password';
let database: TestDatabase;
let server: RedisServer;
let owner: pg.Client;
let pool: pg.Pool;
let redis: Redis;
let hub: Redis;
const received: { channel: string; notification: Notification }[] = [];
const options = {
  channelPrefix: 'notify.user.',
  batch: 10,
  send: (_row: unknown, publish: Publish) => publish(),
};

beforeAll(async () => {
  [database, server] = await Promise.all([
    startDatabase(),
    startRedis({
      acl: [
        'user default off',
        `user notification-relay on >${PASSWORD} resetkeys resetchannels &notify.user.* -@all +publish +ping +hello +auth`,
        `user api on >${PASSWORD} resetchannels &notify.user.* -@all +psubscribe +subscribe +ping +hello +auth +info`,
      ],
    }),
  ]);
  owner = await database.client('postgres');
  pool = new pg.Pool({ host: '127.0.0.1', port: database.server.port, user: 'relay_a', database: 'gpucloud', max: 4 });
  pool.on('error', () => undefined);
  redis = new Redis(server.port, '127.0.0.1', {
    username: 'notification-relay',
    password: PASSWORD,
    enableReadyCheck: false,
    disableClientInfo: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 500,
    retryStrategy: () => 100,
    lazyConnect: true,
  });
  redis.on('error', () => undefined);
  await redis.connect();
  hub = new Redis(server.port, '127.0.0.1', { username: 'api', password: PASSWORD });
  await hub.psubscribe('notify.user.*');
  hub.on('pmessage', (_pattern, channel, message) => received.push({ channel, notification: JSON.parse(message) }));
});
afterAll(async () => {
  redis?.disconnect();
  hub?.disconnect();
  await pool?.end();
  await owner?.end();
  await Promise.all([database?.stop(), server?.stop()]);
});
beforeEach(async () => {
  received.length = 0;
  await owner.query('DELETE FROM outbox');
});

async function written(user: string, data: unknown = {}): Promise<string> {
  const id = randomUUID();
  await owner.query(
    `INSERT INTO outbox (id, user_id, type, data, request_id, traceparent) VALUES ($1, $2, 'billing.usage_booked', $3, 'request-1', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')`,
    [id, user, JSON.stringify(data)],
  );
  return id;
}

async function unpublished(): Promise<number> {
  const { rows } = await owner.query('SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL');
  return rows[0].n;
}

test('rows are published to their user in order, with their ids, and marked', async () => {
  const ids = [await written('alice', { n: 1 }), await written('bob', { n: 2 }), await written('alice', { n: 3 })];
  const { published, more } = await relayBatch(pool, redis, options);
  expect({
    ids: published.map(({ row }) => row.id),
    receivers: published.map(({ receivers }) => receivers),
    more,
  }).toEqual({
    ids,
    receivers: [1, 1, 1],
    more: false,
  });
  await vi.waitFor(() => expect(received).toHaveLength(3));
  expect(received[0]).toEqual({
    channel: 'notify.user.alice',
    notification: {
      id: ids[0],
      type: 'billing.usage_booked',
      data: { n: 1 },
      at: expect.stringMatching(/Z$/),
      requestId: 'request-1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
  });
  expect(await unpublished()).toBe(0);
});

test('two relays share the work and publish nothing twice', async () => {
  const ids = new Set<string>();
  for (let n = 0; n < 60; n += 1) ids.add(await written('alice'));
  const drain = async () => {
    for (let more = true; more;) ({ more } = await relayBatch(pool, redis, options));
  };
  await Promise.all([drain(), drain()]);
  await relayBatch(pool, redis, { ...options, batch: 100 });
  await vi.waitFor(() => expect(received).toHaveLength(60));
  expect(new Set(received.map(({ notification }) => notification.id))).toEqual(ids);
});

test('a Redis that hangs loses nothing: the rows wait, and go out when it is back', async () => {
  await written('alice');
  await written('alice');
  server.signal('SIGSTOP');
  try {
    await expect(relayBatch(pool, redis, options)).rejects.toThrow(/timed out/);
  } finally {
    server.signal('SIGCONT');
  }
  expect(await unpublished()).toBe(2);
  await vi.waitFor(
    async () => expect((await relayBatch(pool, redis, options)).published.length).toBeGreaterThanOrEqual(0),
    { timeout: 10_000 },
  );
  await vi.waitFor(async () => expect(await unpublished()).toBe(0));
});

test('what was published before a failure is not published again', async () => {
  await written('alice');
  await written('bob');
  let calls = 0;
  const failing = {
    publish: async (channel: string, message: string) =>
      (calls += 1) === 2 ? Promise.reject(new Error('gone')) : redis.publish(channel, message),
  };
  await expect(relayBatch(pool, failing, options)).rejects.toThrow('gone');
  expect(await unpublished()).toBe(1);
});

test('it wakes on the word of the outbox, and again after the connection was cut', async () => {
  const stop = new AbortController();
  const listener = listen({
    channel: 'outbox',
    connect: async () => {
      const client = new pg.Client({
        host: '127.0.0.1',
        port: database.server.port,
        user: 'relay_a',
        database: 'gpucloud',
        application_name: 'listener',
      });
      await client.connect();
      return client;
    },
    onLost: () => undefined,
    signal: stop.signal,
  });
  const all: Relayed['published'][number][] = [];
  const running = runRelay({
    batch: () => relayBatch(pool, redis, options),
    wake: (withinMs) => listener.wake(withinMs),
    // So long that only a word can be the reason.
    pollMs: 600_000,
    onPublished: ({ published }) => all.push(...published),
    onFailure: () => undefined,
    signal: stop.signal,
  });
  const listeners = () =>
    owner.query(`SELECT pid FROM pg_stat_activity WHERE application_name = 'listener' AND query = 'LISTEN outbox'`);
  await vi.waitFor(async () => expect((await listeners()).rowCount).toBe(1));
  await written('alice');
  await vi.waitFor(() => expect(all).toHaveLength(1), { timeout: 5000 });
  await owner.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'listener'`);
  await written('alice');
  await vi.waitFor(() => expect(all).toHaveLength(2), { timeout: 10_000 });
  stop.abort();
  await running;
  await listener.close();
});

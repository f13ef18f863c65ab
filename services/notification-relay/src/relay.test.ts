import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startRedis, type RedisServer } from '../../../test/servers/redis.ts';
import { startDatabase, type TestDatabase } from '../../api/test-support/database.ts';
import { BACKLOG_SQL, type Backlog } from './backlog.ts';
import { listen } from './listen.ts';
import { MOST_ATTEMPTS } from './refused.ts';
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
        `user admin on >${PASSWORD} -@all +acl +ping +hello +auth +info`,
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
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL');
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

test('a user hears in order, however many relays there are and whatever one of them leaves behind', async () => {
  for (let n = 0; n < 120; n += 1) await written(n % 3 === 0 ? 'bob' : 'alice', { n });
  let calls = 0;
  const unsteady = {
    publish: async (channel: string, message: string) =>
      (calls += 1) % 7 === 0 ? Promise.reject(new Error('gone')) : redis.publish(channel, message),
  };
  const drain = async () => {
    while ((await unpublished()) > 0) await relayBatch(pool, unsteady, { ...options, batch: 5 }).catch(() => undefined);
  };
  await Promise.all([drain(), drain(), drain()]);
  await vi.waitFor(() => expect(received).toHaveLength(120));
  for (const user of ['alice', 'bob']) {
    const heard = received.filter(({ channel }) => channel === `notify.user.${user}`);
    const order = heard.map(({ notification }) => (notification.data as { n: number }).n);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  }
});

describe('a row that cannot be published', () => {
  /** No message can be made of a time that is none. */
  const poison = async (user: string) => {
    const id = await written(user);
    await owner.query(`UPDATE outbox SET created_at = 'infinity' WHERE id = $1`, [id]);
    return id;
  };
  const rowOf = async (id: string) =>
    (
      await owner.query(
        `SELECT attempts, last_error, next_attempt_at = 'infinity' AS set_aside, next_attempt_at > now() AS later FROM outbox WHERE id = $1`,
        [id],
      )
    ).rows[0];
  const due = () =>
    owner.query(
      `UPDATE outbox SET next_attempt_at = now() WHERE published_at IS NULL AND next_attempt_at < 'infinity'`,
    );
  const refusal = Object.assign(new Error('ERR this one not'), { name: 'ReplyError' });
  /** A Redis that answers with an error to messages of this user. */
  const refusing = (user: string) => ({
    publish: async (channel: string, message: string) =>
      channel.endsWith(user) ? Promise.reject(refusal) : redis.publish(channel, message),
  });
  const backlog = async () => (await pool.query<Backlog>(BACKLOG_SQL)).rows[0];

  test('holds up nobody but its own user, whose next ones wait for it', async () => {
    const [bad, behind, other] = [await poison('alice'), await written('alice'), await written('bob')];
    const relayed = await relayBatch(pool, redis, options);
    expect(relayed.published.map(({ row }) => row.id)).toEqual([other]);
    expect(relayed.refused).toMatchObject([{ row: { id: bad }, setAside: false }]);
    expect(await rowOf(bad)).toMatchObject({ attempts: 1, later: true, set_aside: false });
    const late = await written('bob');
    expect((await relayBatch(pool, redis, options)).published.map(({ row }) => row.id)).toEqual([late]);
    expect(await rowOf(behind)).toMatchObject({ attempts: 0 });
  });

  test('is set aside after its tries and seen to be, and the next ones of its user go on', async () => {
    const [bad, behind] = [await poison('alice'), await written('alice')];
    for (let n = 1; n <= MOST_ATTEMPTS; n += 1) {
      expect((await relayBatch(pool, redis, options)).refused).toMatchObject([{ setAside: n === MOST_ATTEMPTS }]);
      await due();
    }
    expect(await rowOf(bad)).toMatchObject({ set_aside: true, last_error: expect.stringContaining('no message') });
    expect(await backlog()).toMatchObject({ waiting: 1, set_aside: 1 });
    expect((await relayBatch(pool, redis, options)).published.map(({ row }) => row.id)).toEqual([behind]);
    expect(await backlog()).toEqual({ waiting: 0, set_aside: 1, oldest_seconds: 0 });
  });

  test('may be one that Redis refuses, when it takes another after it', async () => {
    const [bad] = [await written('mallory'), await written('bob')];
    const { refused } = await relayBatch(pool, refusing('mallory'), options);
    expect(refused).toMatchObject([{ row: { id: bad } }]);
    expect(await rowOf(bad)).toMatchObject({ attempts: 1, last_error: 'ERR this one not' });
  });

  test('is none while Redis takes nothing, or does not answer', async () => {
    const ids = [await written('alice'), await written('bob'), await written('mallory')];
    const [down, refusesAll] = [{ publish: () => Promise.reject(new Error('timed out')) }, refusing('')];
    for (let n = 0; n < MOST_ATTEMPTS + 2; n += 1) {
      await expect(relayBatch(pool, down, options)).rejects.toThrow('timed out');
      await expect(relayBatch(pool, refusesAll, options)).rejects.toThrow('ERR this one not');
    }
    for (const id of ids) expect(await rowOf(id)).toMatchObject({ attempts: 0, later: false, last_error: null });
    // Refused after the last that was taken: it may have been Redis just as well.
    await expect(relayBatch(pool, refusing('mallory'), options)).rejects.toThrow('ERR this one not');
    expect(await rowOf(ids[2] ?? '')).toMatchObject({ attempts: 0 });
  });

  test('is none where the rights of the relay are not what they were', async () => {
    const id = await written('alice');
    const admin = new Redis(server.port, '127.0.0.1', { username: 'admin', password: PASSWORD });
    await admin.acl('SETUSER', 'notification-relay', 'resetchannels');
    try {
      await expect(relayBatch(pool, redis, options)).rejects.toThrow(/NOPERM|ended|closed|writeable/);
      expect(await rowOf(id)).toMatchObject({ attempts: 0 });
    } finally {
      await admin.acl('SETUSER', 'notification-relay', '&notify.user.*');
      admin.disconnect();
    }
    await vi.waitFor(async () => expect((await relayBatch(pool, redis, options)).published).toHaveLength(1));
  });
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
    onRelayed: ({ published }) => all.push(...published),
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

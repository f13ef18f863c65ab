import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '@nats-io/transport-node';
import { startNats } from '../../../test/servers/nats.ts';
import { startRedis, type RedisServer } from '../../../test/servers/redis.ts';
import { createDenylist, type Denylist } from './denylist.ts';
import { announceOnNats, natsPush } from './pushes.ts';
import { startRedisMirror } from './redis-mirror.ts';
import { redisSource } from './redis-source.ts';
import { change, handSource, until } from './test-lists.ts';
import { systemClock, type Clock } from './types.ts';

const ACL = [
  'user default off',
  'user api on nopass resetkeys ~denylist ~denylist:snapshot -@all +xadd +set +exists +info +ping',
  'user terminal-gateway on nopass resetkeys ~denylist ~denylist:snapshot -@all +get +xread +info +ping',
];
const BOUND = 2000;
const ADMIN = { jti: 'fresh', sub: 'ana', iat: 2_000_000_000 };
const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.stop();
});

async function redis(): Promise<RedisServer> {
  const server = await startRedis({ acl: ACL });
  open.push(server);
  return server;
}

function client(server: RedisServer, username: string): Redis {
  const made = new Redis({
    port: server.port,
    username,
    password: 'any',
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
  });
  made.on('error', () => undefined);
  return made;
}

/** A writer whose durable source the test drives by hand; it is confirmed every 50 ms. */
async function writer(server: RedisServer, from = 0) {
  const source = handSource();
  const denylist = createDenylist({ source, maxStalenessMs: BOUND });
  await denylist.start();
  source.sink().begin().commit({ id: from, mark: '' });
  const beat = () => source.sink().confirm(systemClock.now());
  beat();
  const timer = setInterval(beat, 50);
  const connection = client(server, 'api');
  const mirror = startRedisMirror({ denylist, redis: connection, heartbeatEveryMs: 50, deadlineMs: 500 });
  const stop = async () => {
    clearInterval(timer);
    await mirror.stop();
    await denylist.stop();
    connection.disconnect();
  };
  open.push({ stop });
  return { sink: source.sink(), stop };
}

async function follower(
  server: RedisServer,
  { clock = systemClock, reconcileEveryMs = 1000 }: { clock?: Clock; reconcileEveryMs?: number } = {},
): Promise<Denylist> {
  const source = redisSource({
    connect: () => client(server, 'terminal-gateway'),
    deadlineMs: 500,
    reconcileEveryMs,
    clock,
  });
  const denylist = createDenylist({ source, maxStalenessMs: BOUND, clock });
  open.push(denylist);
  await denylist.start();
  return denylist;
}

const allowed = (denylist: Denylist) => denylist.decide(ADMIN, { admin: true }).state === 'allowed';

describe('a follower without a database', () => {
  it('reads what was there and what comes, with +get and +xread alone', async () => {
    const server = await redis();
    const { sink } = await writer(server);
    sink.apply([change(1, 'token', 'j1'), change(2, 'issued-before', '*', { issuedBefore: 5 })]);
    const denylist = await follower(server);
    expect(await denylist.synced(10_000)).toBe(true);
    expect(denylist.check({ jti: 'j1', iat: 9 })?.by).toBe('token');
    sink.apply([change(3, 'subject', 'mallory')]);
    await until(() => denylist.check({ sub: 'mallory', iat: 9 }) !== undefined, 'the change');
    sink.apply([change(4, 'token', 'j1', { lifts: 1 })]);
    await until(() => denylist.check({ jti: 'j1', iat: 9 }) === undefined, 'the lift');
  });

  it('is stale once no writer lives, though Redis does', async () => {
    const server = await redis();
    const { stop } = await writer(server);
    const denylist = await follower(server);
    await denylist.synced(10_000);
    await stop();
    await until(() => !allowed(denylist), 'the bound');
  });

  it('a Redis that hangs makes it stale within the bound, and fresh again when it goes on', async () => {
    const server = await redis();
    await writer(server);
    const denylist = await follower(server);
    await denylist.synced(10_000);
    server.signal('SIGSTOP');
    await until(() => !allowed(denylist), 'the bound');
    server.signal('SIGCONT');
    await until(() => allowed(denylist), 'the return');
  });

  it('a Redis that lost everything is filled again, and nothing comes free meanwhile', async () => {
    const server = await redis();
    const { sink } = await writer(server);
    sink.apply([change(1, 'token', 'j1')]);
    const denylist = await follower(server);
    await denylist.synced(10_000);
    const wipe = client(server, 'api');
    await wipe.set('denylist:snapshot', '');
    wipe.disconnect();
    sink.apply([change(2, 'token', 'j2')]);
    await until(() => denylist.check({ jti: 'j2' }) !== undefined, 'the change');
    expect(denylist.check({ jti: 'j1' })?.by).toBe('token');
    const second = await follower(server);
    await until(() => second.check({ jti: 'j1' }) !== undefined, 'a new follower');
  });

  it('two writers, one of them behind: no change is lost or undone', async () => {
    const server = await redis();
    const [ahead, behind] = [await writer(server), await writer(server)];
    const denylist = await follower(server);
    await denylist.synced(10_000);
    const changes = [change(1, 'token', 'j1'), change(2, 'token', 'j1', { lifts: 1 }), change(3, 'token', 'j3')];
    ahead.sink.apply(changes);
    await until(() => denylist.status().head === 3, 'the one ahead');
    behind.sink.apply(changes.slice(0, 1));
    behind.sink.apply(changes.slice(1));
    await until(() => allowed(denylist), 'freshness');
    expect(denylist.check({ jti: 'j1' })).toBeUndefined();
    expect(denylist.check({ jti: 'j3' })?.id).toBe(3);
  });

  it('a restored source that has already given out more ids is read as a whole, and not taken for up to date', async () => {
    const server = await redis();
    const { sink } = await writer(server);
    sink.apply([change(1, 'token', 'j1'), change(2, 'token', 'j2')]);
    const denylist = await follower(server, { reconcileEveryMs: 600_000 });
    await until(() => allowed(denylist) && denylist.status().head === 2, 'the first copy');
    sink.rewritten('restored');
    const restored = sink.begin();
    restored.add([change(1, 'token', 'j1'), change(2, 'token', 'other'), change(3, 'token', 'j3')]);
    restored.commit({ id: 3, mark: 'mark-3' });
    await until(() => denylist.check({ jti: 'j3' }) !== undefined, 'what the restored source says');
    expect(denylist.check({ jti: 'other' })?.by).toBe('token');
  });

  it('a restored source that gives out known ids again confirms nothing, and is followed in the end', async () => {
    const server = await redis();
    const { sink } = await writer(server);
    sink.apply([change(1, 'token', 'j1'), change(2, 'token', 'j2'), change(3, 'token', 'j3')]);
    let ahead = 0;
    const clock = { now: () => ({ wall: Date.now(), steady: performance.now() + ahead }) };
    const denylist = await follower(server, { clock });
    await until(() => allowed(denylist) && denylist.status().head === 3, 'the first copy');
    sink.rewritten('restored');
    sink.begin().commit({ id: 1, mark: 'mark-1' });
    sink.apply([change(2, 'token', 'late', { mark: 'another' })]);
    await until(() => !allowed(denylist), 'the bound');
    ahead = 31_000;
    await until(() => denylist.check({ jti: 'late' }) !== undefined, 'another history');
    await until(() => allowed(denylist), 'freshness');
    expect(denylist.check({ jti: 'j3' })?.by).toBe('token');
    const second = await follower(server);
    await until(() => allowed(second), 'one that knows nothing of the other history');
    expect([second.check({ jti: 'late' })?.id, second.check({ jti: 'j3' })]).toEqual([2, undefined]);
  });

  it.each([
    ['ends at the line', { id: 2, mark: 'another' }, []],
    ['goes beyond the line', { id: 1, mark: 'mark-1' }, [{ mark: 'another' }, { mark: 'new' }]],
  ])('a restored source that %s of its follower is noticed, and what was revoked stays so', async (_, head, more) => {
    const server = await redis();
    const { sink } = await writer(server);
    sink.apply([change(1, 'token', 'j1'), change(2, 'token', 'j2')]);
    const denylist = await follower(server, { reconcileEveryMs: 600_000 });
    await until(() => allowed(denylist) && denylist.status().head === 2, 'the first copy');
    sink.rewritten('restored');
    const restored = sink.begin();
    restored.add([change(1, 'token', 'j1'), ...(head.id === 2 ? [change(2, 'token', 'other', head)] : [])]);
    restored.commit(head);
    sink.apply(more.map((mark, at) => change(2 + at, 'token', 'other', mark)));
    await until(() => denylist.check({ jti: 'other' }) !== undefined, 'what the restored source says');
    expect(denylist.check({ jti: 'j2' })?.by).toBe('token');
    expect(denylist.status().rewritten).toBe(true);
    await until(() => allowed(denylist), 'freshness');
  });

  it('goes on behind a message that is none, and misses nothing that it may have told', async () => {
    const server = await redis();
    const { sink } = await writer(server);
    const denylist = await follower(server);
    await until(() => allowed(denylist), 'the first copy');
    const hostile = client(server, 'api');
    const timeless = { id: 1, mark: '', kind: 'issued-before', value: '*' };
    for (const text of ['nonsense', '{}', JSON.stringify({ from: 0, to: 1, changes: [timeless], asOf: Date.now() })])
      await hostile.xadd('denylist', '*', 'm', text);
    hostile.disconnect();
    sink.apply([change(1, 'token', 'j1')]);
    await until(() => denylist.check({ jti: 'j1' })?.by === 'token', 'the revocation');
    await new Promise((done) => setTimeout(done, BOUND));
    expect(allowed(denylist)).toBe(true);
  });

  it('believes no heartbeat from the future', async () => {
    const server = await redis();
    await writer(server);
    const behind: Clock = { now: () => ({ wall: Date.now() - 60_000, steady: performance.now() }) };
    const denylist = await follower(server, { clock: behind });
    await until(() => denylist.status().lastError?.includes('future') === true, 'the doubt');
    expect(allowed(denylist)).toBe(false);
  });
});

it('NATS wakes who cannot LISTEN', async () => {
  const server = await startNats();
  open.push(server);
  const connection = await connect({ servers: server.url });
  open.push({ stop: () => connection.close() });
  const source = handSource();
  const denylist = createDenylist({ source, maxStalenessMs: BOUND });
  await denylist.start();
  open.push(denylist);
  source.sink().begin().commit({ id: 0, mark: '' });
  let woken = 0;
  const stopping = new AbortController();
  const push = natsPush(connection).run(
    () => (woken += 1),
    stopping.signal,
    () => undefined,
  );
  await connection.flush();
  const off = announceOnNats(denylist, connection);
  source.sink().apply([change(1, 'token', 'j1')]);
  await until(() => woken === 1, 'the push');
  off();
  source.sink().apply([change(2, 'token', 'j2')]);
  await connection.flush();
  expect(woken).toBe(1);
  stopping.abort();
  await push;
});

it('a NATS connection that is closed for good is told of, and a stop is not', async () => {
  const nats = await startNats();
  open.push(nats);
  for (const ends of [true, false]) {
    const connection = await connect({ servers: nats.url });
    const stopping = new AbortController();
    const failures: unknown[] = [];
    const push = natsPush(connection).run(
      () => undefined,
      stopping.signal,
      (error) => void failures.push(error),
    );
    await connection.flush();
    if (ends) await connection.close();
    else stopping.abort();
    await push;
    expect(failures).toHaveLength(ends ? 1 : 0);
    await connection.close();
  }
});

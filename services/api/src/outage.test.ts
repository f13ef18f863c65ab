/** Stores that hang, refuse or come back: every request is answered within its deadline, and no event is lost. */
import { jetstreamManager } from '@nats-io/jetstream';
import { connect as connectNats } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { using } from '../test-support/database.ts';
import { startPlatform, type TestPlatform } from '../test-support/platform.ts';

let platform: TestPlatform;
let alice: string;
let root: string;
let instance: string;

beforeAll(async () => {
  platform = await startPlatform();
  alice = await platform.provider.token('alice');
  root = await platform.provider.token('root');
  const node = { name: 'gpu-1', address: '10.255.0.1', region: 'lab', gpuModel: 'H100' };
  const { body } = await platform.ask('POST', '/api/v1/nodes', { token: root, body: node });
  instance = (await platform.ask('POST', '/api/v1/instances', { token: alice, body: { nodeId: body.id } })).body.id;
  await platform.agentsAnswered();
}, 120_000);
afterAll(() => platform?.stop());

/** The longest that a request may take whatever hangs, in ms: a connection and a transaction, and what this machine adds. */
const LONGEST = 15_000;

async function timed(method: string, path: string, token: string, body?: object) {
  const began = performance.now();
  const answer = await platform.ask(method, path, { token, ...(body === undefined ? {} : { body }) });
  return { ...answer, ms: performance.now() - began };
}

function report(idempotencyKey: string) {
  return platform.ask('POST', `/api/v1/instances/${instance}/usage`, {
    token: alice,
    body: { seconds: 60, idempotencyKey },
    headers: { 'x-request-id': `request-of-${idempotencyKey}` },
  });
}

async function published() {
  const { cert, key, ca } = platform.certificates;
  const connection = await connectNats({
    servers: `tls://127.0.0.1:${platform.nats.port}`,
    tls: { caFile: ca, certFile: cert, keyFile: key },
  });
  const manager = await jetstreamManager(connection);
  const { messages } = (await manager.streams.info('usage')).state;
  const all = [];
  for (let seq = 1; seq <= messages; seq += 1) {
    const message = await manager.streams.getMessage('usage', { seq });
    if (message !== null)
      all.push({ event: message.json<{ id: string; quantity: number }>(), headers: message.header });
  }
  await connection.close();
  return all;
}

test('use is announced once, under the request that reported it', async () => {
  const first = await report('first');
  expect(first).toMatchObject({ status: 202, body: { duplicate: false } });
  expect((await report('first')).body).toMatchObject({ id: first.body.id, duplicate: true });
  await expect
    .poll(async () => (await published()).map(({ event }) => event.id), { timeout: 10_000 })
    .toEqual([first.body.id]);
  const [message] = await published();
  expect(message?.event).toMatchObject({
    tenantId: 'acme',
    userId: 'alice',
    instanceId: instance,
    kind: 'gpu_seconds',
    quantity: 60,
    priceMicros: 700,
    currency: 'EUR',
  });
  expect(message?.headers.get('X-Request-Id')).toBe('request-of-first');
  expect(message?.headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
  expect(message?.headers.get('Nats-Msg-Id')).toBe(first.body.id);
});

test('a NATS that hangs delays nobody and loses nothing', async () => {
  platform.nats.signal('SIGSTOP');
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => report(`hang-${index}`)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
  await expect.poll(() => platform.metric('events_outbox_waiting'), { timeout: 30_000 }).toBeGreaterThan(0);
  platform.nats.signal('SIGCONT');
  const wanted = answers.map(({ body }) => body.id).toSorted();
  const seen = async () =>
    (await published())
      .map(({ event }) => event.id)
      .filter((id) => wanted.includes(id))
      .toSorted();
  await expect.poll(seen, { timeout: 60_000, interval: 500 }).toEqual(wanted);
}, 120_000);

test('a PostgreSQL that hangs: answers come in time, admins are refused once the list is stale, and all is well afterwards', async () => {
  const summary = await timed('GET', '/api/v1/billing/summary', alice);
  expect(summary.status).toBe(200);
  // The backends hang, as their parent does: a connection is accepted by the kernel and never answered.
  const { execFileSync } = await import('node:child_process');
  const family = execFileSync('pgrep', ['-P', String(platform.database.server.process.pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number);
  const all = [Number(platform.database.server.process.pid), ...family];
  for (const pid of all) process.kill(pid, 'SIGSTOP');
  try {
    const answers = await Promise.all([
      timed('GET', '/api/v1/instances?limit=20', alice),
      timed('POST', '/api/v1/labels', alice, { label: 'x' }),
      timed('GET', '/api/v1/admin/users', root),
    ]);
    for (const { status, ms } of answers) {
      expect(status).toBe(503);
      expect(ms).toBeLessThan(LONGEST);
    }
    await expect.poll(async () => (await platform.status()).denylist.stale, { timeout: 20_000 }).toBe(true);
    const refused = await timed('GET', '/api/v1/admin/users', root);
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } });
    // What the cache knows is still served.
    expect((await timed('GET', '/api/v1/billing/summary', alice)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${platform.healthPort}/livez`)).status).toBe(200);
  } finally {
    for (const pid of all) process.kill(pid, 'SIGCONT');
  }
  await expect
    .poll(async () => (await timed('GET', '/api/v1/admin/users', root)).status, { timeout: 30_000 })
    .toBe(200);
  // A probe that began in the outage ends after it, and may be the one that closes the API once more.
  await expect
    .poll(async () => (await platform.status()).dependencies['postgres'], { timeout: 30_000 })
    .toMatchObject({ state: 'up', failing: false });
  expect((await timed('GET', '/api/v1/instances?limit=20', alice)).status).toBe(200);
}, 120_000);

test('a PostgreSQL that takes no writes: reads go on, writes are told to come again, and only the status says more', async () => {
  const readOnly = (value: string) =>
    using(platform.database.client('postgres'), async (sql) => {
      await sql.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
      await sql.query('SELECT pg_reload_conf()');
    });
  const writes = async () => (await platform.status()).dependencies['postgres-writes']?.state;
  await expect.poll(writes, { timeout: 30_000 }).toBe('up');
  await readOnly('on');
  try {
    await expect.poll(writes, { timeout: 40_000 }).toBe('down');
    expect((await platform.status()).dependencies['postgres']?.state).toBe('up');
    expect((await fetch(`http://127.0.0.1:${platform.healthPort}/readyz`)).status).toBe(200);
    expect((await timed('GET', '/api/v1/instances', alice)).status).toBe(200);
    const write = await timed('POST', '/api/v1/labels', alice, { label: 'read-only' });
    expect(write).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } });
  } finally {
    await readOnly('off');
  }
  await expect.poll(writes, { timeout: 40_000 }).toBe('up');
  expect((await timed('POST', '/api/v1/labels', alice, { label: 'read-only' })).status).toBe(201);
}, 120_000);

test('a Redis that hangs refuses tickets in time and nothing else', async () => {
  platform.redis.signal('SIGSTOP');
  try {
    const answers = await Promise.all([
      timed('GET', '/api/v1/instances', alice),
      timed('POST', '/api/v1/labels', alice, { label: 'redis' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 201]);
    const { body } = await platform.ask('GET', '/api/v1/instances', { token: alice });
    expect(body.items).toHaveLength(1);
    const node = (await platform.ask('GET', '/api/v1/admin/nodes', { token: root })).body.items[0]?.id;
    const ticket = await timed('POST', '/api/v1/terminal/tickets', alice, { nodeId: node });
    expect(ticket.status).toBe(503);
    expect(ticket.ms).toBeLessThan(LONGEST);
  } finally {
    platform.redis.signal('SIGCONT');
  }
  await expect
    .poll(async () => (await platform.status()).dependencies['realtime']?.state, { timeout: 30_000 })
    .toBe('up');
}, 120_000);

test('a cache that hangs is gone around', async () => {
  platform.cache.signal('SIGSTOP');
  try {
    const { status, ms } = await timed('GET', '/api/v1/billing/summary', alice);
    expect(status).toBe(200);
    expect(ms).toBeLessThan(LONGEST);
  } finally {
    platform.cache.signal('SIGCONT');
  }
}, 60_000);

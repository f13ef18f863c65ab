/**
 * Usage from the event to the user's browser channel, through the real worker and relay, over TLS with client certificates and under the
 * rights of the reference platform: one request id and one trace all the way, and nothing lost when a process goes.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstream } from '@nats-io/jetstream';
import { createUser } from '@nats-io/nkeys';
import { connect, headers, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readMigrations } from '../../services/api/src/migrate/files.ts';
import { up } from '../../services/api/src/migrate/run.ts';
import { makeAuthority, type CertificateFiles, type TestAuthority } from '../servers/certificates.ts';
import { exampleAccounts, exampleAcl } from '../servers/example-access.ts';
import { startNats, type NatsServer } from '../servers/nats.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { startRedis, type RedisServer } from '../servers/redis.ts';
import { startProgram, type Program } from './program.ts';

const PASSWORD = 'a-password';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const migrations = join(import.meta.dirname, '../../services/api/migrations');
const nkey = () => {
  const pair = createUser();
  return { public: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
};
const keys = { api: nkey(), worker: nkey(), provisioner: nkey() };
const ids = { node: randomUUID(), instance: randomUUID() };

let authority: TestAuthority;
let tls: { ca: string; cert: string; key: string };
let postgres: PostgresServer;
let redis: RedisServer;
let nats: NatsServer;
let owner: pg.Client;
let hub: Redis;
let bus: NatsConnection;
let worker: Program;
let relay: Program;
const heard: { channel: string; requestId: string; traceparent: string; data: Record<string, unknown> }[] = [];

beforeAll(async () => {
  authority = await makeAuthority();
  const files = await authority.issue('server');
  tls = {
    ca: readFileSync(files.ca, 'utf8'),
    cert: readFileSync(files.cert, 'utf8'),
    key: readFileSync(files.key, 'utf8'),
  };
  [postgres, redis, nats] = await Promise.all([startPostgres({ tls: files }), startUsers(files), startAccounts(files)]);
  owner = await schema();
  hub = new Redis(redis.port, 'localhost', { username: 'api', password: PASSWORD, tls });
  await hub.psubscribe('notify.user.*');
  hub.on('pmessage', (_pattern, channel, message) => heard.push({ channel, ...JSON.parse(message) }));
  const apply = await startProgram(
    'billing-worker',
    { ...(await identity('streams')), NATS_URL: nats.url, NATS_NKEY_SEED: keys.provisioner.seed },
    ['streams', 'apply'],
  );
  expect(await apply.exit, apply.output()).toBe(0);
  bus = await connect({
    servers: nats.url,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(keys.api.seed)),
    tls: { ca: tls.ca, cert: tls.cert, key: tls.key },
  });
  [worker, relay] = await Promise.all([startWorker(), startRelay()]);
  await Promise.all([ready(worker), ready(relay)]);
});
afterAll(async () => {
  await Promise.all([worker?.stop(), relay?.stop()]);
  hub?.disconnect();
  await bus?.close();
  await owner?.end();
  await Promise.all([postgres?.stop(), redis?.stop(), nats?.stop()]);
});

function startUsers(files: CertificateFiles): Promise<RedisServer> {
  return startRedis({
    tls: files,
    acl: exampleAcl(PASSWORD),
  });
}

function startAccounts(files: CertificateFiles): Promise<NatsServer> {
  const publicKeys = {
    api: keys.api.public,
    'billing-worker': keys.worker.public,
    'nats-streams': keys.provisioner.public,
  };
  return startNats({ tls: files, config: exampleAccounts(publicKeys) });
}

async function schema(): Promise<pg.Client> {
  const admin = new pg.Client(postgres.url);
  await admin.connect();
  await admin.query('CREATE DATABASE gpucloud');
  await admin.end();
  const client = await as('postgres');
  await client.query(readFileSync(join(migrations, 'roles.sql'), 'utf8'));
  const migrator = await as('migrator_a');
  await up(migrator, readMigrations(migrations), { lockTimeoutMs: 5000, statementTimeoutMs: 60_000 });
  await migrator.end();
  await client.query(`INSERT INTO tenants (id, name) VALUES ('acme', 'Acme')`);
  await client.query(`INSERT INTO users (id, tenant_id) VALUES ('alice', 'acme')`);
  await client.query(
    `INSERT INTO nodes (id, name, address, region, gpu_model) VALUES ($1, 'n1', '10.40.128.1', 'eu', 'H100')`,
    [ids.node],
  );
  await client.query(
    `INSERT INTO instances (id, tenant_id, user_id, node_id, region, status, price_micros) VALUES ($1, 'acme', 'alice', $2, 'eu', 'running', 700)`,
    [ids.instance, ids.node],
  );
  return client;
}

async function as(user: string): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port: postgres.port, user, database: 'gpucloud' });
  await client.connect();
  return client;
}

async function identity(name: string): Promise<Record<string, string>> {
  const files = await authority.issue(name, { spiffe: `spiffe://gpucloud.internal/ns/platform/sa/${name}` });
  return { TLS_CERT_FILE: files.cert, TLS_KEY_FILE: files.key, TLS_CA_FILE: files.ca };
}

async function common(name: string, user: string): Promise<Record<string, string>> {
  return {
    ...(await identity(name)),
    DEPLOYMENT_ENVIRONMENT: 'lab',
    DATABASE_HOST: 'localhost',
    DATABASE_PORT: String(postgres.port),
    DATABASE_NAME: 'gpucloud',
    DATABASE_USER: user,
    DATABASE_PASSWORD: 'trusted-anyway',
    SHUTDOWN_DRAIN_WINDOW: '10s',
  };
}

async function startWorker(env: Record<string, string> = {}): Promise<Program> {
  return startProgram('billing-worker', {
    ...(await common('billing-worker', 'billing_a')),
    NATS_URL: nats.url,
    NATS_NKEY_SEED: keys.worker.seed,
    RECONCILE_INTERVAL: '1s',
    RECONCILE_GRACE: '1s',
    ...env,
  });
}

async function startRelay(): Promise<Program> {
  return startProgram('notification-relay', {
    ...(await common('notification-relay', 'relay_a')),
    REDIS_ADDR: `localhost:${redis.port}`,
    REDIS_USER: 'notification-relay',
    REDIS_PASSWORD: PASSWORD,
  });
}

async function ready({ health, output }: Program): Promise<void> {
  await vi.waitFor(
    async () => {
      const answer = await fetch(`${health}/readyz`).catch(() => undefined);
      expect(answer?.status, output()).toBe(200);
    },
    { timeout: 20_000, interval: 100 },
  );
}

/** What the API does: the row, and the message that announces it. */
async function use(requestId: string, announce = true): Promise<string> {
  const event = {
    id: randomUUID(),
    tenantId: 'acme',
    userId: 'alice',
    instanceId: ids.instance,
    kind: 'gpu_seconds',
    quantity: 60,
    priceMicros: 700,
    currency: 'EUR',
    usedAt: new Date().toISOString(),
    recordedAt: new Date().toISOString(),
  };
  await owner.query(
    `INSERT INTO billing.usage_events (id, tenant_id, user_id, instance_id, kind, quantity, price_micros, currency, used_at, idempotency_key) VALUES ($1, 'acme', 'alice', $2, 'gpu_seconds', 60, 700, 'EUR', $3, $4)`,
    [event.id, ids.instance, event.usedAt, randomUUID()],
  );
  if (!announce) return event.id;
  const sent = headers();
  sent.set('X-Request-Id', requestId);
  sent.set('traceparent', `00-${TRACE}-b7ad6b7169203331-01`);
  await jetstream(bus).publish('usage.recorded', JSON.stringify(event), { msgID: event.id, headers: sent });
  return event.id;
}

const heardOf = (event: string) => heard.filter(({ data }) => data['usageEventId'] === event);

test('one request id and one trace lead from the event to the user', async () => {
  const event = await use('request-of-alice-1');
  await vi.waitFor(() => expect(heardOf(event)).toHaveLength(1), { timeout: 15_000 });
  const [notification] = heardOf(event);
  expect(notification).toMatchObject({
    channel: 'notify.user.alice',
    requestId: 'request-of-alice-1',
    traceparent: expect.stringContaining(TRACE),
  });
  const ofRequest = { request_id: 'request-of-alice-1', trace_id: TRACE };
  await vi.waitFor(() =>
    expect(worker.lines).toContainEqual(
      expect.objectContaining({ ...ofRequest, msg: 'usage', service: 'billing-worker' }),
    ),
  );
  await vi.waitFor(() =>
    expect(relay.lines).toContainEqual(
      expect.objectContaining({ ...ofRequest, msg: 'published', service: 'notification-relay' }),
    ),
  );
});

test('what was lost on the way is booked by the comparison, and told', async () => {
  const event = await use('never-sent', false);
  await vi.waitFor(() => expect(heardOf(event)).toHaveLength(1), { timeout: 20_000 });
});

test('metrics are those that the alerts ask for', async () => {
  const [ofWorker, ofRelay] = await Promise.all(
    [worker, relay].map(async ({ metrics }) => (await fetch(metrics)).text()),
  );
  for (const name of [
    'worker_tasks_total',
    'worker_task_duration_seconds_bucket',
    'billing_events_processed_total',
    'billing_last_processed_timestamp_seconds',
    'billing_metered_cents',
    'billing_ledger_cents',
  ])
    expect(ofWorker).toContain(name);
  for (const name of [
    'notification_relay_lag_seconds_bucket',
    'notification_outbox_oldest_seconds',
    'notification_outbox_set_aside',
  ])
    expect(ofRelay).toContain(name);
});

test('a message that cannot be processed becomes a dead letter with its trace', async () => {
  const sent = headers();
  sent.set('X-Request-Id', 'request-of-mallory');
  await jetstream(bus).publish('usage.recorded', '{"id":"nonsense"}', { msgID: 'nonsense', headers: sent });
  await vi.waitFor(
    async () => {
      const { rows } = await owner.query(
        `SELECT headers->>'X-Request-Id' AS request FROM billing.dead_letters WHERE message_id = 'nonsense'`,
      );
      expect(rows).toEqual([{ request: 'request-of-mallory' }]);
    },
    { timeout: 30_000 },
  );
});

test('replicas come and go by signal and by force while events are booked once each', async () => {
  const second = await startWorker();
  await ready(second);
  const events: string[] = [];
  for (let n = 0; n < 40; n += 1) {
    events.push(await use(`request-${n}-of-many`));
    if (n === 15) second.process.kill('SIGKILL');
    if (n === 25) expect(await worker.stop(), worker.output()).toBe(0);
    if (n === 26) await ready((worker = await startWorker()));
  }
  await vi.waitFor(
    async () => {
      const { rows } = await owner.query(
        'SELECT count(*)::int AS n FROM billing.ledger WHERE usage_event_id = ANY($1)',
        [events],
      );
      expect(rows[0].n).toBe(events.length);
    },
    { timeout: 45_000, interval: 250 },
  );
  await vi.waitFor(() => expect(events.map((event) => heardOf(event).length)).toEqual(events.map(() => 1)), {
    timeout: 15_000,
  });
}, 90_000);

test.each([
  ['a variable that is missing', { DATABASE_HOST: '' }, 'DATABASE_HOST'],
  [
    'a part switched off outside the lab',
    { DEPLOYMENT_ENVIRONMENT: 'production', PARTS_OFF: 'redaction' },
    'PARTS_OFF: is for the lab alone',
  ],
  ['a part that does not exist', { PARTS_OFF: 'brakes' }, 'PARTS_OFF: there is no part brakes'],
  ['a certificate that is not there', { TLS_CERT_FILE: '/nonexistent' }, '/nonexistent'],
])('%s ends it at once, with EX_CONFIG and the reason', async (_, env, message) => {
  const program = await startWorker(env);
  expect([await program.exit, program.output()]).toEqual([78, expect.stringContaining(message)]);
});

test('a rotated password is taken up without a restart', async () => {
  const file = join(authority.folder, 'relay-database');
  writeFileSync(file, 'first');
  const program = await startProgram('notification-relay', {
    ...(await common('notification-relay', 'relay_b')),
    DATABASE_PASSWORD_FILE: file,
    REDIS_ADDR: `localhost:${redis.port}`,
    REDIS_USER: 'notification-relay',
    REDIS_PASSWORD: PASSWORD,
  });
  await ready(program);
  const pids = async () =>
    (
      await owner.query(
        `SELECT array_agg(pid ORDER BY pid) AS pids FROM pg_stat_activity WHERE usename = 'relay_b' AND query NOT LIKE 'LISTEN%'`,
      )
    ).rows[0].pids as number[] | null;
  const before = await pids();
  writeFileSync(file, 'second');
  await vi.waitFor(async () => expect((await pids())?.some((pid) => before?.includes(pid))).toBe(false), {
    timeout: 20_000,
  });
  expect(await program.stop()).toBe(0);
});

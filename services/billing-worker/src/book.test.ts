import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDatabase, type TestDatabase } from '../../api/test-support/database.ts';
import { bookMessage, bookRecorded } from './book.ts';
import { issueInvoices } from './close-months.ts';
import { monthAfter, openLedger, type Ledger } from './ledger.ts';
import { reconcileLegacy, reconcileUsage } from './reconcile.ts';
import { openMonth } from './totals.ts';
import { parseUsage, type UsageMessage } from './usage-message.ts';

let database: TestDatabase;
let pool: pg.Pool;
let ledger: Ledger;
let owner: pg.Client;
const trail = { requestId: 'request-1', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };

beforeAll(async () => {
  database = await startDatabase();
  pool = new pg.Pool({
    host: '127.0.0.1',
    port: database.server.port,
    user: 'billing_a',
    database: 'gpucloud',
    max: 16,
  });
  // The server may be gone before it has seen the last connection close.
  pool.on('error', () => undefined);
  ledger = openLedger(pool);
  owner = await database.client('postgres');
  await owner.query(`INSERT INTO tenants (id, name) VALUES ('acme', 'Acme'), ('umbra', 'Umbra')`);
  await owner.query(`INSERT INTO users (id, tenant_id) VALUES ('alice', 'acme'), ('bob', 'umbra')`);
  await owner.query(
    `INSERT INTO nodes (id, name, address, region, gpu_model) VALUES ($1, 'n1', '10.40.128.1', 'eu', 'H100')`,
    [NODE],
  );
  await owner.query(
    `INSERT INTO instances (id, tenant_id, user_id, node_id, region, status, price_micros) VALUES ($1, 'acme', 'alice', $2, 'eu', 'running', 700)`,
    [INSTANCE, NODE],
  );
});
afterAll(async () => {
  await pool?.end();
  await owner?.end();
  await database?.stop();
});

const NODE = randomUUID();
const INSTANCE = randomUUID();

async function recorded(
  change: { usedAt?: Date; quantity?: number; tenant?: string; user?: string } = {},
): Promise<UsageMessage> {
  const { usedAt = new Date(), quantity = 60, tenant = 'acme', user = 'alice' } = change;
  const message = {
    id: randomUUID(),
    tenantId: tenant,
    userId: user,
    instanceId: INSTANCE,
    kind: 'gpu_seconds' as const,
    quantity,
    priceMicros: 700,
    currency: 'EUR',
    usedAt: usedAt.toISOString(),
    recordedAt: new Date().toISOString(),
  };
  await owner.query(
    `INSERT INTO billing.usage_events (id, tenant_id, user_id, instance_id, kind, quantity, price_micros, currency, used_at, idempotency_key)
     VALUES ($1, $2, $3, $4, 'gpu_seconds', $5, 700, 'EUR', $6, $7)`,
    [message.id, tenant, user, INSTANCE, quantity, usedAt, randomUUID()],
  );
  return message;
}

/** One after another, for they share a connection. */
async function recordedEach(usedAt: Date, quantities: readonly number[]): Promise<UsageMessage[]> {
  const messages: UsageMessage[] = [];
  for (const quantity of quantities) messages.push(await recorded({ usedAt, quantity }));
  return messages;
}

async function total(period: string, tenant = 'acme'): Promise<unknown> {
  const { rows } = await owner.query(
    'SELECT total_micros, status FROM billing.invoices WHERE tenant_id = $1 AND period = $2',
    [tenant, period],
  );
  return rows[0];
}

test('an event is booked once, however often and from however many workers it comes', async () => {
  const usedAt = new Date('2031-03-31T23:59:59.999Z');
  const message = await recorded({ usedAt });
  const outcomes = await Promise.all(Array.from({ length: 12 }, () => bookMessage(ledger, message, trail)));
  expect(outcomes.filter((outcome) => outcome === 'booked')).toHaveLength(1);
  expect(await total('2031-03-01')).toEqual({ total_micros: '42000', status: 'open' });
  const { rows } = await owner.query(
    `SELECT user_id, type, data, request_id, traceparent FROM outbox WHERE data->>'usageEventId' = $1`,
    [message.id],
  );
  expect(rows).toEqual([
    {
      user_id: 'alice',
      type: 'billing.usage_booked',
      request_id: trail.requestId,
      traceparent: trail.traceparent,
      data: expect.objectContaining({
        seconds: 60,
        amountMicros: '42000',
        invoiceTotalMicros: '42000',
        currency: 'EUR',
      }),
    },
  ]);
});

test('many events of one account add up, at once', async () => {
  const usedAt = new Date('2031-05-10T00:00:00Z');
  const messages = await recordedEach(
    usedAt,
    Array.from({ length: 60 }, (_, n) => n + 1),
  );
  const other = openLedger(pool);
  await Promise.all(
    messages.flatMap((message) => [bookMessage(ledger, message, trail), bookMessage(other, message, trail)]),
  );
  expect(await total('2031-05-01')).toEqual({ total_micros: String(((60 * 61) / 2) * 700), status: 'open' });
});

test('what is entered together is told with the total after each, and one that cannot be entered keeps no other out', async () => {
  const usedAt = new Date('2031-07-10T00:00:00Z');
  const messages = await recordedEach(usedAt, Array<number>(20).fill(60));
  const [first, ...others] = messages;
  const bad = { requestId: 'request-2', traceparent: 'x\u0000' };
  const outcomes = await Promise.allSettled([
    bookMessage(ledger, first!, trail),
    ...others.map((message, at) => bookMessage(ledger, message, at === 3 ? bad : trail)),
    bookMessage(ledger, first!, trail),
  ]);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  const booked = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(booked.filter((each) => each === 'booked')).toHaveLength(19);
  expect(await total('2031-07-01')).toEqual({ total_micros: String(19 * 42_000), status: 'open' });
  const { rows } = await owner.query<{ total: string }>(
    `SELECT data->>'invoiceTotalMicros' AS total FROM outbox WHERE data->>'usageEventId' = ANY($1)`,
    [messages.map(({ id }) => id)],
  );
  expect(rows.map(({ total: each }) => Number(each)).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 19 }, (_, at) => (at + 1) * 42_000),
  );
});

test('a message that claims another amount, account or user than was recorded books nothing', async () => {
  const message = await recorded();
  for (const lie of [
    { quantity: 6000 },
    { priceMicros: 1 },
    { userId: 'bob' },
    { tenantId: 'umbra' },
    { instanceId: randomUUID() },
    { usedAt: new Date(0).toISOString() },
  ])
    await expect(bookMessage(ledger, { ...message, ...lie }, trail)).rejects.toThrow(
      `differs from what was recorded in ${Object.keys(lie)[0]}`,
    );
  await expect(bookMessage(ledger, { ...message, id: randomUUID() }, trail)).rejects.toThrow('no usage event');
  const { rows } = await owner.query('SELECT 1 FROM billing.ledger WHERE usage_event_id = $1', [message.id]);
  expect(rows).toEqual([]);
});

test('late usage of a month that was issued goes to the next open one and says so', async () => {
  const usedAt = new Date('2020-12-31T23:00:00Z');
  await bookMessage(ledger, await recorded({ usedAt, tenant: 'umbra', user: 'bob' }), trail);
  expect(await issueInvoices(pool, 3_600_000)).toBe(1);
  const late = await recorded({ usedAt, tenant: 'umbra', user: 'bob' });
  await bookMessage(ledger, late, trail);
  expect(await total('2020-12-01', 'umbra')).toEqual({ total_micros: '42000', status: 'issued' });
  expect(await total('2021-01-01', 'umbra')).toEqual({ total_micros: '42000', status: 'open' });
  const { rows } = await owner.query('SELECT description FROM billing.ledger WHERE usage_event_id = $1', [late.id]);
  expect(rows[0].description).toContain('used in 2020-12');
});

test('an event announced again after its month was issued changes nothing', async () => {
  const message = await recorded({ usedAt: new Date('2019-05-05T00:00:00Z') });
  await bookMessage(ledger, message, trail);
  await issueInvoices(pool, 0);
  expect(await bookMessage(ledger, message, trail)).toBe('already booked');
  expect(await bookRecorded(ledger, message.id, trail)).toBe('already booked');
  expect(await total('2019-06-01')).toBeUndefined();
});

test('reconciliation books what was lost, reports it, and finds nothing the second time', async () => {
  const lost = [await recorded(), await recorded()];
  const late = await recorded();
  await owner.query(`UPDATE billing.usage_events SET recorded_at = now() - interval '10 minutes' WHERE id = ANY($1)`, [
    lost.map(({ id }) => id),
  ]);
  const options = { graceMs: 300_000, windowMs: 86_400_000, limit: 100, trail: () => trail };
  expect(await reconcileUsage(pool, options)).toMatchObject({ drifted: 2, repaired: 2, driftMicros: 84_000n });
  expect(await reconcileUsage(pool, options)).toMatchObject({ drifted: 0, repaired: 0, driftMicros: 0n });
  const { rows } = await owner.query('SELECT usage_event_id FROM billing.ledger WHERE usage_event_id = $1', [late.id]);
  expect(rows).toEqual([]);
});

test('only one replica reconciles at a time', async () => {
  const options = { graceMs: 0, windowMs: 86_400_000, limit: 100, trail: () => trail };
  const held = await owner.query('BEGIN').then(() => owner.query('SELECT pg_advisory_xact_lock(7214001)'));
  expect(held.rowCount).toBe(1);
  expect(await reconcileUsage(pool, options)).toBeUndefined();
  await owner.query('ROLLBACK');
  expect(await reconcileUsage(pool, options)).toBeDefined();
});

test('the system before is compared month by month from our first month on', async () => {
  const months = [
    { tenantId: 'acme', period: '2001-01-01', currency: 'EUR', totalMicros: 5n },
    { tenantId: 'acme', period: '2031-03-01', currency: 'EUR', totalMicros: 42_000n },
    { tenantId: 'acme', period: '2031-05-01', currency: 'EUR', totalMicros: 1n },
    { tenantId: 'nobody', period: '2031-05-01', currency: 'EUR', totalMicros: 7n },
  ];
  const result = await reconcileLegacy(pool, months);
  expect(result).toMatchObject({ checked: 3, drifted: 2, driftMicros: 1n - 1_281_000n + 7n });
});

test('totals of the open month see a difference', async () => {
  const before = await openMonth(pool);
  const message = await recorded({ quantity: 100_000 });
  const metered = await openMonth(pool);
  expect(metered.meteredCents - before.meteredCents).toBe(7000);
  expect(metered.ledgerCents).toBe(before.ledgerCents);
  await bookMessage(ledger, message, trail);
  expect((await openMonth(pool)).ledgerCents - before.ledgerCents).toBe(7000);
});

test('a message must be what it says, in bounds', async () => {
  const good = await recorded();
  expect(parseUsage(Buffer.from(JSON.stringify(good)))).toEqual(good);
  for (const bad of [
    '',
    '{',
    '[]',
    'null',
    JSON.stringify({ ...good, quantity: 1.5 }),
    JSON.stringify({ ...good, quantity: -1 }),
    JSON.stringify({ ...good, currency: 'eur' }),
    'x'.repeat(20_000),
  ])
    expect(() => parseUsage(Buffer.from(bad))).toThrow();
  expect(() => parseUsage(Buffer.from([0xff, 0xfe]))).toThrow('expected JSON in UTF-8');
});

test('a year ends in January', () => {
  expect(monthAfter('2026-12-01')).toBe('2027-01-01');
  expect(monthAfter('2026-01-01')).toBe('2026-02-01');
});

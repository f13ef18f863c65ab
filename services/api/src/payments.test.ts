import { randomUUID, createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { using } from '../test-support/database.ts';
import { startPlatform, STRIPE_SECRET, type TestPlatform } from '../test-support/platform.ts';

let platform: TestPlatform;
let alice: string;

beforeAll(async () => {
  platform = await startPlatform();
  alice = await platform.provider.token('alice');
  // Who asks first brings the account and its tenant about.
  await platform.ask('GET', '/api/v1/me', { token: alice });
}, 120_000);
afterAll(() => platform?.stop());

describe('Stripe', () => {
  const event = (id: string, type: string, created: number, invoice = 'in_1') =>
    JSON.stringify({
      id,
      type,
      created,
      data: {
        object: { id: invoice, amount_paid: 1200, amount_due: 1200, currency: 'eur', metadata: { tenant_id: 'acme' } },
      },
    });
  function deliver(text: string, secret = STRIPE_SECRET, at = Math.floor(Date.now() / 1000)) {
    const signature = createHmac('sha256', secret).update(`${at}.${text}`).digest('hex');
    return platform.ask('POST', '/webhooks/stripe', {
      raw: text,
      headers: { 'stripe-signature': `t=${at},v1=${signature}` },
    });
  }
  test('is believed when it signed, and each event is applied once and in order', async () => {
    const now = Math.floor(Date.now() / 1000);
    expect((await deliver(event('evt_2', 'invoice.paid', now))).body).toMatchObject({ outcome: 'applied' });
    expect((await deliver(event('evt_2', 'invoice.paid', now))).body).toMatchObject({ outcome: 'duplicate' });
    expect((await deliver(event('evt_1', 'invoice.payment_failed', now - 60))).body).toMatchObject({
      outcome: 'superseded',
    });
    const { rows } = await using(platform.database.client(), (client) =>
      client.query('SELECT status, amount_minor, currency, tenant_id FROM billing.payments'),
    );
    expect(rows).toEqual([{ status: 'succeeded', amount_minor: '1200', currency: 'EUR', tenant_id: 'acme' }]);
  });
  test.each([
    ['in_3', ['invoice.payment_failed', 'invoice.paid']],
    ['in_4', ['invoice.paid', 'invoice.payment_failed']],
  ])('has been paid where the failure is of the same second, in whichever order it says so (%s)', async (id, types) => {
    const now = Math.floor(Date.now() / 1000);
    for (const type of types)
      expect((await deliver(event(`${id}-${type}`, type, now, id))).body).toMatchObject({ outcome: 'applied' });
    const { rows } = await using(platform.database.client(), (client) =>
      client.query('SELECT status FROM billing.payments WHERE external_id = $1', [id]),
    );
    expect(rows).toEqual([{ status: 'succeeded' }]);
  });
  test('is of the invoice that a later event names, where the first one named none', async () => {
    const ours = randomUUID();
    await using(platform.database.client('postgres'), (client) =>
      client.query(
        `INSERT INTO billing.invoices (id, tenant_id, period, currency, status) VALUES ($1, 'acme', '2020-01-01', 'EUR', 'issued')`,
        [ours],
      ),
    );
    const now = Math.floor(Date.now() / 1000);
    const about = (id: string, type: string, created: number, metadata: object) =>
      JSON.stringify({
        id,
        type,
        created,
        data: { object: { id: 'in_5', amount_paid: 7, amount_due: 7, currency: 'eur', metadata } },
      });
    await deliver(about('evt_51', 'invoice.payment_failed', now - 60, {}));
    await deliver(about('evt_52', 'invoice.paid', now, { tenant_id: 'acme', invoice_id: ours }));
    const invoice = await platform.ask('GET', `/api/v1/billing/invoices/${ours}`, { token: alice });
    expect(invoice.body.status).toBe('paid');
  });
  test('is refused when somebody else signed, or long ago', async () => {
    const text = event('evt_3', 'invoice.paid', 1);
    expect((await deliver(text, 'other')).status).toBe(400);
    expect((await deliver(text, STRIPE_SECRET, 1000)).status).toBe(400);
    expect((await platform.ask('POST', '/webhooks/stripe', { raw: text })).status).toBe(400);
  });
});

test('the reconciliation finds what was lost, and applies it once', async () => {
  const created = Math.floor(Date.now() / 1000) - 600;
  const lost = {
    id: 'evt_lost',
    type: 'invoice.paid',
    created,
    data: { object: { id: 'in_2', amount_paid: 5, currency: 'eur' } },
  };
  const seen: string[] = [];
  const stripe: Server = createServer((request, response) => {
    seen.push(String(request.headers.authorization));
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: [lost], has_more: false }));
  });
  await new Promise<void>((resolve) => stripe.listen(0, '127.0.0.1', resolve));
  const { port } = stripe.address() as { port: number };
  await platform.restart({ STRIPE_API_URL: `http://127.0.0.1:${port}` });
  const stored = () =>
    using(
      platform.database.client(),
      async (client) => (await client.query(`SELECT status FROM billing.payments WHERE external_id = 'in_2'`)).rows,
    );
  await expect.poll(stored, { timeout: 10_000 }).toEqual([{ status: 'succeeded' }]);
  expect(seen).toContain('Bearer sk_test');
  await expect
    .poll(() => platform.metric('webhook_reconciliation_last_success_timestamp_seconds{provider="stripe"}'))
    .toBeGreaterThan(1e9);
  stripe.closeAllConnections();
  await new Promise((resolve) => stripe.close(resolve));
});

test('a reconciliation that hangs, or whose replica dies, keeps others from it for a round at most', async () => {
  const stripe: Server = createServer(() => undefined);
  await new Promise<void>((resolve) => stripe.listen(0, '127.0.0.1', resolve));
  const { port } = stripe.address() as { port: number };
  await platform.restart({ STRIPE_API_URL: `http://127.0.0.1:${port}`, RECONCILE_INTERVAL: '20s' });
  const seconds = () =>
    using(platform.database.client(), async (client) => {
      const { rows } = await client.query<{ held: number | null }>(
        `SELECT extract(epoch FROM leased_until - now())::float AS held FROM webhook_reconciliation`,
      );
      return rows[0]?.held ?? 0;
    });
  await expect.poll(seconds, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(await seconds()).toBeLessThanOrEqual(20);
  stripe.closeAllConnections();
  await new Promise((resolve) => stripe.close(resolve));
});

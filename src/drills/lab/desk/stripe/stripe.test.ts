import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAuthority } from '../../../../../test/servers/certificates.ts';
import type { Served } from '../http.ts';
import { startStripe, type StripeOptions } from './server.ts';

interface List {
  readonly data: { readonly id: string }[];
  readonly has_more: boolean;
}

const SECRET = 'whsec_test';
const folder = mkdtempSync(join(tmpdir(), 'launchgate-stripe-'));
const received: { headers: Record<string, unknown>; body: string }[] = [];
let refuse = 0;
let platform: Server;
let options: StripeOptions;
let stripe: Served;

beforeAll(async () => {
  const authority = await makeAuthority();
  const { cert, key, ca } = await authority.issue('api', { dns: ['api.localhost'] });
  platform = createServer(
    { cert: readFileSync(cert), key: readFileSync(key) },
    (request, response) => void take(request, response),
  );
  await new Promise<void>((resolve) => platform.listen(0, '127.0.0.1', resolve));
  const { port } = platform.address() as { port: number };
  options = {
    address: '127.0.0.1:0',
    folder,
    key: 'sk_test',
    webhook: { url: `https://api.localhost:${port}/webhooks/stripe`, ca, secret: SECRET },
  };
  stripe = await startStripe(options);
});
afterAll(async () => {
  await stripe?.close();
  platform?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  if (refuse > 0) response.writeHead(500);
  else received.push({ headers: request.headers, body });
  refuse -= 1;
  response.end();
}

async function call<T>(path: string, body?: object, key = 'sk_test'): Promise<T & { status: number }> {
  const response = await fetch(`http://127.0.0.1:${stripe.port}${path}`, {
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { ...((await response.json()) as T), status: response.status };
}

const make = (delivery: string, created?: number): Promise<{ id: string; status: number }> =>
  call('/lab/events', {
    type: 'invoice.paid',
    object: { id: 'in_1' },
    delivery,
    ...(created === undefined ? {} : { created }),
  });

test('deliveries are signed as the platform verifies them, retried, doubled and lost as asked', async () => {
  refuse = 1;
  const sent = await make('send');
  const twice = await make('twice');
  const lost = await make('lose');
  const ids = (): string[] => received.map(({ body }) => (JSON.parse(body) as { id: string }).id).sort();
  await expect.poll(ids, { timeout: 15_000 }).toEqual([sent.id, twice.id, twice.id]);
  for (const { headers, body } of received) {
    const [, time = '', given = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['stripe-signature'])) ?? [];
    expect(given).toBe(createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex'));
    expect(Math.abs(Date.now() / 1000 - Number(time))).toBeLessThan(60);
  }
  expect(await call(`/lab/events/${lost.id}/deliver`, {})).toMatchObject({ delivered: true });
  const { deliveries } = await call<{ deliveries: { outcome: unknown }[] }>(`/lab/deliveries?event=${lost.id}`);
  expect(deliveries).toMatchObject([{ attempt: 1, outcome: 200 }]);
});

test('events are listed newest first, by pages, without a gap or an overlap, also after a restart', async () => {
  for (const second of [10, 20, 20, 20, 30]) await make('lose', second);
  await stripe.close();
  stripe = await startStripe(options);
  const all = (await call<List>('/v1/events?limit=100')).data.map(({ id }) => id);
  const pages: string[] = [];
  for (let after = ''; ; after = `&starting_after=${pages.at(-1)}`) {
    const page = await call<List>(`/v1/events?limit=3${after}`);
    pages.push(...page.data.map(({ id }) => id));
    if (!page.has_more) break;
  }
  expect(pages).toEqual(all);
  expect(new Set(all).size).toBe(8);
  expect((await call<List>('/v1/events?created[gte]=20&created[lt]=30')).data).toHaveLength(3);
  expect((await call<List>(`/v1/events?limit=2&ending_before=${all[3]}`)).data.map(({ id }) => id)).toEqual(
    all.slice(1, 3),
  );
  expect((await call<List>('/v1/events?type=charge.refunded')).data).toEqual([]);
});

test('refuses what Stripe refuses', async () => {
  expect((await call('/v1/events', undefined, 'wrong')).status).toBe(401);
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'created[gte]=soon', 'starting_after=evt_unknown'])
    expect((await call(`/v1/events?${query}`)).status, query).toBe(400);
  expect((await call('/v1/events/evt_unknown')).status).toBe(404);
  expect((await call('/lab/events', { type: 'x', object: {} })).status).toBe(400);
});

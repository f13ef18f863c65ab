import Fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { SECRET, stripeBody, stripeSignature } from '../../test/stripe.ts';
import { stripeScheme, webhookPlugin, type Outcome, type Receiver, type RejectionCode } from './index.ts';

/** The receiver is told what to answer: what a database makes of events is tested with one. */
async function application(outcome: Outcome = 'applied', secrets: readonly string[] = [SECRET]) {
  const received: string[] = [];
  const rejected: RejectionCode[] = [];
  const receiver: Receiver = {
    receive: async (event) => {
      received.push(event.id);
      return outcome;
    },
    retry: async () => outcome,
  };
  const app = Fastify();
  onTestFinished(() => app.close());
  app.post('/json', async ({ body }) => body);
  await app.register(webhookPlugin, {
    path: '/webhooks/stripe',
    scheme: stripeScheme({ secrets: () => secrets }),
    receiver,
    bodyLimit: 2_000,
    onRejected: (code) => void rejected.push(code),
  });
  const post = (payload: string, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/webhooks/stripe',
      payload,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    });
  return { app, post, received, rejected };
}

test('takes what is signed, of any content type, byte for byte', async () => {
  const { post, received } = await application();
  const body = `${stripeBody({ id: 'evt_é' })}\n  `;
  for (const type of ['application/json', 'text/plain', 'application/octet-stream']) {
    const answer = await post(body, { 'stripe-signature': stripeSignature(body), 'content-type': type });
    expect([answer.statusCode, answer.json()]).toEqual([200, { outcome: 'applied' }]);
  }
  expect(received).toHaveLength(3);
});

test('refuses what is forged with one answer for all reasons, and what is too large', async () => {
  const { post, received, rejected } = await application();
  const body = stripeBody({ id: 'evt_1' });
  const old = stripeSignature(body, { time: 1_700_000_000 });
  for (const headers of [
    {},
    { 'stripe-signature': 'x' },
    { 'stripe-signature': stripeSignature(body, { secret: 'x' }) },
    { 'stripe-signature': old },
  ]) {
    const answer = await post(body, headers);
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'webhook refused' }]);
  }
  const large = JSON.stringify({ x: 'y'.repeat(3_000) });
  expect((await post(large, { 'stripe-signature': stripeSignature(large) })).statusCode).toBe(413);
  expect(received).toEqual([]);
  expect(rejected).toEqual(['no-signature', 'malformed', 'mismatch', 'expired']);
});

test.each([
  ['applied', 200],
  ['duplicate', 200],
  ['superseded', 200],
  ['dead', 200],
  ['failed', 500],
] as const)('%s is answered by %i', async (outcome, status) => {
  const { post } = await application(outcome);
  const body = stripeBody({ id: 'evt_1' });
  expect((await post(body, { 'stripe-signature': stripeSignature(body) })).statusCode).toBe(status);
});

test('without a secret nothing is taken, and the provider is to come again', async () => {
  const { post, received } = await application('applied', []);
  const body = stripeBody({ id: 'evt_1' });
  expect((await post(body, { 'stripe-signature': stripeSignature(body) })).statusCode).toBe(500);
  expect(received).toEqual([]);
});

test('the parsers of the rest of the application stay', async () => {
  const { app } = await application();
  expect((await app.inject({ method: 'POST', url: '/json', payload: { a: 1 } })).json()).toEqual({ a: 1 });
});

/** `/webhooks/stripe`: verified, applied once; with the part off, believed and applied as often as it comes. */
import {
  createReceiver,
  stripeEvent,
  stripeScheme,
  webhookPlugin,
  type Pool,
  type Receiver,
} from '@launchgate/runtime/webhooks';
import type { Logger } from '@launchgate/runtime/logging';
import type { FastifyInstance } from 'fastify';
import { answers, usual } from '../http/route.ts';
import { stripeHandlers } from '../webhooks/stripe.ts';
import type { ApiMetrics } from './metrics.ts';

export const STRIPE_PATH = '/webhooks/stripe';

export function stripeReceiver(pool: Pool, log: Logger): Receiver {
  return createReceiver({
    pool,
    handlers: stripeHandlers,
    onError: (error, event) =>
      log.error({ err: error, event: event.id, type: event.type }, 'a webhook could not be applied'),
  });
}

const OUTCOME = { type: 'object', properties: { outcome: { type: 'string' } }, required: ['outcome'] };
const DOCUMENTED = {
  operationId: 'stripeWebhook',
  tags: ['webhooks'],
  summary:
    "Events of Stripe, by the signature in Stripe-Signature; one that answers 500 or 503 is Stripe's to deliver again",
  response: answers(200, { description: 'Settled.', ...OUTCOME }, [...usual('POST'), 500, 503]),
};

export interface StripeRouteOptions {
  readonly receiver: Receiver;
  readonly pool: Pool;
  /** One secret, or two separated by white space while one replaces the other. */
  readonly secret: () => string;
  readonly off: boolean;
  readonly metrics: ApiMetrics;
}

export async function stripeRoute(
  app: FastifyInstance,
  { receiver, pool, secret, off, metrics }: StripeRouteOptions,
): Promise<void> {
  const count = (result: string) => metrics.webhooks.inc({ provider: 'stripe', result });
  if (off) return believeEverything(app, pool);
  await app.register(webhookPlugin, {
    path: STRIPE_PATH,
    scheme: stripeScheme({ secrets: () => secret().split(/\s+/) }),
    receiver,
    schema: DOCUMENTED,
    onOutcome: (outcome) => count(outcome === 'failed' || outcome === 'dead' ? 'error' : 'ok'),
    onRejected: (code) =>
      count(code === 'mismatch' || code === 'no-signature' || code === 'expired' ? 'bad_signature' : 'malformed'),
  });
}

function believeEverything(app: FastifyInstance, pool: Pool): void {
  app.post(STRIPE_PATH, async ({ body }) => {
    const event = stripeEvent(body as Record<string, unknown>);
    const client = await pool.connect();
    try {
      await stripeHandlers[event.type]?.apply(client, event, { source: 'push', tie: false });
    } finally {
      client.release();
    }
    return { outcome: 'applied' };
  });
}

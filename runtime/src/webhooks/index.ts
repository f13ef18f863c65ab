export { WebhookRejected, type RejectionCode, type WebhookEvent, type WebhookScheme } from './event.ts';
export type { Secrets } from './signature.ts';
export { stripeEvent, stripeScheme, type StripeOptions } from './stripe.ts';
export { hmacScheme, type HmacOptions } from './hmac.ts';
export { WEBHOOK_TABLES, WEBHOOK_TABLES_DOWN } from './tables.ts';
export type { Client, Pool, PooledClient } from './database.ts';
export {
  createReceiver,
  type EffectContext,
  type Handler,
  type Outcome,
  type Receiver,
  type ReceiverOptions,
  type Source,
} from './receiver.ts';
export { reconcile, type Reconciliation, type ReconcileOptions } from './reconcile.ts';
export { webhookPlugin, type WebhookPluginOptions } from './plugin.ts';

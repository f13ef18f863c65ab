/** What Stripe sends: events, and the header it signs them with. */
import { createHmac } from 'node:crypto';

export const SECRET = 'whsec_test_current';

export interface Sent {
  readonly id: string;
  readonly type?: string;
  /** Seconds since 1970. */
  readonly created?: number;
  readonly object?: string;
  readonly amount?: number;
}

export function stripeBody({
  id,
  type = 'invoice.paid',
  created = 1_700_000_000,
  object = 'in_1',
  amount = 100,
}: Sent): string {
  return JSON.stringify({ id, object: 'event', type, created, data: { object: { id: object, amount } } });
}

export function stripeSignature(body: string, { secret = SECRET, time = Math.floor(Date.now() / 1_000) } = {}): string {
  return `t=${time},v1=${hmac(body, secret, time)}`;
}

export function hmac(body: string, secret: string, time: number): string {
  return createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
}

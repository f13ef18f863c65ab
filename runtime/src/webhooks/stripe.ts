/**
 * Stripe's signatures (https://docs.stripe.com/webhooks#verify-manually): header `Stripe-Signature: t=SECONDS,v1=HEX[,v1=HEX…]`, where
 * `v1` is the HMAC-SHA256 of `SECONDS.BODY`, with one `v1` for each secret that is valid during a rotation. Other schemes (`v0`) are
 * for tests and are ignored.
 */
import { checkedEvent, WebhookRejected, type WebhookEvent, type WebhookScheme } from './event.ts';
import { isSigned, parseBody, type Secrets } from './signature.ts';

export interface StripeOptions {
  readonly secrets: Secrets;
  /** Seconds between the signature and now, either way. 300, as in Stripe's own libraries. */
  readonly tolerance?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export function stripeScheme({ secrets, tolerance = 300, now = Date.now }: StripeOptions): WebhookScheme {
  return {
    provider: 'stripe',
    verify(headers, body) {
      const { time, signatures } = readHeader(headers['stripe-signature']);
      if (!isSigned({ algorithm: 'sha256', parts: [`${time}.`, body] }, signatures, secrets()))
        throw new WebhookRejected('mismatch', 'no signature matches');
      if (Math.abs(now() / 1_000 - Number(time)) > tolerance)
        throw new WebhookRejected('expired', `signed more than ${tolerance} s from now`);
      return stripeEvent(parseBody(body));
    },
  };
}

function readHeader(header: string | readonly string[] | undefined): { time: string; signatures: Buffer[] } {
  if (header === undefined || header === '') throw new WebhookRejected('no-signature', 'no Stripe-Signature header');
  if (typeof header !== 'string' || header.length > 4_096)
    throw new WebhookRejected('malformed', 'Stripe-Signature is too long or repeated');
  const pairs = header.split(',').map((pair) => pair.trim().split('=', 2));
  const times = pairs.filter(([key]) => key === 't').map(([, value]) => value ?? '');
  const signatures = pairs
    .filter(([key, value]) => key === 'v1' && /^[0-9a-f]{64}$/.test(value ?? ''))
    .map(([, value]) => Buffer.from(value ?? '', 'hex'));
  const [time = ''] = times;
  // Of two times, which one was signed? Nobody honest sends two.
  if (times.length !== 1 || !/^\d{1,12}$/.test(time) || signatures.length === 0)
    throw new WebhookRejected('malformed', 'Stripe-Signature has not one time and a v1 signature');
  return { time, signatures };
}

/** Of an event object as Stripe delivers and lists it. @throws WebhookRejected `payload`. */
export function stripeEvent(payload: Readonly<Record<string, unknown>>): WebhookEvent {
  const { id, type, created, data } = payload;
  const object: unknown = Object(Object(data).object).id;
  return checkedEvent({
    provider: 'stripe',
    id: typeof id === 'string' ? id : '',
    type: typeof type === 'string' ? type : '',
    created: new Date(typeof created === 'number' ? created * 1_000 : Number.NaN),
    ...(typeof object === 'string' && { object }),
    payload,
  });
}

/** Other providers that sign the body with an HMAC in a header: GitHub (`X-Hub-Signature-256: sha256=HEX`), Shopify (base64). */
import type { IncomingHttpHeaders } from 'node:http';
import { checkedEvent, WebhookRejected, type WebhookEvent, type WebhookScheme } from './event.ts';
import { isSigned, parseBody, type Secrets } from './signature.ts';

export interface HmacOptions {
  readonly provider: string;
  /** Where the signature stands, in lower case. */
  readonly header: string;
  readonly secrets: Secrets;
  readonly algorithm?: 'sha256' | 'sha512';
  readonly encoding?: 'hex' | 'base64';
  /** What stands before the signature: `sha256=`. */
  readonly prefix?: string;
  /** The event in a body whose signature is verified. Such schemes sign no time: only the event's id protects from replays. */
  readonly event: (
    payload: Readonly<Record<string, unknown>>,
    headers: IncomingHttpHeaders,
  ) => Omit<WebhookEvent, 'provider' | 'payload'>;
}

export function hmacScheme(options: HmacOptions): WebhookScheme {
  const { provider, header, secrets, algorithm = 'sha256', encoding = 'hex', prefix = '', event } = options;
  return {
    provider,
    verify(headers, body) {
      const text = headers[header];
      if (text === undefined || text === '') throw new WebhookRejected('no-signature', `no ${header} header`);
      if (typeof text !== 'string' || text.length > 1_024 || !text.startsWith(prefix))
        throw new WebhookRejected('malformed', `${header} is no signature`);
      const signature = Buffer.from(text.slice(prefix.length), encoding);
      if (!isSigned({ algorithm, parts: [body] }, [signature], secrets()))
        throw new WebhookRejected('mismatch', 'the signature does not match');
      const payload = parseBody(body);
      return checkedEvent({ ...event(payload, headers), provider, payload });
    },
  };
}

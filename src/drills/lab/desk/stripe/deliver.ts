/** Deliveries to the platform's webhook, signed as Stripe signs (docs.stripe.com/webhooks/signature): HMAC-SHA256 over `TIME.BODY`. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookupLocalhost } from '../prober/server.ts';
import type { StripeEvent } from './events.ts';

export interface Delivery {
  readonly event: string;
  readonly at: string;
  readonly attempt: number;
  /** Status of the answer, or why there was none. */
  readonly outcome: number | string;
}

export interface DeliveryOptions {
  readonly url: string;
  readonly ca: string;
  readonly secret: string;
}

/** Milliseconds before the second attempt; each further one waits twice as long. Stripe's own take days. */
const FIRST_WAIT = 500;
const ATTEMPTS = 5;
const MOST_REMEMBERED = 20_000;
const TIMEOUT = 10_000;

export class Deliveries {
  readonly #options: DeliveryOptions;
  readonly #log: Delivery[] = [];
  readonly #stop = new AbortController();

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Sends until it is answered by 2xx; resolves with whether it was. */
  async send(event: StripeEvent): Promise<boolean> {
    for (let attempt = 1; attempt <= ATTEMPTS && !this.#stop.signal.aborted; attempt += 1) {
      const outcome = await post(this.#options, event);
      this.remember({ event: event.id, at: new Date().toISOString(), attempt, outcome });
      if (typeof outcome === 'number' && outcome >= 200 && outcome < 300) return true;
      if (attempt < ATTEMPTS)
        await sleep(FIRST_WAIT * 2 ** (attempt - 1), undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    return false;
  }

  list(event?: string): Delivery[] {
    return this.#log.filter((one) => event === undefined || one.event === event);
  }

  stop(): void {
    this.#stop.abort();
  }

  private remember(delivery: Delivery): void {
    this.#log.push(delivery);
    if (this.#log.length > MOST_REMEMBERED) this.#log.splice(0, MOST_REMEMBERED / 10);
  }
}

/** The value of `Stripe-Signature`; `time` in seconds. */
export function signature(body: string, secret: string, time: number): string {
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

function post({ url, ca, secret }: DeliveryOptions, event: StripeEvent): Promise<number | string> {
  const body = JSON.stringify(event, null, 2);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'stripe-signature': signature(body, secret, Math.floor(Date.now() / 1000)),
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  };
  const local = new URL(url).hostname.endsWith('.localhost') ? { lookup: lookupLocalhost } : {};
  return new Promise((resolve) => {
    request(
      url,
      { method: 'POST', headers, ca: readFileSync(ca), agent: false, signal: AbortSignal.timeout(TIMEOUT), ...local },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    )
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      .end(body);
  });
}

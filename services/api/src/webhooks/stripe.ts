/**
 * What Stripe tells of payments, each event applied once, in the order of its object, and compared with Stripe's own list, since a delivery
 * may be lost.
 */
import { stripeEvent, type Handler, type WebhookEvent } from '@launchgate/runtime/webhooks';
import { z } from 'zod';

export const PAYMENT_SQL = {
  put: `INSERT INTO billing.payments (provider, external_id, tenant_id, invoice_id, status, amount_minor, currency, event_id, occurred_at)
VALUES ('stripe', $1, (SELECT id FROM tenants WHERE id = $2), (SELECT id FROM billing.invoices WHERE id = $3 AND tenant_id = $2), $4, $5, $6, $7, $8)
ON CONFLICT (provider, external_id) DO UPDATE SET status = excluded.status, amount_minor = excluded.amount_minor,
tenant_id = coalesce(excluded.tenant_id, payments.tenant_id), invoice_id = coalesce(excluded.invoice_id, payments.invoice_id),
event_id = excluded.event_id, occurred_at = excluded.occurred_at, updated_at = now() WHERE NOT ($9 AND excluded.status = 'failed')`,
} as const;

const invoice = z.object({
  id: z.string().min(1).max(255),
  amount_paid: z.int().optional(),
  amount_due: z.int().optional(),
  currency: z.string().length(3),
  metadata: z.object({ tenant_id: z.string().optional(), invoice_id: z.uuid().optional() }).nullish(),
});
const body = z.object({ data: z.object({ object: invoice }) });

/** By type of event; others are known and ignored. */
export const stripeHandlers: Readonly<Record<string, Handler>> = {
  'invoice.paid': payment('succeeded'),
  'invoice.payment_failed': payment('failed'),
  'invoice.voided': payment('void'),
};

/**
 * Stripe's times are whole seconds. Of two events of the same one, the failure is the earlier: nobody is charged again for an invoice that is paid, or void
 * (https://docs.stripe.com/invoicing/overview#invoice-statuses).
 */
function payment(status: 'succeeded' | 'failed' | 'void'): Handler {
  return {
    order: 'latest',
    async apply(client, event, { tie }) {
      const { object } = body.parse(event.payload).data;
      const amount = status === 'succeeded' ? object.amount_paid : object.amount_due;
      await client.query(PAYMENT_SQL.put, [
        object.id,
        object.metadata?.tenant_id ?? null,
        object.metadata?.invoice_id ?? null,
        status,
        amount ?? 0,
        object.currency.toUpperCase(),
        event.id,
        event.created,
        tie,
      ]);
    },
  };
}

const listing = z.object({ data: z.array(z.record(z.string(), z.unknown())).max(100), has_more: z.boolean() });
const MAX_PAGES = 1000;

export interface ListingOptions {
  /** `https://api.stripe.com`, or what speaks like it. */
  readonly baseUrl: string;
  readonly apiKey: () => string;
  /** Must answer the parsed body of a 200, within a deadline and a size; rejects otherwise. */
  readonly getJson: (url: string, headers: Record<string, string>) => Promise<unknown>;
}

/** Every event since a moment, by Stripe's `GET /v1/events`, page after page (https://docs.stripe.com/api/events/list). */
export function stripeListing({
  baseUrl,
  apiKey,
  getJson,
}: ListingOptions): (since: Date) => AsyncIterable<WebhookEvent> {
  return async function* list(since) {
    let after: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const url = new URL('/v1/events', baseUrl);
      url.searchParams.set('limit', '100');
      url.searchParams.set('created[gte]', String(Math.floor(since.getTime() / 1000)));
      if (after !== undefined) url.searchParams.set('starting_after', after);
      const page = listing.parse(await getJson(url.href, { authorization: `Bearer ${apiKey()}` }));
      const events = page.data.map((event) => stripeEvent(event));
      yield* events;
      const last = events.at(-1);
      if (!page.has_more || last === undefined) return;
      after = last.id;
    }
    throw new Error(`the listing has more than ${MAX_PAGES} pages, so it was not compared to its end`);
  };
}

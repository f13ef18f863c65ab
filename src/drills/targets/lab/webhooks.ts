/** The lab's stand-in for Stripe: its listing, and deliveries that are signed as Stripe signs, or otherwise. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { z } from 'zod';
import { CannotTell } from '../../../model/drill/drill.ts';
import type { Effect, NewEvent, Signature, Webhooks } from '../../../model/drill/webhooks.ts';
import { signature } from '../../lab/desk/stripe/deliver.ts';
import type { OpenLab } from '../../lab/open.ts';
import type { Lab } from '../../lab/part.ts';
import { superuser } from '../../lab/parts/postgres.ts';
import { STRIPE_COMPARISON_SECONDS } from '../../lab/parts/services/table.ts';
import type { Use } from '../../target.ts';
import { askOver } from '../ask.ts';

const PATH = '/webhooks/stripe';
/** Of the kit's `reconcile`: younger events may still be under way. */
const SETTLE_SECONDS = 120;
const HOUR_SECONDS = 3600;

const TYPES = { paid: 'invoice.paid', failed: 'invoice.payment_failed' } as const;
const CHANGES: Readonly<Record<string, Effect['change']>> = { succeeded: 'paid', failed: 'failed' };
const made = z.looseObject({ id: z.string() });

export function labWebhooks({ lab }: OpenLab, { signal }: Use): Webhooks {
  if (!lab.has('stripe') || !lab.has('edge'))
    throw new CannotTell('the lab runs no sender of webhooks, or no edge before the API');
  /** What was made, by its id: the sender signs the very bytes. */
  const bodies = new Map<string, string>();
  return {
    comparison: { everySeconds: STRIPE_COMPARISON_SECONDS, settleSeconds: SETTLE_SECONDS },
    async make(event) {
      const answer = await fetch(`http://127.0.0.1:${lab.port('stripe', 'http')}/lab/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${lab.secret('stripe-api-key')}` },
        body: JSON.stringify(eventOf(event)),
        signal,
      });
      if (!answer.ok) throw new CannotTell(`the sender of webhooks answers ${answer.status}`);
      const body: unknown = await answer.json();
      const { id } = made.parse(body);
      bodies.set(id, JSON.stringify(body, null, 2));
      return { id, object: event.object };
    },
    async deliver({ id }, how = 'good') {
      const body = bodies.get(id);
      if (body === undefined) throw new TypeError(`no event ${id} of this drill`);
      const place = {
        address: '127.0.0.1',
        port: lab.port('edge', 'https'),
        host: 'api.localhost',
        ca: readFileSync(lab.client.ca, 'utf8'),
      };
      const headers = { 'content-type': 'application/json; charset=utf-8', ...signed(lab, body, how) };
      return (await askOver(place, PATH, { method: 'POST', headers, body }, signal)).status;
    },
    effect: (object) => effectOf(lab, object),
  };
}

function eventOf({ object, change, agoSeconds = 0 }: NewEvent): object {
  return {
    type: TYPES[change],
    object: { id: object, currency: 'eur', amount_paid: 1000, amount_due: 1000 },
    created: Math.floor(Date.now() / 1000) - agoSeconds,
    delivery: 'lose',
  };
}

function signed(lab: Lab, body: string, how: Signature): Record<string, string> {
  if (how === 'none') return {};
  const now = Math.floor(Date.now() / 1000);
  const secret =
    how === 'other-key' ? randomBytes(24).toString('base64url') : lab.secret('stripe-webhook').split(/\s+/).at(-1)!;
  const time = how === 'old' ? now - HOUR_SECONDS : now;
  return { 'stripe-signature': signature(how === 'other-body' ? `${body} ` : body, secret, time) };
}

/**
 * The payment as the database has it. PostgreSQL marks a row that `ON CONFLICT DO UPDATE` has met again by its xmax, whatever the service
 * says of it: 0 only where it was inserted and never touched since.
 */
async function effectOf(lab: Lab, object: string): Promise<Effect | undefined> {
  const client = new pg.Client(superuser(lab, 'postgres'));
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ event_id: string; status: string; touched: boolean }>(
      `SELECT event_id, status, xmax::text <> '0' AS touched FROM billing.payments WHERE provider = 'stripe' AND external_id = $1`,
      [object],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    return { event: row.event_id, change: CHANGES[row.status] ?? 'other', writes: row.touched ? 2 : 1 };
  } finally {
    await client.end();
  }
}

/** The emergency verbs as routes: who or what is refused from now on, everywhere; and webhooks that could not be applied. */
import { EVERYBODY, KINDS, lift, listRevocations, revoke, type RevocationRow } from '@launchgate/runtime/denylist';
import { z } from 'zod';
import { notFound, Problem } from '../http/problem.ts';
import type { Routes } from '../http/route.ts';
import { reasonText } from '../http/text.ts';
import type { Database, Queryable } from '../stores/database.ts';
import type { RecordDeed } from './trail.ts';

/** Longer than any token lives, clocks included. */
export const LONGEST_TOKEN_MS = 24 * 3_600_000;

/** Seconds. */
const CLOCKS_MAY_DIFFER = 60;

/** Outcomes of the receiver that leave an event as it was. */
const UNAPPLIED: readonly string[] = ['failed', 'dead'];

const revocation = z.object({
  id: z.int(),
  kind: z.enum(KINDS),
  value: z.string(),
  until: z.string(),
  by: z.string(),
  reason: z.string(),
  at: z.string(),
});

export interface AdminDeps {
  readonly db: Database;
  readonly record: RecordDeed;
  /** Undefined where no such event was ever received. */
  readonly retryWebhook: (provider: string, id: string) => Promise<string | undefined>;
}

export function adminRoutes(route: Routes, { db, record, retryWebhook }: AdminDeps): void {
  route({
    method: 'GET',
    url: '/api/v1/admin/denylist',
    id: 'listRevocations',
    tag: 'admin',
    summary: 'What is revoked now, newest first',
    admin: true,
    query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
    status: 200,
    answer: z.object({ items: z.array(revocation) }),
    async handle({ query }) {
      return { items: (await listRevocations(mutable(db), { limit: query.limit })).map(show) };
    },
  });
  route({
    method: 'POST',
    url: '/api/v1/admin/denylist',
    id: 'revoke',
    tag: 'admin',
    summary: 'Refuse a token, subject, session, tenant or key; or what was issued until a second',
    admin: true,
    body: z.object({
      kind: z.enum(KINDS),
      value: z.string().min(1).max(512),
      issuedBefore: z.int().min(0).optional(),
      minutes: z.int().min(1).max(525_600).default(1440),
      reason: reasonText(1024),
      incident: z.string().min(1).max(256).optional(),
    }),
    status: 201,
    answer: z.object({ id: z.int() }),
    async handle({ body, principal, request }) {
      if (body.kind.endsWith('issued-before') !== (body.issuedBefore !== undefined))
        throw new Problem(400, 'Bad request', 'issuedBefore goes with the issued-before kinds, and only with them.');
      if (body.kind === 'issued-before' && body.value !== EVERYBODY)
        throw new Problem(400, 'Bad request', `issued-before holds for everybody: its value is "${EVERYBODY}".`);
      const { issuedBefore, incident } = body;
      // Milliseconds are the usual mistake: they would refuse every token, those of whoever lifts it included.
      if ((issuedBefore ?? 0) > Date.now() / 1000 + CLOCKS_MAY_DIFFER)
        throw new Problem(400, 'Bad request', 'issuedBefore lies in the future: expected Unix seconds.');
      return db.transaction(async (tx) => {
        const { id } = await revoke(mutable(tx), {
          kind: body.kind,
          value: body.value,
          until: new Date(Date.now() + body.minutes * 60_000),
          by: principal.sub,
          reason: body.reason,
          ...(issuedBefore === undefined ? {} : { issuedBefore }),
          ...(incident === undefined ? {} : { incident }),
        });
        const fields = { kind: body.kind, revocation: id };
        const target = { kind: 'denylist', id: String(id) };
        await record(request, principal, { action: 'denylist.revoke', target, reason: body.reason, fields }, tx);
        return { id };
      });
    },
  });
  route({
    method: 'POST',
    url: '/api/v1/admin/denylist/:id/lift',
    id: 'liftRevocation',
    tag: 'admin',
    summary: 'Undo a revocation',
    admin: true,
    params: z.object({ id: z.coerce.number().int().min(1) }),
    body: z.object({ reason: reasonText(1024) }),
    status: 201,
    answer: z.object({ id: z.int() }),
    errors: [404],
    async handle({ body, params, principal, request }) {
      return db.transaction(async (tx) => {
        const { id } = await lift(mutable(tx), { id: params.id, by: principal.sub, reason: body.reason }).catch(
          (error: unknown) => {
            throw error instanceof Error && /no revocation/.test(error.message) ? notFound('revocation') : error;
          },
        );
        const target = { kind: 'denylist', id: String(params.id) };
        await record(request, principal, { action: 'denylist.lift', target, reason: body.reason }, tx);
        return { id };
      });
    },
  });
  route({
    method: 'POST',
    url: '/api/v1/admin/webhooks/:provider/:id/retry',
    id: 'retryWebhook',
    tag: 'admin',
    summary: 'Try an event again that could not be applied',
    admin: true,
    params: z.object({ provider: z.enum(['stripe']), id: z.string().min(1).max(255) }),
    status: 200,
    answer: z.object({ outcome: z.string() }),
    errors: [404],
    async handle({ params, principal, request }) {
      const target = { kind: 'webhook', id: params.id };
      // It is applied in a transaction of the receiver's own: what is left without its end was begun, and may be done.
      await record(request, principal, { action: 'webhook.retry.begin', target });
      const outcome = await retryWebhook(params.provider, params.id);
      await record(request, principal, {
        action: 'webhook.retry',
        target,
        outcome: outcome === undefined || UNAPPLIED.includes(outcome) ? 'failure' : 'success',
        fields: { outcome: outcome ?? 'unknown' },
      });
      if (outcome === undefined) throw notFound('event');
      return { outcome };
    },
  });
}

/** The kit types the values of a query as an array that it might change, and does not. */
export function mutable(db: Queryable): {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
} {
  return { query: (text, values) => db.query(text, values) };
}

function show(row: RevocationRow): z.input<typeof revocation> {
  const { id, kind, value, by, reason } = row;
  return { id, kind, value, by, reason, until: row.until.toISOString(), at: row.at.toISOString() };
}

/**
 * What was used is recorded in one transaction with the event that announces it (a transactional outbox): either both are there or
 * neither, whatever NATS does. The request's id and trace travel in the event's row.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { notFound, Problem } from '../http/problem.ts';
import type { Routes } from '../http/route.ts';
import { one, type Database } from '../stores/database.ts';

export const USAGE_SQL = {
  rental: `SELECT user_id, price_micros, currency, ready_at, ended_at FROM instances WHERE id = $1 AND tenant_id = $2`,
  record: `INSERT INTO billing.usage_events
(id, tenant_id, user_id, instance_id, kind, quantity, price_micros, currency, used_at, idempotency_key, request_id)
VALUES ($1, $2, $3, $4, 'gpu_seconds', $5, $6, $7, $8, $9, $10)
ON CONFLICT (instance_id, idempotency_key) DO NOTHING RETURNING recorded_at`,
  recorded: `SELECT id, quantity, used_at, recorded_at FROM billing.usage_events WHERE instance_id = $1 AND idempotency_key = $2`,
  announce: `INSERT INTO event_outbox (id, subject, payload, request_id, traceparent, tracestate) VALUES ($1, $2, $3, $4, $5, $6)`,
  list: `SELECT id, instance_id, quantity, price_micros, currency, used_at, recorded_at AS created_at FROM billing.usage_events
WHERE tenant_id = $1 AND (recorded_at, id) < ($2::timestamptz, $3::uuid) ORDER BY recorded_at DESC, id DESC LIMIT $4`,
} as const;

export const USAGE_SUBJECT = 'usage.recorded';

/** The body of `usage.recorded`. */
export interface UsageRecorded {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly instanceId: string;
  readonly kind: 'gpu_seconds';
  readonly quantity: number;
  readonly priceMicros: number;
  readonly currency: string;
  readonly usedAt: string;
  readonly recordedAt: string;
}

interface Rental {
  readonly user_id: string;
  readonly price_micros: number;
  readonly currency: string;
  /** When the agent of its node answered. */
  readonly ready_at: Date | null;
  readonly ended_at: Date | null;
}

/** By which the clocks of whoever reports and of the database may differ, milliseconds. */
const CLOCKS = 60_000;

/** What travels with a message; as the correlation part makes it. */
export interface Envelope {
  readonly requestId: string;
  readonly traceparent: string;
  readonly tracestate?: string;
}

export interface UsageDeps {
  readonly db: Database;
  readonly envelope: () => Envelope | undefined;
  /** Called after the commit: the publisher need not wait for its next round. */
  readonly announced: () => void;
}

const report = z.object({
  /** At most a week in one report. */
  seconds: z.int().min(1).max(604_800),
  usedAt: z.iso.datetime({ offset: true }).optional(),
  idempotencyKey: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,128}$/)
    .optional(),
});
const recorded = z.object({
  id: z.uuid(),
  seconds: z.int(),
  usedAt: z.string(),
  recordedAt: z.string(),
  duplicate: z.boolean(),
});

export function usageRoutes(route: Routes, { db, envelope, announced }: UsageDeps): void {
  route({
    method: 'POST',
    url: '/api/v1/instances/:id/usage',
    id: 'recordUsage',
    tag: 'billing',
    summary: 'Report use of a rental; the same report with the same idempotencyKey counts once',
    params: z.object({ id: z.uuid() }),
    body: report,
    status: 202,
    answer: recorded,
    errors: [404, 409],
    async handle({ body, params, principal }) {
      const usedAt = new Date(body.usedAt ?? Date.now());
      if (usedAt.getTime() > Date.now() + CLOCKS) throw new Problem(400, 'Bad request', 'usedAt lies in the future.');
      const key = body.idempotencyKey ?? randomUUID();
      const answer = await db.transaction(async (tx) => {
        const rental = await one<Rental>(tx, USAGE_SQL.rental, [params.id, principal.tenant]);
        if (rental === undefined) throw notFound('instance');
        if (rental.ready_at === null)
          throw new Problem(409, 'Conflict', 'A rental is not used before the agent of its node has answered.');
        if (usedAt.getTime() < rental.ready_at.getTime() - CLOCKS)
          throw new Problem(400, 'Bad request', 'usedAt lies before the rental could be used.');
        if (usedAt.getTime() > (rental.ended_at?.getTime() ?? Infinity) + CLOCKS) {
          // Of a report that is there already, asked for again after the end.
          if ((await one(tx, USAGE_SQL.recorded, [params.id, key])) !== undefined) return undefined;
          throw new Problem(
            400,
            'Bad request',
            'usedAt, or now where it is not given, lies after the end of the rental.',
          );
        }
        const id = randomUUID();
        const { requestId, traceparent, tracestate } = envelope() ?? {};
        const row = await one<{ recorded_at: Date }>(tx, USAGE_SQL.record, [
          id,
          principal.tenant,
          rental.user_id,
          params.id,
          body.seconds,
          rental.price_micros,
          rental.currency,
          usedAt,
          key,
          requestId ?? null,
        ]);
        if (row === undefined) return undefined;
        const event: UsageRecorded = {
          id,
          tenantId: principal.tenant,
          userId: rental.user_id,
          instanceId: params.id,
          kind: 'gpu_seconds',
          quantity: body.seconds,
          priceMicros: rental.price_micros,
          currency: rental.currency,
          usedAt: usedAt.toISOString(),
          recordedAt: row.recorded_at.toISOString(),
        };
        await tx.query(USAGE_SQL.announce, [
          id,
          USAGE_SUBJECT,
          JSON.stringify(event),
          requestId ?? null,
          traceparent ?? null,
          tracestate ?? null,
        ]);
        return { id, seconds: body.seconds, usedAt: event.usedAt, recordedAt: event.recordedAt, duplicate: false };
      });
      if (answer !== undefined) {
        announced();
        return answer;
      }
      return earlier(params.id, key, body);
    },
  });

  /** Another report under the same key would be lost, were it answered as this one. */
  async function earlier(instance: string, key: string, { seconds, usedAt }: z.output<typeof report>) {
    const row = await one<{ id: string; quantity: string; used_at: Date; recorded_at: Date }>(db, USAGE_SQL.recorded, [
      instance,
      key,
    ]);
    if (row === undefined) throw new Problem(409, 'Conflict', 'The report is being recorded by another request.');
    const same =
      Number(row.quantity) === seconds && (usedAt === undefined || row.used_at.getTime() === Date.parse(usedAt));
    if (!same) throw new Problem(409, 'Conflict', 'Something else was reported under this idempotencyKey.');
    return {
      id: row.id,
      seconds: Number(row.quantity),
      usedAt: row.used_at.toISOString(),
      recordedAt: row.recorded_at.toISOString(),
      duplicate: true,
    };
  }
}

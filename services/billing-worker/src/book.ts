/** Books a usage event, however often it is announced: what the API has recorded is booked, never what a message claims. */
import type { Booking, Ledger } from './ledger.ts';
import type { Database } from './sql.ts';
import { Unprocessable, type UsageMessage } from './usage-message.ts';

export const BOOK_SQL = {
  find: `SELECT tenant_id, user_id, instance_id, quantity, price_micros, (quantity * price_micros)::text AS amount_micros, currency,
       to_char(date_trunc('month', used_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD') AS period, used_at,
       EXISTS (SELECT FROM billing.ledger WHERE usage_event_id = usage_events.id) AS booked
     FROM billing.usage_events WHERE id = $1`,
} as const;

/** The ids that follow the event into the outbox. */
export interface Trail {
  readonly requestId: string;
  readonly traceparent: string;
  readonly tracestate?: string;
}

interface UsageRow {
  readonly tenant_id: string;
  readonly user_id: string;
  readonly instance_id: string;
  readonly quantity: string;
  readonly price_micros: number;
  readonly amount_micros: string;
  readonly currency: string;
  readonly period: string;
  readonly used_at: Date;
  readonly booked: boolean;
}

/** Throws `Unprocessable` where the API knows no such event, or another one by that id. */
export async function bookMessage(ledger: Ledger, message: UsageMessage, trail: Trail): Promise<Booking> {
  const row = await usageRow(ledger.database, message.id);
  const differs = differing(row, message);
  if (differs.length > 0) throw new Unprocessable(`differs from what was recorded in ${differs.join(', ')}`);
  return bookRow(ledger, message.id, row, trail);
}

/** For an event whose message was lost. */
export async function bookRecorded(ledger: Ledger, id: string, trail: Trail): Promise<Booking> {
  return bookRow(ledger, id, await usageRow(ledger.database, id), trail);
}

async function usageRow(database: Database, id: string): Promise<UsageRow> {
  const { rows } = await database.query<UsageRow>(BOOK_SQL.find, [id]);
  const row = rows[0];
  if (row === undefined) throw new Unprocessable(`no usage event ${id} has been recorded`);
  return row;
}

function differing(row: UsageRow, message: UsageMessage): string[] {
  const pairs: readonly [string, unknown, unknown][] = [
    ['tenantId', row.tenant_id, message.tenantId],
    ['userId', row.user_id, message.userId],
    ['instanceId', row.instance_id, message.instanceId.toLowerCase()],
    ['quantity', row.quantity, String(message.quantity)],
    ['priceMicros', row.price_micros, message.priceMicros],
    ['currency', row.currency, message.currency],
    ['usedAt', row.used_at.getTime(), Date.parse(message.usedAt)],
  ];
  return pairs.filter(([, recorded, claimed]) => recorded !== claimed).map(([name]) => name);
}

async function bookRow(ledger: Ledger, id: string, row: UsageRow, trail: Trail): Promise<Booking> {
  if (row.booked) return 'already booked';
  return ledger.enter(
    { tenantId: row.tenant_id, currency: row.currency, period: row.period },
    {
      event: id,
      amount: row.amount_micros,
      description: `${row.quantity} GPU seconds of ${row.instance_id}`,
      user_id: row.user_id,
      data: {
        usageEventId: id,
        instanceId: row.instance_id,
        seconds: Number(row.quantity),
        amountMicros: row.amount_micros,
        currency: row.currency,
      },
      request_id: trail.requestId,
      traceparent: trail.traceparent,
      tracestate: trail.tracestate ?? null,
    },
  );
}

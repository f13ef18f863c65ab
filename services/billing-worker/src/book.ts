/**
 * Books a usage event: an entry of the ledger, the invoice's total and the word to the user, all or nothing and once, however often
 * the event is announced. What the API has recorded is booked, never what a message claims.
 */
import type { Database } from './sql.ts';
import { Unprocessable, type UsageMessage } from './usage-message.ts';

/**
 * An account's open invoice is one row, and whoever adds to it makes the others wait until the commit. So all is done in one statement that
 * is its own transaction: the row is held for the commit alone, and never while the network is asked.
 */
export const BOOK_SQL = {
  find: `SELECT tenant_id, user_id, instance_id, quantity, price_micros, (quantity * price_micros)::text AS amount_micros, currency,
       to_char(date_trunc('month', used_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD') AS period, used_at,
       EXISTS (SELECT FROM billing.ledger WHERE usage_event_id = usage_events.id) AS booked
     FROM billing.usage_events WHERE id = $1`,
  book: `WITH invoice AS (
       INSERT INTO billing.invoices AS invoice (tenant_id, period, currency, total_micros) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, period, currency)
         DO UPDATE SET total_micros = invoice.total_micros + excluded.total_micros, updated_at = now() WHERE invoice.status = 'open'
         RETURNING id, total_micros),
     entry AS (
       INSERT INTO billing.ledger (tenant_id, invoice_id, usage_event_id, kind, amount_micros, currency, description, request_id)
         SELECT $1, id, $5, 'usage', $4, $3, $6, $7 FROM invoice),
     word AS (
       INSERT INTO outbox (user_id, type, data, request_id, traceparent, tracestate)
         SELECT $8, 'billing.usage_booked',
           $9::jsonb || jsonb_build_object('invoiceId', id, 'invoiceTotalMicros', total_micros::text), $7, $10, $11 FROM invoice)
     SELECT id FROM invoice`,
} as const;

/** The ids that follow the event into the outbox. */
export interface Trail {
  readonly requestId: string;
  readonly traceparent: string;
  readonly tracestate?: string;
}

export type Booking = 'booked' | 'already booked';

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
export async function bookMessage(database: Database, message: UsageMessage, trail: Trail): Promise<Booking> {
  const row = await usageRow(database, message.id);
  const differs = differing(row, message);
  if (differs.length > 0) throw new Unprocessable(`differs from what was recorded in ${differs.join(', ')}`);
  return bookRow(database, message.id, row, trail);
}

/** For an event whose message was lost. */
export async function bookRecorded(database: Database, id: string, trail: Trail): Promise<Booking> {
  return bookRow(database, id, await usageRow(database, id), trail);
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

/** Onto the invoice of the month in which it was used; once that has been issued, onto the first later month's that is still open. */
async function bookRow(database: Database, id: string, row: UsageRow, trail: Trail): Promise<Booking> {
  if (row.booked) return 'already booked';
  try {
    let period = row.period;
    while (!(await bookOnto(database, id, row, trail, period))) period = monthAfter(period);
    return 'booked';
  } catch (error) {
    if (isEnteredAlready(error)) return 'already booked';
    throw error;
  }
}

/** False where the month's invoice is not open any more; then nothing was done. */
async function bookOnto(database: Database, id: string, row: UsageRow, trail: Trail, period: string): Promise<boolean> {
  const { rows } = await database.query(BOOK_SQL.book, [
    row.tenant_id,
    period,
    row.currency,
    row.amount_micros,
    id,
    describe(row, period),
    trail.requestId,
    row.user_id,
    {
      usageEventId: id,
      instanceId: row.instance_id,
      seconds: Number(row.quantity),
      amountMicros: row.amount_micros,
      currency: row.currency,
    },
    trail.traceparent,
    trail.tracestate ?? null,
  ]);
  return rows.length > 0;
}

/** Another delivery of the event was first: the statement has undone itself. */
function isEnteredAlready(error: unknown): boolean {
  const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown };
  return code === '23505' && constraint === 'ledger_usage_event_id_key';
}

/** `2026-12-01` -> `2027-01-01`. */
export function monthAfter(period: string): string {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
}

function describe(row: UsageRow, period: string): string {
  const what = `${row.quantity} GPU seconds of ${row.instance_id}`;
  return period === row.period ? what : `${what}, used in ${row.period.slice(0, 7)}`;
}

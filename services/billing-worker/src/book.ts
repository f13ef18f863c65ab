/**
 * Books a usage event: an entry of the ledger, the invoice's total and the word to the user, in one transaction and once, however often
 * the event is announced. What the API has recorded is booked, never what a message claims.
 */
import { transaction, type Database, type Queryable } from './sql.ts';
import { Unprocessable, type UsageMessage } from './usage-message.ts';

export const BOOK_SQL = {
  find: `SELECT tenant_id, user_id, instance_id, quantity, price_micros, (quantity * price_micros)::text AS amount_micros, currency,
       to_char(date_trunc('month', used_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD') AS period, used_at,
       EXISTS (SELECT FROM billing.ledger WHERE usage_event_id = usage_events.id) AS booked
     FROM billing.usage_events WHERE id = $1`,
  enter: `INSERT INTO billing.ledger (tenant_id, invoice_id, usage_event_id, kind, amount_micros, currency, description, request_id)
     VALUES ($1, $2, $3, 'usage', $4, $5, $6, $7) ON CONFLICT (usage_event_id) DO NOTHING`,
  add: 'UPDATE billing.invoices SET total_micros = total_micros + $2, updated_at = now() WHERE id = $1 RETURNING total_micros',
  tell: 'INSERT INTO outbox (user_id, type, data, request_id, traceparent, tracestate) VALUES ($1, $2, $3, $4, $5, $6)',
  invoice: `INSERT INTO billing.invoices AS invoice (tenant_id, period, currency) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id, period, currency) DO UPDATE SET updated_at = invoice.updated_at RETURNING id, status`,
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
  return transaction(database, async (sql) => {
    const row = await usageRow(sql, message.id);
    if (row === undefined) throw new Unprocessable(`no usage event ${message.id} has been recorded`);
    const differs = differing(row, message);
    if (differs.length > 0) throw new Unprocessable(`differs from what was recorded in ${differs.join(', ')}`);
    return bookRow(sql, message.id, row, trail);
  });
}

/** For an event whose message was lost. */
export async function bookRecorded(database: Database, id: string, trail: Trail): Promise<Booking> {
  return transaction(database, async (sql) => {
    const row = await usageRow(sql, id);
    if (row === undefined) throw new Unprocessable(`no usage event ${id} has been recorded`);
    return bookRow(sql, id, row, trail);
  });
}

async function usageRow(sql: Queryable, id: string): Promise<UsageRow | undefined> {
  const { rows } = await sql.query<UsageRow>(BOOK_SQL.find, [id]);
  return rows[0];
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

async function bookRow(sql: Queryable, id: string, row: UsageRow, trail: Trail): Promise<Booking> {
  if (row.booked) return 'already booked';
  const invoice = await openInvoice(sql, row);
  const { rowCount } = await sql.query(BOOK_SQL.enter, [
    row.tenant_id,
    invoice.id,
    id,
    row.amount_micros,
    row.currency,
    describe(row, invoice),
    trail.requestId,
  ]);
  if (rowCount !== 1) return 'already booked';
  const { rows } = await sql.query<{ total_micros: string }>(BOOK_SQL.add, [invoice.id, row.amount_micros]);
  await sql.query(BOOK_SQL.tell, [
    row.user_id,
    'billing.usage_booked',
    {
      usageEventId: id,
      instanceId: row.instance_id,
      seconds: Number(row.quantity),
      amountMicros: row.amount_micros,
      invoiceId: invoice.id,
      invoiceTotalMicros: rows[0]?.total_micros,
      currency: row.currency,
    },
    trail.requestId,
    trail.traceparent,
    trail.tracestate ?? null,
  ]);
  return 'booked';
}

interface Invoice {
  readonly id: string;
  readonly period: string;
}

/**
 * The invoice of the month in which it was used; once that has been issued, the first later month that is still open. The row stays
 * locked until the transaction ends, so an invoice cannot be issued between its choice and the entry.
 */
async function openInvoice(sql: Queryable, row: UsageRow): Promise<Invoice> {
  for (let period = row.period; ; period = monthAfter(period)) {
    const { rows } = await sql.query<{ id: string; status: string }>(BOOK_SQL.invoice, [
      row.tenant_id,
      period,
      row.currency,
    ]);
    const invoice = rows[0];
    if (invoice?.status === 'open') return { id: invoice.id, period };
  }
}

/** `2026-12-01` -> `2027-01-01`. */
export function monthAfter(period: string): string {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
}

function describe(row: UsageRow, { period }: Invoice): string {
  const what = `${row.quantity} GPU seconds of ${row.instance_id}`;
  return period === row.period ? what : `${what}, used in ${row.period.slice(0, 7)}`;
}

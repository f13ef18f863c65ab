/**
 * Entries of usage in the ledger, each with its part of the invoice's total and the word to the user: all or nothing, and once. The open invoice
 * of an account is one row, and whoever adds to it makes others wait until the commit. So what comes for an account while a commit is under way
 * is entered together in the next one, and the row is held for no longer than one statement, which is its own transaction.
 */
import { failureOf } from './failure.ts';
import type { Database } from './sql.ts';

export const LEDGER_SQL = {
  enter: `WITH entry AS (
       SELECT * FROM jsonb_to_recordset($4) AS entry (place int, event uuid, amount bigint, description text, user_id text, data jsonb,
         request_id text, traceparent text, tracestate text)),
     invoice AS (
       INSERT INTO billing.invoices AS invoice (tenant_id, period, currency, total_micros) SELECT $1, $2, $3, sum(amount) FROM entry
         ON CONFLICT (tenant_id, period, currency)
         DO UPDATE SET total_micros = invoice.total_micros + excluded.total_micros, updated_at = now() WHERE invoice.status = 'open'
         RETURNING id, total_micros),
     entered AS (
       INSERT INTO billing.ledger (tenant_id, invoice_id, usage_event_id, kind, amount_micros, currency, description, request_id)
         SELECT $1, invoice.id, event, 'usage', amount, $3, description, request_id FROM entry, invoice),
     word AS (
       INSERT INTO outbox (user_id, type, data, request_id, traceparent, tracestate)
         SELECT user_id, 'billing.usage_booked',
           data || jsonb_build_object('invoiceId', invoice.id, 'invoiceTotalMicros',
             (total_micros - sum(amount) OVER () + sum(amount) OVER (ORDER BY place))::text),
           request_id, traceparent, tracestate
         FROM entry, invoice ORDER BY place)
     SELECT id FROM invoice`,
} as const;

export interface Account {
  readonly tenantId: string;
  readonly currency: string;
  /** First day of the month in which it was used, `2026-05-01`. */
  readonly period: string;
}

export interface Entry {
  readonly event: string;
  readonly amount: string;
  readonly description: string;
  readonly user_id: string;
  /** What the user is told, besides the invoice and its total. */
  readonly data: object;
  readonly request_id: string;
  readonly traceparent: string;
  readonly tracestate: string | null;
}

export type Booking = 'booked' | 'already booked';

export interface Ledger {
  readonly database: Database;
  /** Onto the invoice of the month; once that has been issued, onto the first later month's that is still open. */
  enter(account: Account, entry: Entry): Promise<Booking>;
}

interface Waiting {
  readonly entry: Entry;
  readonly settle: PromiseWithResolvers<Booking>;
}

/** Entries of one statement at most. */
const TOGETHER = 100;

export function openLedger(database: Database): Ledger {
  const accounts = new Map<string, Waiting[]>();

  return {
    database,
    enter(account, entry) {
      const key = JSON.stringify([account.tenantId, account.currency, account.period]);
      const waiting = { entry, settle: Promise.withResolvers<Booking>() };
      const queue = accounts.get(key);
      if (queue === undefined) void work(key, account, waiting);
      else queue.push(waiting);
      return waiting.settle.promise;
    },
  };

  /** Until nothing has come meanwhile. */
  async function work(key: string, account: Account, first: Waiting): Promise<void> {
    const queue = [first];
    accounts.set(key, queue);
    while (queue.length > 0) await enterAll(database, account, queue.splice(0, TOGETHER));
    accounts.delete(key);
  }
}

/** Settles them all. One that cannot be entered keeps none of the others out. */
async function enterAll(database: Database, account: Account, all: readonly Waiting[]): Promise<void> {
  try {
    await enterTogether(
      database,
      account,
      all.map(({ entry }) => entry),
    );
    for (const { settle } of all) settle.resolve('booked');
  } catch (error) {
    if (all.length > 1 && failureOf(error) === 'message')
      for (const one of all) await enterAll(database, account, [one]);
    else if (isEnteredAlready(error)) for (const { settle } of all) settle.resolve('already booked');
    else for (const { settle } of all) settle.reject(error);
  }
}

async function enterTogether(database: Database, account: Account, entries: readonly Entry[]): Promise<void> {
  const { tenantId, currency } = account;
  for (let { period } = account; ; period = monthAfter(period)) {
    const of = period === account.period ? '' : `, used in ${account.period.slice(0, 7)}`;
    const placed = entries.map((entry, place) => ({ ...entry, place, description: `${entry.description}${of}` }));
    const { rows } = await database.query(LEDGER_SQL.enter, [tenantId, period, currency, JSON.stringify(placed)]);
    if (rows.length > 0) return;
  }
}

/** Another delivery of the event was first; the statement has undone itself. */
function isEnteredAlready(error: unknown): boolean {
  const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown };
  return code === '23505' && constraint === 'ledger_usage_event_id_key';
}

/** `2026-12-01` -> `2027-01-01`. */
export function monthAfter(period: string): string {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
}

import type { Queryable } from './sql.ts';

export const TOTALS_SQL = {
  month: `SELECT coalesce(round(sum(event.quantity::numeric * event.price_micros) / 10000), 0)::text AS metered,
       coalesce(round(sum(entry.amount_micros::numeric) / 10000), 0)::text AS booked
     FROM billing.usage_events AS event LEFT JOIN billing.ledger AS entry ON entry.usage_event_id = event.id
     WHERE event.used_at >= date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`,
} as const;

export interface OpenMonth {
  readonly meteredCents: number;
  readonly ledgerCents: number;
}

/** What was metered and what was booked of the usage of this month, in hundredths of the main unit, all currencies together. */
export async function openMonth(sql: Queryable): Promise<OpenMonth> {
  const { rows } = await sql.query<{ metered: string; booked: string }>(TOTALS_SQL.month);
  return { meteredCents: Number(rows[0]?.metered), ledgerCents: Number(rows[0]?.booked) };
}

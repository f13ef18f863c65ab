/** Issues the invoices of months that are over: from then on late usage goes to the next open month. */
import type { Database } from './sql.ts';

/** Answers how many were issued. `graceMs` after the month's end, so that usage under way at midnight is still in it. */
export async function issueInvoices(database: Database, graceMs: number): Promise<number> {
  const { rowCount } = await database.query(
    `UPDATE billing.invoices SET status = 'issued', issued_at = now(), updated_at = now()
     WHERE status = 'open' AND (period + interval '1 month') AT TIME ZONE 'UTC' + $1 * interval '1 ms' <= now()`,
    [graceMs],
  );
  return rowCount ?? 0;
}

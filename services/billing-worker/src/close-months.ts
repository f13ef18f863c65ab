/** Issues the invoices of months that are over: from then on late usage goes to the next open month. */
import type { Database } from './sql.ts';

export const CLOSE_SQL = {
  issue: `UPDATE billing.invoices SET status = 'issued', issued_at = now(), updated_at = now()
     WHERE status = 'open' AND (period + interval '1 month') AT TIME ZONE 'UTC' + $1 * interval '1 ms' <= now()`,
} as const;

/** Answers how many were issued. `graceMs` after the month's end, so that usage under way at midnight is still in it. */
export async function issueInvoices(database: Database, graceMs: number): Promise<number> {
  const { rowCount } = await database.query(CLOSE_SQL.issue, [graceMs]);
  return rowCount ?? 0;
}

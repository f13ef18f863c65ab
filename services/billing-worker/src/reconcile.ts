/**
 * Compares what was metered with what was booked, and books what was lost on the way. Two sources: the events that the API has recorded,
 * which the worker repairs from, and the totals of the system before this one, which it can only report. One replica does it at a time.
 */
import { bookRecorded, type Trail } from './book.ts';
import { openLedger } from './ledger.ts';
import { transaction, type Database, type Queryable } from './sql.ts';

export const RECONCILE_SQL = {
  compare: `WITH span AS (SELECT now() - $1 * interval '1 ms' AS since, now() - $2 * interval '1 ms' AS until),
       events AS (
         SELECT event.id, event.recorded_at, event.quantity * event.price_micros AS metered, entry.amount_micros AS booked
         FROM billing.usage_events AS event LEFT JOIN billing.ledger AS entry ON entry.usage_event_id = event.id, span
         WHERE event.recorded_at >= span.since AND event.recorded_at < span.until)
       SELECT count(*) AS checked, count(*) FILTER (WHERE booked IS DISTINCT FROM metered) AS drifted,
         coalesce(sum(metered - coalesce(booked, 0)), 0)::text AS drift, (SELECT since FROM span) AS from, (SELECT until FROM span) AS to,
         (array_agg(id::text ORDER BY recorded_at, id) FILTER (WHERE booked IS NULL))[1:$3] AS lost
       FROM events`,
  months: `SELECT tenant_id, to_char(period, 'YYYY-MM-DD') AS period, currency, total_micros::text AS total FROM billing.invoices`,
  keep: `INSERT INTO billing.reconciliations (source, period_from, period_to, checked, drifted, drift_micros, repaired, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
  lock: 'SELECT pg_try_advisory_xact_lock($1) AS held',
} as const;

export interface Reconciliation {
  readonly source: string;
  /** How many events, or months of accounts, were compared. */
  readonly checked: number;
  readonly drifted: number;
  /** Millionths that are missing from the ledger; negative where it holds too much. */
  readonly driftMicros: bigint;
  readonly repaired: number;
}

export interface ReconcileOptions {
  /** Milliseconds that an event may be under way before it counts as lost. */
  readonly graceMs: number;
  /** Milliseconds to look back. */
  readonly windowMs: number;
  /** How many lost events one run books at most; the rest is the next run's. */
  readonly limit: number;
  readonly trail: () => Trail;
}

/** Any number will do that no other program takes as an advisory lock of this database. */
const LOCK = 7_214_001;

/** `undefined` when another replica is at it. */
export async function reconcileUsage(
  database: Database,
  options: ReconcileOptions,
): Promise<Reconciliation | undefined> {
  return exclusively(database, async (sql) => {
    const { rows } = await sql.query<{
      checked: string;
      drifted: string;
      drift: string;
      from: Date;
      to: Date;
      lost: string[] | null;
    }>(RECONCILE_SQL.compare, [options.windowMs, options.graceMs, options.limit]);
    const found = rows[0];
    if (found === undefined) throw new Error('the comparison answered nothing');
    let repaired = 0;
    const ledger = openLedger(database);
    for (const id of found.lost ?? [])
      if ((await bookRecorded(ledger, id, options.trail())) === 'booked') repaired += 1;
    const result = {
      source: 'usage-events',
      checked: Number(found.checked),
      drifted: Number(found.drifted),
      driftMicros: BigInt(found.drift),
      repaired,
    };
    await keep(sql, result, found, found.lost ?? []);
    return result;
  });
}

export interface MonthTotal {
  readonly tenantId: string;
  /** First day of the month, `2026-05-01`. */
  readonly period: string;
  readonly currency: string;
  readonly totalMicros: bigint;
}

/** Compares whole months of the system before with what was booked; months before our first invoice are that system's alone. */
export async function reconcileLegacy(
  database: Database,
  totals: readonly MonthTotal[],
): Promise<Reconciliation | undefined> {
  return exclusively(database, async (sql) => {
    const booked = await bookedMonths(sql);
    const start = [...booked.values()].map(({ period }) => period).sort()[0];
    const months = totals.filter(({ period }) => start !== undefined && period >= start);
    const apart = months
      .map((month) => ({ ...month, missing: month.totalMicros - (booked.get(keyOf(month))?.totalMicros ?? 0n) }))
      .filter(({ missing }) => missing !== 0n);
    const result = {
      source: 'usage-legacy',
      checked: months.length,
      drifted: apart.length,
      driftMicros: apart.reduce((sum, { missing }) => sum + missing, 0n),
      repaired: 0,
    };
    const last = months
      .map(({ period }) => period)
      .sort()
      .at(-1);
    await keep(
      sql,
      result,
      { from: new Date(start ?? Date.now()), to: new Date(last ?? Date.now()) },
      apart.slice(0, 100).map(keyOf),
    );
    return result;
  });
}

async function bookedMonths(sql: Queryable): Promise<Map<string, MonthTotal>> {
  const { rows } = await sql.query<{ tenant_id: string; period: string; currency: string; total: string }>(
    RECONCILE_SQL.months,
  );
  const months = rows.map(({ tenant_id: tenantId, period, currency, total }) => ({
    tenantId,
    period,
    currency,
    totalMicros: BigInt(total),
  }));
  return new Map(months.map((month) => [keyOf(month), month]));
}

const keyOf = ({ tenantId, period, currency }: MonthTotal) => `${tenantId} ${period} ${currency}`;

async function keep(
  sql: Queryable,
  result: Reconciliation,
  span: { from: Date; to: Date },
  detail: readonly string[],
): Promise<void> {
  await sql.query(RECONCILE_SQL.keep, [
    result.source,
    span.from,
    span.to,
    result.checked,
    result.drifted,
    result.driftMicros,
    result.repaired,
    JSON.stringify(detail),
  ]);
}

/** Holds the lock in a transaction of its own, while the repairs commit one by one in others. */
function exclusively<T>(database: Database, run: (sql: Queryable) => Promise<T>): Promise<T | undefined> {
  return transaction(database, async (sql) => {
    const { rows } = await sql.query<{ held: boolean }>(RECONCILE_SQL.lock, [LOCK]);
    return rows[0]?.held === true ? run(sql) : undefined;
  });
}

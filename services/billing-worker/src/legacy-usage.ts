/** The usage database of the system before: read-only, MariaDB, one row for each account, month and currency. */
import mysql from 'mysql2/promise';
import type { MonthTotal } from './reconcile.ts';

export interface LegacyDatabase {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: () => string;
  /** PEM of the CA that its certificate is verified against; `undefined`: no TLS. */
  readonly ca: (() => string) | undefined;
}

const DEADLINE_MS = 10_000;

/** Every month of every account. A connection for the one query: it is asked four times an hour. */
export async function legacyMonths(legacy: LegacyDatabase): Promise<MonthTotal[]> {
  const connection = await mysql.createConnection({
    host: legacy.host,
    port: legacy.port,
    database: legacy.database,
    user: legacy.user,
    password: legacy.password(),
    connectTimeout: DEADLINE_MS,
    supportBigNumbers: true,
    bigNumberStrings: true,
    ...(legacy.ca === undefined ? {} : { ssl: { ca: legacy.ca(), rejectUnauthorized: true, verifyIdentity: true } }),
  });
  try {
    const [rows] = await connection.query<(mysql.RowDataPacket & LegacyRow)[]>({
      sql: "SELECT tenant_id, DATE_FORMAT(month, '%Y-%m-%d') AS period, currency, total_micros FROM usage_monthly ORDER BY tenant_id, month",
      timeout: DEADLINE_MS,
    });
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      period: row.period,
      currency: row.currency,
      totalMicros: BigInt(row.total_micros),
    }));
  } finally {
    connection.destroy();
  }
}

interface LegacyRow {
  readonly tenant_id: string;
  readonly period: string;
  readonly currency: string;
  readonly total_micros: string | number;
}

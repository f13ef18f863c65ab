import pg from 'pg';
import type { Sql } from '../../../model/drill/databases.ts';

/** One connection to PostgreSQL, closed by its signal. The URL holds the password and is never shown. */
export async function connectSql(url: string, signal: AbortSignal): Promise<Sql> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'launchgate-drill',
  });
  // A connection that ends while nobody asks is told by the next query.
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    throw new Error(`PostgreSQL does not take the connection: ${error instanceof Error ? error.message : 'no answer'}`);
  });
  const end = (): Promise<void> => client.end().catch(() => undefined);
  signal.addEventListener('abort', () => void end(), { once: true });
  return {
    query: async (text, values = []) => (await client.query(text, [...values])).rows as Record<string, unknown>[],
    close: end,
  };
}

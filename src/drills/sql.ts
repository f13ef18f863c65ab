/** Connections to SQL servers, as drills see them. */
import pg from 'pg';
import type { ConnectionOptions } from 'mysql2/promise';
import type { Sql } from '../model/drill/databases.ts';

const CONNECT_MS = 5000;

/** Opens a connection to a PostgreSQL server. */
export async function openSql(config: pg.ClientConfig): Promise<Sql> {
  const client = new pg.Client({ connectionTimeoutMillis: CONNECT_MS, ...config });
  // A server that goes away while it is asked rejects the question; the same news must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  return {
    query: async (text, values) =>
      (await client.query<Record<string, unknown>>(text, values === undefined ? undefined : [...values])).rows,
    close: () => client.end(),
  };
}

/** Opens a connection to a MariaDB server. Without a password the server asks the socket who it is that comes. */
export async function openMariadb(options: ConnectionOptions): Promise<Sql> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({
    connectTimeout: CONNECT_MS,
    authPlugins: { unix_socket: () => () => Buffer.alloc(0) },
    dateStrings: true,
    supportBigNumbers: true,
    ...options,
  });
  return {
    async query(text, values) {
      const [rows] = await connection.query(text, values === undefined ? undefined : [...values]);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    },
    close: () => connection.end(),
  };
}

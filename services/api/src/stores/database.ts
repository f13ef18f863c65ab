/**
 * PostgreSQL with a deadline on everything: a connection within 2 s, a statement within 5 s, a transaction within 8 s. A connection on which
 * one of them passed is thrown away, because its answer may still come. Statements carry no names: the pooler in between
 * works by transaction.
 */
import { before } from '@launchgate/service-common/deadline';

export interface Queryable {
  query<R = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: R[]; rowCount: number | null }>;
}

export interface PoolClient extends Queryable {
  release(destroy?: boolean | Error): void;
}

/** What is used of `pg.Pool`. */
export interface Pool {
  connect(): Promise<PoolClient>;
}

export interface Database extends Queryable {
  /** Rolls back and rethrows when `run` throws. */
  transaction<T>(run: (tx: Queryable) => Promise<T>): Promise<T>;
}

/** For `pg.Pool`; milliseconds. */
export const POOL_DEADLINES = { connectionTimeoutMillis: 2000, query_timeout: 5000, idleTimeoutMillis: 30_000 };
const TRANSACTION_DEADLINE = 8000;

export class StoreTimeout extends Error {
  readonly code = '57014';
}

const tooLong = (): Error => new StoreTimeout('the transaction took too long');

export function database(pool: Pool, { deadlineMs = TRANSACTION_DEADLINE } = {}): Database {
  async function withClient<T>(run: (client: Queryable) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    try {
      const result = await before(deadlineMs, run(client), tooLong);
      client.release();
      return result;
    } catch (error) {
      client.release(!answeredByServer(error));
      throw error;
    }
  }
  return {
    query: (text, values) => withClient((client) => client.query(text, values)),
    transaction: (run) =>
      withClient(async (client) => {
        await client.query('BEGIN');
        try {
          const result = await run(client);
          await client.query('COMMIT');
          return result;
        } catch (error) {
          await client.query('ROLLBACK');
          throw error;
        }
      }),
  };
}

/** SQLSTATE of a write to a server that takes none: a standby, or a primary of before. The next connection may lead to the primary of now. */
const READ_ONLY = '25006';

/** After an error of the server's own, or one of the caller's after a clean rollback, the connection is as good as before. */
function answeredByServer(error: unknown): boolean {
  if (error instanceof StoreTimeout) return false;
  if (!(error instanceof Error)) return false;
  if ('severity' in error) return error.severity === 'ERROR' && !('code' in error && error.code === READ_ONLY);
  return !/timeout|terminated|ECONN|EPIPE|socket|Connection/i.test(error.message) && !('errno' in error);
}

/** The first row, where the statement answers one at most. */
export async function one<R>(db: Queryable, text: string, values: readonly unknown[]): Promise<R | undefined> {
  return (await db.query<R>(text, values)).rows[0];
}

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

/** The little of node-postgres that the worker's statements need, so that they run on a pool, a client, or a traced one. */
export interface Queryable {
  query<R>(text: string, values?: readonly unknown[]): Promise<{ rows: R[]; rowCount: number | null }>;
}

export interface Connection extends Queryable {
  release(error?: boolean): void;
}

export interface Database extends Queryable {
  connect(): Promise<Connection>;
}

/** All or nothing. A connection whose transaction could not be ended is not used again. */
export async function transaction<T>(database: Database, run: (sql: Queryable) => Promise<T>): Promise<T> {
  const connection = await database.connect();
  let broken = false;
  try {
    await connection.query('BEGIN');
    const result = await run(connection);
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => (broken = true));
    throw error;
  } finally {
    connection.release(broken);
  }
}

import { heard } from '../shared/heard.ts';

/** The part of `pg` that is used. */
export interface Client {
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

export interface PooledClient extends Client {
  release(error?: Error | boolean): void;
}

export interface Pool {
  connect(): Promise<PooledClient>;
}

/** One transaction: committed if `work` resolves, rolled back if it rejects. A connection that cannot roll back is thrown away. */
export async function transaction<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = heard(await pool.connect());
  let broken = false;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => (broken = true));
    throw error;
  } finally {
    client.release(broken);
  }
}

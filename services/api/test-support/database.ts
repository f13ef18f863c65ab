/** A real PostgreSQL with the platform's roles and schema, as every test of this service that stores anything wants it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres, type PostgresServer } from '../../../test/servers/postgres.ts';
import { readMigrations } from '../src/migrate/files.ts';
import { up } from '../src/migrate/run.ts';

export const MIGRATIONS = join(import.meta.dirname, '../migrations');
export const LIMITS = { lockTimeoutMs: 5000, statementTimeoutMs: 60_000 };

export interface TestDatabase {
  readonly server: PostgresServer;
  /** A connection of one login role, `api_a` unless said otherwise, or of the superuser. The caller ends it. */
  client(user?: string, database?: string): Promise<pg.Client>;
  /** Environment variables that point a service at it. */
  env(user?: string, database?: string): Record<string, string>;
  /** Another database with the roles applied and nothing in it. */
  empty(name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startDatabase({ migrated = true }: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const server = await startPostgres();
  const database: TestDatabase = {
    server,
    async client(user = 'api_a', name = 'gpucloud') {
      const client = new pg.Client({ host: '127.0.0.1', port: server.port, user, database: name });
      await client.connect();
      return client;
    },
    env: (user = 'api_a', name = 'gpucloud') => ({
      DATABASE_HOST: '127.0.0.1',
      DATABASE_PORT: String(server.port),
      DATABASE_NAME: name,
      DATABASE_USER: user,
      DATABASE_SSLMODE: 'disable',
    }),
    async empty(name) {
      await using(database.client('postgres', 'postgres'), (client) => client.query(`CREATE DATABASE ${name}`));
      await using(database.client('postgres', name), (client) =>
        client.query(readFileSync(join(MIGRATIONS, 'roles.sql'), 'utf8')),
      );
    },
    stop: () => server.stop(),
  };
  await database.empty('gpucloud');
  if (migrated) await using(database.client('migrator_a'), (client) => up(client, readMigrations(MIGRATIONS), LIMITS));
  return database;
}

/** Runs with the client, then ends it. */
export async function using<T>(opening: Promise<pg.Client>, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await opening;
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

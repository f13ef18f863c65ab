/** A real PostgreSQL with the tables of webhooks, and handlers whose effects can be counted. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { startPostgres, type PostgresServer } from '../../test/servers/postgres.ts';
import { WEBHOOK_TABLES, WEBHOOK_TABLES_DOWN, type Handler, type WebhookEvent } from '../src/webhooks/index.ts';

export interface WebhookDatabase {
  readonly pool: pg.Pool;
  /** What the handler of payments does after its effect: nothing, or throw. */
  fault: (() => void) | undefined;
  readonly credit: Handler;
  /** How often the effect of a payment is there. */
  credits(): Promise<number>;
}

/** For the whole file; the tables are new for each test. */
export function webhookDatabase(): WebhookDatabase {
  let server: PostgresServer;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres();
    pool = new pg.Pool({ connectionString: server.url, max: 20 });
    // Connections still say goodbye when the server stops.
    pool.on('error', () => {});
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });
  const database = {
    get pool() {
      return pool;
    },
    fault: undefined as (() => void) | undefined,
    credit: {
      order: 'each',
      async apply(client, event) {
        await client.query('INSERT INTO credit VALUES ($1, $2)', [event.id, 100]);
        database.fault?.();
      },
    } satisfies Handler,
    credits: async () => Number((await pool.query('SELECT count(*) FROM credit')).rows[0].count),
  };
  beforeEach(async () => {
    await pool.query(`${WEBHOOK_TABLES}
      CREATE TABLE credit (event text, amount int); CREATE TABLE plan (object text PRIMARY KEY, name text);`);
  });
  afterEach(async () => {
    database.fault = undefined;
    await pool.query(`${WEBHOOK_TABLES_DOWN} DROP TABLE credit, plan;`);
  });
  return database;
}

/** A payment, of an object of its own unless it is given one. */
export function event(id: string, given: Partial<WebhookEvent> = {}): WebhookEvent {
  const created = new Date('2026-01-01T00:00:00Z');
  return {
    provider: 'stripe',
    id,
    type: 'invoice.paid',
    created,
    object: `of-${id}`,
    payload: { id, odd: '\u0000' },
    ...given,
  };
}

export const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

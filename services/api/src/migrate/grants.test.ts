import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDatabase, using, type TestDatabase } from '../../test-support/database.ts';

/** What each role may do to each table, all of it: `c:` are columns that may be updated, `i:` columns that may be inserted. */
const EXPECTED: Record<string, Record<string, string>> = {
  tenants: { api: 'SELECT INSERT UPDATE', billing: 'SELECT' },
  users: { api: 'SELECT INSERT UPDATE' },
  nodes: { api: 'SELECT INSERT UPDATE' },
  instances: { api: 'SELECT INSERT UPDATE', billing: 'SELECT' },
  labels: { api: 'SELECT INSERT' },
  terminal_sessions: { api: 'SELECT INSERT', retention: 'SELECT DELETE' },
  outbox: {
    api: 'SELECT',
    billing: 'INSERT',
    relay: 'SELECT c:attempts,last_error,next_attempt_at,published_at',
    retention: 'SELECT DELETE',
  },
  event_outbox: { api: 'SELECT INSERT c:published_at', retention: 'SELECT DELETE' },
  denylist: {
    api: 'SELECT i:incident,issued_before,kind,lifts,reason,revoked_by,until,value',
    revoker: 'SELECT i:incident,issued_before,kind,lifts,reason,revoked_by,until,value',
  },
  webhook_event: { api: 'SELECT INSERT UPDATE', retention: 'SELECT DELETE' },
  webhook_object: { api: 'SELECT INSERT UPDATE' },
  webhook_reconciliation: { api: 'SELECT INSERT UPDATE' },
  audit_events: { api: 'SELECT INSERT' },
  'billing.usage_events': { api: 'SELECT INSERT', billing: 'SELECT' },
  'billing.invoices': { api: 'SELECT', billing: 'SELECT INSERT UPDATE' },
  'billing.ledger': { api: 'SELECT', billing: 'SELECT INSERT' },
  'billing.payments': { api: 'SELECT INSERT UPDATE', billing: 'SELECT' },
  'billing.dead_letters': { billing: 'SELECT INSERT c:resolution,resolved_at' },
  'billing.reconciliations': { billing: 'SELECT INSERT' },
  'billing.drift_by_account': { billing: 'SELECT' },
};
const ROLES = ['api', 'billing', 'relay', 'retention', 'revoker', 'replicator', 'public'];
const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

let database: TestDatabase;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database?.stop());

test('every role has on every table what is written here, and nothing else', async () => {
  await using(database.client('postgres'), async (client) => {
    const { rows } = await client.query<{ table: string; oid: number }>(`
      SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END AS table, c.oid
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname !~ '^pg_|^information_schema$' AND c.relname <> 'schema_migrations'`);
    const found: Record<string, Record<string, string>> = {};
    for (const { table, oid } of rows)
      for (const role of ROLES) {
        const held = await privileges(client.query.bind(client), role, oid);
        if (held !== '') (found[table] ??= {})[role] = held;
      }
    expect(found).toEqual(EXPECTED);
  });
});

async function privileges(
  query: (text: string, values: unknown[]) => Promise<{ rows: { held?: boolean; name?: string }[] }>,
  role: string,
  oid: number,
): Promise<string> {
  const held: string[] = [];
  for (const privilege of PRIVILEGES) {
    const { rows } = await query('SELECT has_table_privilege($1, $2::oid, $3) AS held', [role, oid, privilege]);
    if (rows[0]?.held === true) held.push(privilege);
  }
  for (const [privilege, mark] of [
    ['UPDATE', 'c'],
    ['INSERT', 'i'],
  ] as const) {
    if (held.includes(privilege)) continue;
    const { rows } = await query(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = $2::oid AND attnum > 0 AND NOT attisdropped
       AND has_column_privilege($1, $2::oid, attnum, $3) ORDER BY 1`,
      [role, oid, privilege],
    );
    if (rows.length > 0) held.push(`${mark}:${rows.map(({ name }) => name).join(',')}`);
  }
  return held.join(' ');
}

describe('a login', () => {
  test.each(['api', 'billing', 'relay', 'retention', 'revoker', 'migrator'])(
    '%s_a and %s_b become their service',
    async (service) => {
      for (const login of [`${service}_a`, `${service}_b`])
        await using(database.client(login), async (client) => {
          const { rows } = await client.query(
            `SELECT current_user, session_user, current_setting('idle_in_transaction_session_timeout') AS idle`,
          );
          expect(rows[0]).toEqual({ current_user: service, session_user: login, idle: '30s' });
        });
    },
  );

  test('cannot become another service, create anything, or read what is not its own', async () => {
    const refused = [
      ['api_a', 'SET ROLE billing'],
      ['api_a', 'SET ROLE migrator'],
      ['api_a', 'CREATE TABLE mine (id int)'],
      ['api_a', 'CREATE SCHEMA mine'],
      ['api_a', 'CREATE TEMPORARY TABLE mine (id int)'],
      ['api_a', 'DELETE FROM billing.usage_events'],
      ['api_a', `UPDATE event_outbox SET payload = '{}'`],
      ['billing_a', 'UPDATE billing.ledger SET amount_micros = 0'],
      ['billing_a', 'SELECT * FROM outbox'],
      ['relay_a', 'SELECT * FROM users'],
      ['relay_a', `UPDATE outbox SET data = '{}'`],
      ['retention_a', 'DELETE FROM billing.ledger'],
      ['retention_a', 'SELECT * FROM billing.invoices'],
      ['api_a', 'SELECT * FROM schema_migrations'],
      ['api_a', `COPY (SELECT 1) TO PROGRAM 'true'`],
    ];
    for (const [login, statement] of refused)
      await using(database.client(login), (client) =>
        expect(client.query(statement ?? ''), `${login}: ${statement}`).rejects.toThrow(/permission denied|must be/),
      );
  });

  test('of the replicator may replicate and reads no table', async () => {
    await using(database.client('postgres'), async (client) => {
      const { rows } = await client.query(
        `SELECT bool_and(rolreplication AND rolcanlogin) AS may FROM pg_roles WHERE rolname IN ('replicator_a', 'replicator_b')`,
      );
      expect(rows[0]?.may).toBe(true);
    });
  });

  test('roles.sql may be applied again', async () => {
    await expect(database.empty('again')).resolves.toBeUndefined();
  });
});

test('an insert into the outbox wakes a listener once per transaction', async () => {
  await using(database.client('relay_a'), async (relay) => {
    const heard: string[] = [];
    relay.on('notification', ({ channel }) => heard.push(channel));
    await relay.query('LISTEN outbox');
    await using(database.client('billing_a'), (billing) =>
      billing.query(`BEGIN; INSERT INTO outbox (user_id, type, data) VALUES ('u', 'usage.metered', '{}'), ('u', 'usage.metered', '{}');
        INSERT INTO outbox (user_id, type, data) VALUES ('u', 'usage.metered', '{}'); COMMIT`),
    );
    // The notification precedes the answer to a later statement.
    await expect.poll(async () => (await relay.query('SELECT 1'), heard)).toEqual(['outbox']);
    const claimed = await relay.query(
      `SELECT id FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT 2 FOR UPDATE SKIP LOCKED`,
    );
    expect(claimed.rowCount).toBe(2);
  });
});

import { trace, type Span } from '@opentelemetry/api';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../../test/servers/postgres.ts';
import { operationOf, withoutLiterals } from './statement.ts';
import { startTelemetry, tracePg, withSpan, type Tracing } from './index.ts';

let server: PostgresServer;
let tracing: Tracing;
beforeAll(async () => {
  server = await startPostgres();
  tracing = startTelemetry({ service: 'api', endpoint: 'http://127.0.0.1:1', delayMs: 60_000 });
});
afterAll(async () => {
  await tracing.shutdown(100);
  await server.stop();
});

test('queries of a pool and of its clients run inside spans, also in parallel on few connections', async () => {
  const pool = tracePg(
    new Pool({ host: '127.0.0.1', port: server.port, user: 'postgres', database: 'postgres', max: 2 }),
    { database: 'postgres' },
  );
  const before = tracing.stats().waiting;
  try {
    const sums = await withSpan('parent', () =>
      Promise.all(
        Array.from(
          { length: 10 },
          async (_, index) => (await pool.query('SELECT $1::int + 1 AS n', [index])).rows[0] as { n: number },
        ),
      ),
    );
    expect(sums.map(({ n }) => n)).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
    await withSpan('transaction', async () => {
      const client = await pool.connect();
      await client.query('BEGIN');
      await client.query('SELECT 1');
      await client.query('COMMIT');
      client.release();
    });
    await expect(withSpan('fails', () => pool.query('SELECT nothing FROM nowhere'))).rejects.toMatchObject({
      code: '42P01',
    });
    // Three parents, ten queries, three statements of the transaction, one that fails.
    expect(tracing.stats().waiting - before).toBe(17);
    await pool.query('SELECT 1');
    expect(tracing.stats().waiting - before).toBe(17);
  } finally {
    await pool.end();
  }
});

test('a span that is current outside is current again after a query', async () => {
  const pool = tracePg({ query: (_text: string) => Promise.resolve(1) });
  await withSpan('outer', async (outer: Span) => {
    await pool.query('SELECT 1');
    expect(trace.getActiveSpan()).toBe(outer);
  });
});

test('literals and comments are taken out of statements', () => {
  const statements: [string, string][] = [
    ["SELECT 'it''s' || E'a\\'b', 42, -1.5e3, 0xff FROM t1 WHERE a=$2", 'SELECT ? || ?, ?, ?, ? FROM t1 WHERE a=$2'],
    ['SELECT $$secret$$, $tag$more $$ secret$tag$', 'SELECT ?, ?'],
    ['SELECT 1 -- password\n/* secret */ FROM x', 'SELECT ? FROM x'],
    ["INSERT INTO t VALUES ('a', 'b'), ('c', 'd')", 'INSERT INTO t VALUES (?), (?)'],
    ["SELECT 'unterminated secret", 'SELECT ?'],
    [String.raw`SELECT 'C:\' , 'secret', LIKE'\', 'secret'`, 'SELECT ? , ?, LIKE?, ?'],
    [`SELECT "it's", "a""b'c" FROM t WHERE a = 'secret'`, `SELECT "it's", "a""b'c" FROM t WHERE a = ?`],
    ['SELECT 1 /* a /* b */ secret */ FROM x', 'SELECT ? FROM x'],
    ['SELECT 1_000, 0b11, 0o17, .5, -.5e3', 'SELECT ?, ?, ?, ?, ?'],
    ['SELECT col1 FROM "Table 1"', 'SELECT col1 FROM "Table ?"'],
  ];
  for (const [sql, clean] of statements) expect(withoutLiterals(sql)).toBe(clean);
  expect(withoutLiterals(`SELECT ${"'".repeat(50_000)}`).length).toBeLessThanOrEqual(1001);
  expect(operationOf('  (select 1)')).toBe('SELECT');
});

/**
 * Applies and reverts. One runner at a time (a session's advisory lock, so the connection must be a direct one, not a pooler's), each
 * step in a transaction with its record, every wait for a lock and every statement bounded.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Migration } from './files.ts';
import { compare, stepsDown, stepsUp, type Applied, type Line } from './plan.ts';
import { MigrationRefused } from './refused.ts';

export interface Limits {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** Any fixed number that nobody else locks: the first eight bytes of SHA-256 of `launchgate migrations`, signed. */
const LOCK = '1566745200061283933';

const RECORD = `CREATE TABLE IF NOT EXISTS public.schema_migrations (
  version integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  dirty boolean NOT NULL DEFAULT false,
  applied_at timestamptz NOT NULL DEFAULT now(),
  applied_by text NOT NULL DEFAULT session_user
)`;

/** Brings the schema up; answers what was applied, which is nothing the second time. */
export async function up(client: Client, files: readonly Migration[], limits: Limits): Promise<Migration[]> {
  return locked(client, limits, async () => {
    const steps = stepsUp(files, await applied(client));
    for (const step of steps) await apply(client, step);
    return steps;
  });
}

/** Reverts down to `target`, or one step; answers what was reverted. */
export async function down(
  client: Client,
  files: readonly Migration[],
  limits: Limits,
  target?: number,
): Promise<Migration[]> {
  return locked(client, limits, async () => {
    const steps = stepsDown(files, await applied(client), target);
    for (const step of steps) await revert(client, step);
    return steps;
  });
}

/** Reads only, and takes no lock. */
export async function status(client: Client, files: readonly Migration[]): Promise<Line[]> {
  const exists = await client.query(`SELECT to_regclass('public.schema_migrations') IS NOT NULL AS there`);
  return compare(files, exists.rows[0]?.there === true ? await applied(client) : []);
}

async function locked<T>(client: Client, limits: Limits, run: () => Promise<T>): Promise<T> {
  await client.query(`SELECT set_config('lock_timeout', $1, false), set_config('statement_timeout', $2, false)`, [
    `${limits.lockTimeoutMs}ms`,
    `${limits.statementTimeoutMs}ms`,
  ]);
  await lock(client, limits.lockTimeoutMs);
  try {
    await client.query(RECORD);
    return await run();
  } finally {
    // A broken connection has lost the lock with its session.
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
  }
}

/**
 * Asked for again and again, not waited for: a statement that waits has a snapshot, for the end of which `CREATE INDEX CONCURRENTLY` of the runner that
 * has the lock would wait.
 */
async function lock(client: Client, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    const { rows } = await client.query<{ had: boolean }>('SELECT pg_try_advisory_lock($1) AS had', [LOCK]);
    if (rows[0]?.had === true) return;
    if (performance.now() >= until)
      throw new MigrationRefused(
        `another runner has been at work for ${withinMs} ms; run this again when it has ended (it holds an advisory lock, see pg_locks)`,
      );
    await sleep(Math.min(100, withinMs));
  }
}

async function applied(client: Client): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    'SELECT version, name, checksum, dirty FROM public.schema_migrations ORDER BY version',
  );
  return rows;
}

async function apply(client: Client, step: Migration): Promise<void> {
  const insert = `INSERT INTO public.schema_migrations (version, name, checksum, dirty) VALUES ($1, $2, $3, $4)
    ON CONFLICT (version) DO UPDATE
    SET name = excluded.name, checksum = excluded.checksum, dirty = excluded.dirty, applied_at = now()`;
  const row = [step.version, step.name, step.checksum];
  if (step.transactional) {
    await inTransaction(client, async () => {
      await client.query(step.up);
      await client.query(insert, [...row, false]);
    });
    return;
  }
  await client.query(insert, [...row, true]);
  await client.query(step.up);
  await client.query(insert, [...row, false]);
}

async function revert(client: Client, step: Migration): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(step.down);
    await client.query('DELETE FROM public.schema_migrations WHERE version = $1', [step.version]);
  });
}

async function inTransaction(client: Client, run: () => Promise<void>): Promise<void> {
  await client.query('BEGIN');
  try {
    await run();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

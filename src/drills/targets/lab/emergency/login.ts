import type pg from 'pg';

/** The one login that emergencies share: it is there while one is granted. */
export const EMERGENCY_LOGIN = 'launchgate_break_glass';

/** Ends the sessions of the login and removes it, where it is there. */
export async function removeLogin(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [EMERGENCY_LOGIN]);
  if (rowCount === 0) return;
  await client.query(`ALTER ROLE ${EMERGENCY_LOGIN} NOLOGIN`);
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [EMERGENCY_LOGIN]);
  // What it was granted hangs on it.
  await client.query(`DROP OWNED BY ${EMERGENCY_LOGIN}`);
  await client.query(`DROP ROLE ${EMERGENCY_LOGIN}`);
}

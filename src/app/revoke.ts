/** The deny-list from outside: an append to its table, which every pod follows. */
import pg from 'pg';
import { lift, listRevocations, revoke, type NewRevocation, type RevocationRow } from '@launchgate/runtime/denylist';
import { LaunchgateError } from '../model/errors.ts';
import { denylistDatabase } from './denylist-database.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Appends the entry; with `dryRun` rolls it back, which shows that it could have been written. */
export function writeRevocation(
  env: Environment,
  entry: NewRevocation,
  dryRun: boolean,
): Promise<{ readonly id: number }> {
  return connected(env, async (client) => {
    if (!dryRun) return revoke(client, entry);
    await client.query('BEGIN');
    try {
      return await revoke(client, entry);
    } finally {
      await client.query('ROLLBACK');
    }
  });
}

export function liftRevocation(
  env: Environment,
  id: number,
  by: string,
  reason: string,
): Promise<{ readonly id: number }> {
  return connected(env, (client) => lift(client, { id, by, reason }));
}

export function readRevocations(env: Environment, all: boolean): Promise<RevocationRow[]> {
  return connected(env, (client) => listRevocations(client, { all }));
}

async function connected<T>(env: Environment, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const connection = denylistDatabase(env);
  const client = new pg.Client(connection);
  client.on('error', () => undefined);
  try {
    await client.connect();
    const role = env['DATABASE_ROLE'];
    if (role !== undefined && role !== '') await client.query(`SET ROLE ${pg.escapeIdentifier(role)}`);
    return await work(client);
  } catch (cause) {
    throw refusal(cause, `${connection.user}@${connection.host}:${connection.port}/${connection.database}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Nothing was written, and why: in an emergency a stack trace is no answer. */
function refusal(cause: unknown, where: string): LaunchgateError {
  if (cause instanceof LaunchgateError) return cause;
  const said = cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : String(cause);
  const code = (cause as { code?: unknown }).code;
  const next =
    code === '42P01'
      ? 'This database has no deny-list: is it the right one, and are its migrations done?'
      : code === '42501'
        ? 'Connect as a role that may append to the deny-list (DATABASE_USER, DATABASE_ROLE).'
        : 'If the database cannot be reached, end the sessions at the identity provider, and block the admin routes at the edge.';
  return new LaunchgateError('not-found', `nothing was written to ${where}: ${said}`, { next, cause });
}

/** A database login: two of them share a role, and one is in use while the other is given a new password. */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { DATABASE, superuser } from '../../../../lab/parts/postgres.ts';
import { holdersOf, mountSecret, waitUntil } from './mount.ts';
import type { Rotator, Workplace } from './types.ts';

export interface DatabaseLogin {
  readonly service: string;
  /** The role of both logins: `api` of `api_a` and `api_b`. */
  readonly role: string;
}

const TIMEOUT_MS = 3000;
const SETTLE_MS = 15_000;
/** invalid_password, invalid_authorization_specification: postgresql.org/docs/15/errcodes-appendix.html. */
const REFUSED = new Set(['28P01', '28000']);

export function databaseLogin(place: Workplace, { service, role }: DatabaseLogin): Rotator {
  const { lab } = place.open;
  const [present, next] = [`${role}_a`, `${role}_b`];
  const secret = `postgres-${present}`;
  const holders = holdersOf(place, service, secret);
  const password = () => place.trust.secret(`postgres-${next}`);
  const sessions = (login: string) =>
    asked<{ application_name: string }>(`SELECT application_name FROM pg_stat_activity WHERE usename = $1`, [login]);

  return {
    holders,
    make: () => 'the other login',
    add: () => run(`ALTER ROLE ${next} LOGIN`),
    async deliver() {
      mountSecret(place, holders, secret, JSON.stringify({ username: next, password: password() }));
    },
    // A service that has a session of the new login has tried it; its pools make no new one of the old.
    async behind() {
      const changed = (await sessions(next)).length;
      return changed >= holders.length ? [] : holders.slice(changed);
    },
    async retire() {
      await run(`ALTER ROLE ${present} NOLOGIN`);
      // A password ends no session, and neither does this.
      await run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${present}'`);
    },
    use: (version) => (version === undefined ? logIn(present, place.trust.secret(secret)) : logIn(next, password())),
    async settle() {
      await run(`ALTER ROLE ${present} LOGIN`);
      mountSecret(place, holders, secret);
      await waitUntil(async () => (await sessions(present)).length >= holders.length, SETTLE_MS);
      await run(`ALTER ROLE ${next} LOGIN`);
    },
  };

  async function run(sql: string): Promise<void> {
    await asked(sql, []);
  }

  async function asked<T extends pg.QueryResultRow>(sql: string, values: readonly unknown[]): Promise<T[]> {
    const client = new pg.Client(superuser(lab, 'postgres'));
    return withClient(client, async () => (await client.query<T>(sql, [...values])).rows);
  }

  async function logIn(user: string, word: string): Promise<'accepted' | 'refused'> {
    const read = (path: string) => readFileSync(path, 'utf8');
    const client = new pg.Client({
      host: 'localhost',
      port: lab.port('postgres', 'sql'),
      user,
      password: word,
      database: DATABASE,
      ssl: { ca: read(lab.client.ca), cert: read(lab.client.cert), key: read(lab.client.key) },
      connectionTimeoutMillis: TIMEOUT_MS,
    });
    try {
      return await withClient(client, () => Promise.resolve('accepted' as const));
    } catch (error) {
      if (REFUSED.has((error as { code?: string }).code ?? '')) return 'refused';
      throw error;
    }
  }
}

async function withClient<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work();
  } finally {
    await client.end();
  }
}

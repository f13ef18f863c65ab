/** A database login: two of them share a role, and one is in use while the other is given a new password. */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { DATABASE, superuser } from '../../../../lab/parts/postgres.ts';
import { holdersOf, holdersWith, mountSecret, waitUntil } from './mount.ts';
import type { Rotator, Workplace } from './types.ts';
import { noteHandedOut, silentOf, type Followers } from './word.ts';

export interface DatabaseLogin extends Followers {
  readonly service: string;
  /** The role of both logins: `api` of `api_a` and `api_b`. */
  readonly role: string;
}

const TIMEOUT_MS = 3000;
const SETTLE_MS = 15_000;
const DRAIN_MS = 5000;
/** invalid_password, invalid_authorization_specification: postgresql.org/docs/15/errcodes-appendix.html. */
const REFUSED = new Set(['28P01', '28000']);

export function databaseLogin(place: Workplace, { service, role, ...followers }: DatabaseLogin): Rotator {
  const { lab } = place.open;
  const [present, next] = [`${role}_a`, `${role}_b`];
  const secret = `postgres-${present}`;
  const holders = holdersOf(place, service, secret);
  const password = () => place.trust.secret(`postgres-${next}`);
  const handOut = (value?: string): void => {
    noteHandedOut(lab, secret, holders);
    mountSecret(place, holders, secret, value);
  };
  const silent = (parts: readonly string[]) => silentOf(lab, parts, secret, followers);

  return {
    holders,
    make: () => 'the other login',
    add: () => run(`ALTER ROLE ${next} LOGIN`),
    deliver: async () => handOut(JSON.stringify({ username: next, password: password() })),
    // The server tells that a login is used, and the logs by whom.
    behind: async () => ((await sessionsOf(next)).length === 0 ? holders : silent(holders)),
    async retire() {
      await run(`ALTER ROLE ${present} NOLOGIN`);
      // Pools end their sessions once what runs on them has ended; connections that listen change when they are made anew.
      await waitUntil(async () => (await sessionsOf(present)).every(isListening), DRAIN_MS);
      await run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${present}'`);
    },
    use: (version) => (version === undefined ? logIn(present, place.trust.secret(secret)) : logIn(next, password())),
    async settle() {
      const held = holdersWith(place, holders, secret, place.trust.secret(secret));
      await run(`ALTER ROLE ${present} LOGIN`);
      handOut();
      const changing = holders.filter((part) => !held.includes(part));
      await waitUntil(() => Promise.resolve(silent(changing).length === 0), SETTLE_MS);
      await run(`ALTER ROLE ${next} LOGIN`);
    },
  };

  function sessionsOf(login: string): Promise<Session[]> {
    return asked<Session>('SELECT query FROM pg_stat_activity WHERE usename = $1', [login]);
  }

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

interface Session {
  /** The last one. */
  readonly query: string;
}

function isListening({ query }: Session): boolean {
  return /^\s*listen\b/i.test(query);
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

/** SQL stores of the lab: as the operator by the server's socket, as a role of the platform over TLS with its password. */
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import type { Sql } from '../../../../model/drill/databases.ts';
import { LaunchgateError } from '../../../../model/errors.ts';
import type { OpenLab } from '../../../lab/open.ts';
import type { Lab } from '../../../lab/part.ts';
import { DATABASE, superuser } from '../../../lab/parts/postgres.ts';
import { openMariadb, openSql } from '../../../sql.ts';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/** `as` is a login, or a role whose first login is meant: `api`, `api_b`, `billing_ro`. */
export async function labSql({ lab, plan }: OpenLab, store: string, as?: string): Promise<Sql> {
  const kind = plan.stores.get(store);
  if (kind === 'postgres')
    return openSql(as === undefined ? superuser(lab, 'postgres') : roleConfig(lab, lab.port('postgres', 'sql'), as));
  if (kind === 'mariadb') return openMariadb(as === undefined ? mariadbOperator(lab) : mariadbRole(lab, as));
  throw new LaunchgateError('not-found', `the lab runs no SQL store "${store}"`, {
    next: `It runs ${[...plan.stores].map(([name, runs]) => `${name} (${runs})`).join(', ')}.`,
  });
}

/** How a role of the platform reaches a PostgreSQL server of the lab, or a copy of it, at that port. */
export function roleConfig(lab: Lab, port: number, role: string): pg.ClientConfig {
  const user = /_[ab]$/.test(role) ? role : `${role}_a`;
  return {
    host: 'localhost',
    port,
    user,
    password: lab.secret(`postgres-${user}`),
    database: DATABASE,
    ssl: clientTls(lab),
  };
}

export function mariadbOperator(lab: Lab) {
  return { socketPath: join(lab.scratch('mariadb'), 'sock'), user: userInfo().username };
}

function mariadbRole(lab: Lab, user: string) {
  return {
    host: 'localhost',
    port: lab.port('mariadb', 'sql'),
    user,
    password: lab.secret(`mariadb-${user}`),
    ssl: { ...clientTls(lab), verifyIdentity: true },
  };
}

function clientTls(lab: Lab) {
  const read = (path: string) => readFileSync(path, 'utf8');
  return { ca: read(lab.client.ca), cert: read(lab.client.cert), key: read(lab.client.key) };
}

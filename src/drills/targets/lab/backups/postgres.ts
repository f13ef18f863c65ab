/** The lab's PostgreSQL as what is backed up. */
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { OpenLab } from '../../../lab/open.ts';
import type { Lab } from '../../../lab/part.ts';
import { serverTls, serviceAccess } from '../../../lab/parts/postgres-files.ts';
import {
  DATABASE,
  pgBackRestFile,
  pgBackRestRepository,
  pgBackRestSettings,
  superuser,
} from '../../../lab/parts/postgres.ts';
import { reservePorts } from '../../../lab/run/ports.ts';
import { packageRoot } from '../../../lab/run/programs.ts';
import { ownerFor } from '../../../lab/run/users.ts';
import { run } from '../../../restore/command.ts';
import { postgresBackups } from '../../../restore/postgres/index.ts';
import type { PostgresSource } from '../../../restore/postgres/source.ts';
import type { StoreBackups } from '../../../restore/types.ts';
import { openSql } from '../../../sql.ts';
import type { Use } from '../../../target.ts';
import { roleConfig } from '../databases/sql.ts';
import { SEALING_SECRET } from './sealing.ts';

const USER = 'postgres';

export function labPostgresBackups({ lab }: OpenLab, store: string, use: Use): StoreBackups {
  return postgresBackups(labPostgresSource(lab, store, use));
}

export function labPostgresSource(lab: Lab, store: string, use: Use): PostgresSource {
  return {
    store,
    user: USER,
    database: DATABASE,
    operator: superuser(lab, 'postgres'),
    use,
    pgBackRest: {
      config: pgBackRestFile(lab, 'postgres'),
      stanza: DATABASE,
      repository: pgBackRestRepository(lab),
    },
    pgBackRestFor: (place) => pgBackRestSettings(lab, place),
    dumps: {
      folder: join(lab.folder('postgres'), 'dumps'),
      owner: ownerFor(USER),
      secret: lab.secret(SEALING_SECRET),
    },
    async access() {
      const [port = 0] = await reservePorts([undefined]);
      return {
        // Roles of the platform come in as they do at the original.
        settings: ["listen_addresses = '127.0.0.1'", ...serverTls(lab.tls('postgres'))],
        hba: serviceAccess(),
        osUser: userInfo().username,
        port,
      };
    },
    asRole: (port, role) => openSql(roleConfig(lab, port, role)),
    migrate: (port, args) => migrate(lab, port, args, use.signal),
  };
}

/** The program of the job that migrates before a rollout, led to another server. */
async function migrate(lab: Lab, port: number, args: readonly string[], signal: AbortSignal) {
  const { file, args: program = [] } = lab.program('service', 'api');
  const said = await run(file, [...program, 'migrate', ...args], {
    cwd: lab.folder('postgres'),
    user: undefined,
    signal,
    env: {
      DEPLOYMENT_ENVIRONMENT: 'lab',
      MIGRATIONS_DIR: join(packageRoot(), 'services/api/migrations'),
      TLS_CERT_FILE: lab.client.cert,
      TLS_KEY_FILE: lab.client.key,
      TLS_CA_FILE: lab.client.ca,
      DATABASE_HOST: 'localhost',
      DATABASE_PORT: String(port),
      DATABASE_NAME: DATABASE,
      DATABASE_USER: 'migrator_a',
      DATABASE_SSLMODE: 'verify-full',
      DATABASE_MAX_CONNS: '2',
      DATABASE_PASSWORD: lab.secret('postgres-migrator_a'),
    },
  });
  return { status: typeof said.status === 'number' ? said.status : 1, text: `${said.stdout}${said.stderr}` };
}

/** PostgreSQL: a primary that archives to pgBackRest, and a replica that streams from it. */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Lab, Part } from '../part.ts';
import type { LabPlan } from '../plan.ts';
import { packageRoot } from '../run/programs.ts';
import { makeData } from '../run/make-data.ts';
import { runAs } from '../run/run-as.ts';
import { bootstrapCluster, settings, writeAccess } from './postgres-files.ts';

export const DATABASE = 'gpucloud';
/** What makes the services' roles; the database's password for each is a secret of the lab named `postgres-LOGIN`. */
const ROLES = 'services/api/migrations/roles.sql';
const LOGINS = ['migrator', 'api', 'billing', 'relay', 'retention', 'replicator'].flatMap((role) => [
  `${role}_a`,
  `${role}_b`,
]);
const USER = 'postgres';
const IDENTITY = {
  name: 'postgres',
  namespace: 'data',
  dns: [
    'postgres.data.svc',
    'postgres.data.svc.cluster.local',
    'postgres-0.postgres-members.data.svc',
    'postgres-1.postgres-members.data.svc',
  ],
};
/** A fast shutdown: sessions are ended, a checkpoint is written. */
const STOP = { signal: 'SIGINT', timeoutMs: 20_000 } as const;

export function postgresParts(plan: LabPlan): Part[] {
  return [...plan.stores.values()].includes('postgres') ? [primary, replica] : [];
}

const primary: Part = {
  name: 'postgres',
  needs: [],
  program: {
    file: 'postgres',
    package: 'postgresql',
    loses: 'there is no database, and nothing else can run',
    required: true,
  },
  ports: ['sql'],
  user: USER,
  identity: IDENTITY,
  secrets: ['pgbackrest-cipher'],
  stop: STOP,
  async prepare(lab, signal) {
    writeAccess(lab, 'postgres', userInfo().username);
    writePgBackRest(lab, 'postgres');
    lab.write('postgres', 'postgresql.conf', settings(lab, 'postgres', archiving(lab)));
    await bootstrapCluster(lab, USER, signal);
  },
  command: (lab) => ({
    file: 'postgres',
    args: ['-c', `config_file=${join(lab.folder('postgres'), 'postgresql.conf')}`],
  }),
  ready: async (lab) => {
    const [row] = await ask(lab, 'postgres', 'SELECT pg_is_in_recovery() AS recovering');
    if (row?.['recovering'] !== false) throw new Error('it is in recovery');
  },
  async settle(lab, signal) {
    await applyRoles(lab);
    await pgBackRest(lab, ['stanza-create'], signal);
  },
};

const replica: Part = {
  name: 'postgres-replica',
  needs: ['postgres'],
  program: { file: 'pg_basebackup', package: 'postgresql', loses: 'there is no replica to fail over to' },
  ports: ['sql'],
  user: USER,
  identity: IDENTITY,
  secrets: ['pgbackrest-cipher'],
  stop: STOP,
  prepare(lab) {
    writeAccess(lab, 'postgres-replica', userInfo().username);
    writePgBackRest(lab, 'postgres-replica');
    lab.write('postgres-replica', 'pgpass', `*:*:*:replicator_a:${lab.secret('postgres-replicator_a')}\n`);
    lab.write('postgres-replica', 'postgresql.conf', settings(lab, 'postgres-replica', following(lab)));
  },
  async beforeStart(lab, signal) {
    await makeData(lab, 'postgres-replica', async (data) => {
      const args = ['-D', data, '-d', connection(lab), '--checkpoint=fast', '--wal-method=stream', '--no-sync'];
      await runAs(lab, USER, 'pg_basebackup', args, { cwd: lab.folder('postgres-replica'), signal });
    });
    lab.write('postgres-replica', 'data/standby.signal', '');
  },
  command: (lab) => ({
    file: 'postgres',
    args: ['-c', `config_file=${join(lab.folder('postgres-replica'), 'postgresql.conf')}`],
  }),
  ready: async (lab) => {
    const [row] = await ask(lab, 'postgres-replica', 'SELECT status FROM pg_stat_wal_receiver');
    if (row?.['status'] !== 'streaming') throw new Error('it does not stream from the primary');
  },
};

/** Runs one statement over TLS with the lab's certificate, as a login that may read statistics and nothing else. */
export async function ask(lab: Lab, part: string, sql: string): Promise<Record<string, unknown>[]> {
  const read = (path: string) => readFileSync(path, 'utf8');
  return withClient(
    {
      host: 'localhost',
      port: lab.port(part, 'sql'),
      user: 'lab_monitor',
      password: lab.secret('postgres-lab_monitor'),
      database: 'postgres',
      ssl: { ca: read(lab.client.ca), cert: read(lab.client.cert), key: read(lab.client.key) },
      connectionTimeoutMillis: 2000,
      query_timeout: 2000,
    },
    async (client) => (await client.query<Record<string, unknown>>(sql)).rows,
  );
}

async function applyRoles(lab: Lab): Promise<void> {
  await asSuperuser(lab, 'postgres', async (client) => {
    const known = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  });
  await asSuperuser(lab, DATABASE, async (client) => {
    await client.query(readFileSync(join(packageRoot(), ROLES), 'utf8'));
    for (const login of LOGINS)
      await client.query(`ALTER ROLE ${login} PASSWORD ${client.escapeLiteral(lab.secret(`postgres-${login}`))}`);
  });
}

/** Lists the lab's node agents in the fleet, where the migrations have made its table. */
export async function seedNodes(lab: Lab): Promise<void> {
  await asSuperuser(lab, DATABASE, async (client) => {
    for (const agent of lab.replicas('node-agent'))
      await client.query(
        `INSERT INTO nodes (id, name, address, agent_port, region, gpu_model) VALUES ($1, $2, $3, $4, 'lab', 'none')
         ON CONFLICT (name) DO UPDATE SET address = excluded.address, agent_port = excluded.agent_port`,
        [nodeId(agent), agent, lab.host, lab.port(agent, 'agent')],
      );
  });
}

/** The id of a lab's node: that of `node-agent-2` ends in 2, in every lab. */
export function nodeId(agent: string): string {
  return `00000000-0000-4000-8000-${agent.slice(agent.lastIndexOf('-') + 1).padStart(12, '0')}`;
}

/** The superuser may come in by the socket only. */
export function asSuperuser<T>(lab: Lab, database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return withClient(
    { host: lab.scratch('postgres'), port: lab.port('postgres', 'sql'), user: 'postgres', database },
    work,
  );
}

async function withClient<T>(config: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config);
  // A server that goes away while it is asked rejects the question; the same news must not end the lab.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** How the replica reaches the primary, as a connection string of libpq. */
function connection(lab: Lab): string {
  const { cert, key, ca } = lab.tls('postgres-replica');
  const password = join(lab.folder('postgres-replica'), 'pgpass');
  return [
    `host=localhost hostaddr=127.0.0.1 port=${lab.port('postgres', 'sql')} user=replicator_a passfile='${password}' application_name=postgres-replica`,
    `sslmode=verify-full sslrootcert='${ca}' sslcert='${cert}' sslkey='${key}'`,
  ].join(' ');
}

function archiving(lab: Lab): string[] {
  return [
    'archive_mode = on',
    `archive_command = 'pgbackrest --config="${pgBackRestFile(lab, 'postgres')}" --stanza=${DATABASE} archive-push "%p"'`,
  ];
}

function following(lab: Lab): string[] {
  return [
    'hot_standby = on',
    `primary_conninfo = '${connection(lab).replaceAll("'", "''")}'`,
    `restore_command = 'pgbackrest --config="${pgBackRestFile(lab, 'postgres-replica')}" --stanza=${DATABASE} archive-get %f "%p"'`,
  ];
}

/** Runs pgBackRest on the primary. */
export async function pgBackRest(lab: Lab, args: readonly string[], signal: AbortSignal): Promise<string> {
  const config = `--config=${pgBackRestFile(lab, 'postgres')}`;
  return runAs(lab, USER, 'pgbackrest', [config, `--stanza=${DATABASE}`, ...args], {
    cwd: lab.folder('postgres'),
    signal,
  });
}

/** The repository is encrypted, as the reference platform's; it lies beside the cluster and not in it, so it survives the loss of the data. */
function writePgBackRest(lab: Lab, part: string): void {
  const folder = lab.folder(part);
  lab.write(
    part,
    'pgbackrest.conf',
    `[global]
repo1-path=${join(lab.folder('postgres'), 'repository')}
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=${lab.secret('pgbackrest-cipher')}
repo1-retention-full=2
repo1-bundle=y
compress-type=zst
start-fast=y
lock-path=${join(folder, 'lock')}
spool-path=${join(folder, 'spool')}
log-level-console=warn
log-level-file=off

[${DATABASE}]
pg1-path=${join(folder, 'data')}
pg1-port=${lab.port(part, 'sql')}
pg1-socket-path=${lab.scratch(part)}
pg1-user=postgres
pg1-database=postgres
`,
  );
}

function pgBackRestFile(lab: Lab, part: string): string {
  return join(lab.folder(part), 'pgbackrest.conf');
}

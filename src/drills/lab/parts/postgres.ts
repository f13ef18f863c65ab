/** PostgreSQL: a primary that archives to pgBackRest, and a replica that streams from it. */
import { existsSync, readFileSync } from 'node:fs';
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
    'postgres-2.postgres-members.data.svc',
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
    lab.write('postgres', 'postgresql.conf', settings(lab, 'postgres', [...archiving(lab), ...synchronous(lab)]));
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
  /** From here on a commit is on both before it is acknowledged, as on the reference platform. */
  async settle(lab) {
    lab.write('postgres', 'postgresql.conf', settings(lab, 'postgres', [...archiving(lab), ...synchronous(lab)]));
    await asSuperuser(lab, 'postgres', (client) => client.query('SELECT pg_reload_conf()'));
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

/** The superuser may come in by the socket only. He waits for no replica: the lab sets the primary up before there is one. */
export function asSuperuser<T>(lab: Lab, database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const options = '-c synchronous_commit=local';
  return withClient({ ...superuser(lab, 'postgres'), database, options }, work);
}

/** How to come in as superuser. */
export function superuser(lab: Lab, part: string): pg.ClientConfig {
  return { host: lab.scratch(part), port: lab.port(part, 'sql'), user: 'postgres', database: DATABASE };
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
    // At most one minute of commits is outside the archive.
    'archive_timeout = 60s',
    `archive_command = 'pgbackrest --config="${pgBackRestFile(lab, 'postgres')}" --stanza=${DATABASE} archive-push "%p"'`,
  ];
}

/** Only once there is a replica: nobody would answer for one that is still to be made. */
function synchronous(lab: Lab): string[] {
  const hasReplica = lab.has('postgres-replica') && existsSync(join(lab.folder('postgres-replica'), 'data'));
  return hasReplica ? [`synchronous_standby_names = '"postgres-replica"'`] : [];
}

function following(lab: Lab): string[] {
  return [
    'hot_standby = on',
    // Writes wait for it, so it looks again at once when the primary was away.
    'wal_retrieve_retry_interval = 200ms',
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

/** Where a cluster lies that uses the repository: the primary, the replica, or a copy that is restored from it. */
export interface ClusterPlace {
  readonly folder: string;
  readonly data: string;
  readonly socket: string;
  readonly port: number;
}

/** The repository is encrypted, as the reference platform's; it lies beside the cluster and not in it, so it survives the loss of the data. */
export function pgBackRestSettings(lab: Lab, { folder, data, socket, port }: ClusterPlace): string {
  return `[global]
repo1-path=${pgBackRestRepository(lab)}
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
pg1-path=${data}
pg1-port=${port}
pg1-socket-path=${socket}
pg1-user=postgres
pg1-database=postgres
`;
}

export function pgBackRestRepository(lab: Lab): string {
  return join(lab.folder('postgres'), 'repository');
}

function writePgBackRest(lab: Lab, part: string): void {
  const folder = lab.folder(part);
  const place = { folder, data: join(folder, 'data'), socket: lab.scratch(part), port: lab.port(part, 'sql') };
  lab.write(part, 'pgbackrest.conf', pgBackRestSettings(lab, place));
}

export function pgBackRestFile(lab: Lab, part: string): string {
  return join(lab.folder(part), 'pgbackrest.conf');
}

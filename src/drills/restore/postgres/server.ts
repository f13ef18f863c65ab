/** A PostgreSQL cluster that was restored into a run's place: its settings, its start, and when it counts as usable. */
import { join } from 'node:path';
import pg from 'pg';
import type { Copy } from '../copy.ts';

/** Who may come in and where it listens; the operator comes in by the socket in any case. */
export interface Access {
  /** Lines of postgresql.conf. */
  readonly settings: readonly string[];
  /** Lines of pg_hba.conf after the operator's. */
  readonly hba: readonly string[];
  /** Name by which the operating system knows the caller. */
  readonly osUser: string;
  readonly port: number;
}

/** Settings that a standby or a recovery refuses to have lower than the primary had them, as pg_controldata shows them. */
const CARRIED: Readonly<Record<string, string>> = {
  'max_connections setting': 'max_connections',
  'max_worker_processes setting': 'max_worker_processes',
  'max_wal_senders setting': 'max_wal_senders',
  'max_prepared_xacts setting': 'max_prepared_transactions',
  'max_locks_per_xact setting': 'max_locks_per_transaction',
};

export interface PostgresServer {
  /** For the operator. */
  readonly config: pg.ClientConfig;
  readonly data: string;
}

/**
 * Starts the cluster in `data` and waits until it has left recovery. `pg_ctl -w start` would not do: it is content with a server that is still in recovery
 * and may yet find that its target cannot be reached.
 */
export async function startCluster(copy: Copy, data: string, access: Access): Promise<PostgresServer> {
  const settings = [
    `data_directory = '${data}'`,
    `hba_file = '${copy.write('pg_hba.conf', lines(['local all postgres peer map=copy', ...access.hba, 'local all all reject', 'host all all all reject']))}'`,
    `ident_file = '${copy.write('pg_ident.conf', lines([...new Set([access.osUser, 'postgres'])].map((user) => `copy ${user} postgres`)))}'`,
    `unix_socket_directories = '${copy.folder}'`,
    `port = ${access.port}`,
    // Otherwise a killed server leaves segments in /dev/shm.
    'dynamic_shared_memory_type = mmap',
    'archive_mode = off',
    'autovacuum = off',
    ...access.settings,
    ...carried(await copy.mustRun('pg_controldata', ['-D', data])),
  ];
  const file = copy.write('postgresql.conf', lines(settings));
  const config = { host: copy.folder, port: access.port, user: 'postgres', database: 'postgres' };
  await copy.start('postgres', ['-c', `config_file=${file}`], () => leftRecovery(config));
  return { config, data };
}

export async function withClient<T>(config: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionTimeoutMillis: 5000, ...config });
  // A server that goes away while it is asked rejects the question; the same news must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function leftRecovery(config: pg.ClientConfig): Promise<void> {
  return withClient(config, async (client) => {
    const { rows } = await client.query<{ recovering: boolean }>('SELECT pg_is_in_recovery() AS recovering');
    if (rows[0]?.recovering !== false) throw new Error('it is in recovery');
  });
}

function carried(control: string): string[] {
  return control.split('\n').flatMap((line) => {
    const [, label = '', value = ''] = /^([^:]+):\s+(\d+)$/.exec(line) ?? [];
    const setting = CARRIED[label];
    return setting === undefined ? [] : [`${setting} = ${value}`];
  });
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

/** What its own tools find wrong with the cluster: indexes against their tables while it runs, checksums of all pages once it has ended. */
export async function clusterFaults(copy: Copy, { config, data }: PostgresServer): Promise<string[]> {
  const connection = ['-h', String(config.host), '-p', String(config.port), '-U', 'postgres'];
  const amcheck = await copy.run('pg_amcheck', [...connection, '--all', '--install-missing', '--heapallindexed']);
  await copy.stop('SIGINT');
  const checksums = await copy.run('pg_checksums', ['--check', '-D', data]);
  return [
    ...(amcheck.status === 0 ? [] : words('pg_amcheck', amcheck.stdout, amcheck.stderr)),
    ...(checksums.status === 0 ? [] : words('pg_checksums', checksums.stderr, checksums.stdout)),
  ];
}

/** The first lines of what a tool has to say; it failed, so silence is a fault, too. */
function words(tool: string, ...said: readonly string[]): string[] {
  const found = said.flatMap((text) => text.split('\n')).filter((line) => line.trim() !== '');
  return (found.length === 0 ? ['failed without a word'] : found).slice(0, 20).map((line) => `${tool}: ${line.trim()}`);
}

export function dataFolder(copy: Copy): string {
  return join(copy.folder, 'data');
}

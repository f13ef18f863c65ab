import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, chownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { CertificateFiles } from './certificates.ts';
import { freePort, identity, serverFolder, startProcess, untilReady, type ServerProcess } from './process.ts';

export interface PostgresServer extends ServerProcess {
  readonly port: number;
  /** As the superuser `postgres`, without password, on the database `postgres`. */
  readonly url: string;
}

/** Debian keeps the server's programs out of PATH. */
export const POSTGRES_BIN = newestBin();

/** A real PostgreSQL cluster, trusting loopback, without fsync: for tests of clients, not of durability. */
export async function startPostgres({ tls }: { tls?: CertificateFiles } = {}): Promise<PostgresServer> {
  const folder = serverFolder('postgres', 'postgres');
  const data = join(folder, 'data');
  const port = await freePort();
  const owner = identity('postgres');
  execFileSync(
    join(POSTGRES_BIN, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--no-instructions'],
    {
      cwd: folder,
      stdio: 'ignore',
      ...owner,
    },
  );
  const settings = [
    `port=${port}`,
    `listen_addresses='127.0.0.1'`,
    `unix_socket_directories='${folder}'`,
    'fsync=off',
    'max_connections=200',
  ];
  if (tls !== undefined) {
    const key = join(folder, 'server.key');
    copyFileSync(tls.key, key);
    chmodSync(key, 0o600);
    if (owner !== undefined) chownSync(key, owner.uid, owner.gid);
    settings.push('ssl=on', `ssl_cert_file='${tls.cert}'`, `ssl_key_file='${key}'`, `ssl_ca_file='${tls.ca}'`);
  }
  appendFileSync(join(data, 'postgresql.conf'), `${settings.join('\n')}\n`);
  const server = startProcess(folder, join(POSTGRES_BIN, 'postgres'), ['-D', data], {
    user: 'postgres',
    stopSignal: 'SIGINT',
  });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await untilReady(server, async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.end();
  });
  return { ...server, port, url };
}

function newestBin(): string {
  const root = '/usr/lib/postgresql';
  try {
    const newest = readdirSync(root)
      .map(Number)
      .sort((a, b) => b - a)[0];
    return join(root, String(newest), 'bin');
  } catch {
    return '';
  }
}

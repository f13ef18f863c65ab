/** The files of a PostgreSQL cluster: the cluster itself, its settings, and who may come in. */
import { join } from 'node:path';
import type { Lab, TlsFiles } from '../part.ts';
import { makeData } from '../run/make-data.ts';
import { runAs } from '../run/run-as.ts';

/** Makes the cluster of the primary and the login that asks for its health. */
export async function bootstrapCluster(lab: Lab, user: string, signal: AbortSignal): Promise<void> {
  await makeData(lab, 'postgres', async (data) => {
    const options = ['-U', 'postgres', '--auth=reject', '--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums'];
    const run = { cwd: lab.folder('postgres'), signal };
    await runAs(lab, user, 'initdb', ['-D', data, ...options, '--no-sync', '--no-instructions'], run);
    const password = lab.secret('postgres-lab_monitor');
    await runAs(
      lab,
      user,
      'postgres',
      ['--single', '-D', data, '-c', 'password_encryption=scram-sha-256', 'postgres'],
      {
        ...run,
        input: `CREATE ROLE lab_monitor LOGIN PASSWORD '${password}' IN ROLE pg_monitor;\n`,
      },
    );
  });
}

/** postgresql.conf; `more` are lines of one of the two servers. */
export function settings(lab: Lab, part: string, more: readonly string[]): string {
  const folder = lab.folder(part);
  return `${[
    `data_directory = '${join(folder, 'data')}'`,
    `hba_file = '${join(folder, 'pg_hba.conf')}'`,
    `ident_file = '${join(folder, 'pg_ident.conf')}'`,
    `listen_addresses = '127.0.0.1'`,
    `port = ${lab.port(part, 'sql')}`,
    `unix_socket_directories = '${lab.scratch(part)}'`,
    'max_connections = 200',
    'shared_buffers = 64MB',
    // Otherwise a killed server leaves segments in /dev/shm.
    'dynamic_shared_memory_type = mmap',
    'password_encryption = scram-sha-256',
    ...serverTls(lab.tls(part)),
    'wal_level = replica',
    'max_wal_senders = 8',
    'wal_keep_size = 256MB',
    'wal_log_hints = on',
    "log_line_prefix = '%m [%p] %q%u@%d '",
    "log_timezone = 'UTC'",
    "timezone = 'UTC'",
    ...more,
  ].join('\n')}\n`;
}

/** Lines of postgresql.conf by which a server proves who it is, and asks the same of its clients. */
export function serverTls({ cert, key, ca }: TlsFiles): string[] {
  return [
    'ssl = on',
    "ssl_min_protocol_version = 'TLSv1.2'",
    `ssl_cert_file = '${cert}'`,
    `ssl_key_file = '${key}'`,
    `ssl_ca_file = '${ca}'`,
  ];
}

/** Lines of pg_hba.conf for the services' roles. */
export function serviceAccess(): string[] {
  return ['api', 'billing', 'relay', 'retention', 'migrator'].map((role) => remote('gpucloud', `+${role}`));
}

function remote(databases: string, user: string): string {
  return `hostssl ${databases} ${user} 127.0.0.1/32 scram-sha-256 clientcert=verify-ca`;
}

/**
 * pg_hba.conf as the reference platform's: over the network TLS, a certificate of the internal CA, and a password on top. `osUser` is who
 * runs the lab; as he and as the server's own user one comes in by the socket as superuser, and by no other way.
 */
export function writeAccess(lab: Lab, part: string, osUser: string): void {
  const lines = [
    'local all postgres peer map=lab',
    ...serviceAccess(),
    remote('replication', '+replicator'),
    remote('postgres', 'lab_monitor'),
    'local all all reject',
    'host all all all reject',
  ];
  lab.write(part, 'pg_hba.conf', `${lines.join('\n')}\n`);
  const users = [...new Set([osUser, 'postgres'])];
  lab.write(part, 'pg_ident.conf', `${users.map((user) => `lab ${user} postgres`).join('\n')}\n`);
}

/** MariaDB with the usage of before the platform kept its own, which the billing worker reads and nobody writes any more. */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Lab, Part } from '../part.ts';
import type { LabPlan } from '../plan.ts';
import { makeData } from '../run/make-data.ts';
import { runAs } from '../run/run-as.ts';
import { legacyUsage } from './mariadb-seed.ts';

const USER = 'mysql';

export function mariadbParts(plan: LabPlan): Part[] {
  return [...plan.stores.values()].includes('mariadb') ? [mariadb] : [];
}

const mariadb: Part = {
  name: 'mariadb',
  needs: [],
  program: { file: 'mariadbd', package: 'mariadb-server', loses: 'billing cannot reconcile the usage of before' },
  ports: ['sql'],
  user: USER,
  identity: { name: 'usage-db', namespace: 'data', dns: ['usage-db.gpucloud.internal'] },
  stop: { signal: 'SIGTERM', timeoutMs: 20_000 },
  async prepare(lab, signal) {
    lab.write('mariadb', 'my.cnf', configuration(lab));
    lab.write(
      'mariadb',
      'init.sql',
      legacyUsage({
        reader: lab.secret('mariadb-billing_ro'),
        monitor: lab.secret('mariadb-lab_monitor'),
        operators: [process.getuid?.() === 0 ? USER : userInfo().username],
      }),
    );
    await makeData(lab, 'mariadb', async (data) => {
      const options = ['--auth-root-authentication-method=socket', '--skip-test-db', '--skip-name-resolve'];
      const args = ['--no-defaults', `--datadir=${data}`, ...options];
      await runAs(lab, USER, 'mariadb-install-db', args, { cwd: lab.folder('mariadb'), signal });
    });
  },
  command: (lab) => ({ file: 'mariadbd', args: [`--defaults-file=${join(lab.folder('mariadb'), 'my.cnf')}`] }),
  async ready(lab) {
    const { createConnection } = await import('mysql2/promise');
    const read = (path: string) => readFileSync(path, 'utf8');
    const connection = await createConnection({
      host: 'localhost',
      port: lab.port('mariadb', 'sql'),
      user: 'lab_monitor',
      password: lab.secret('mariadb-lab_monitor'),
      connectTimeout: 2000,
      ssl: { ca: read(lab.client.ca), cert: read(lab.client.cert), key: read(lab.client.key), verifyIdentity: true },
    });
    try {
      await connection.query({ sql: 'SELECT 1', timeout: 2000 });
    } finally {
      connection.destroy();
    }
  },
};

/** The binary log is what a restore to a point in time plays after a backup. */
function configuration(lab: Lab): string {
  const folder = lab.folder('mariadb');
  const { cert, key, ca } = lab.tls('mariadb');
  return `[mariadbd]
datadir=${join(folder, 'data')}
socket=${join(lab.scratch('mariadb'), 'sock')}
pid-file=${join(folder, 'pid')}
tmpdir=${folder}
bind-address=127.0.0.1
port=${lab.port('mariadb', 'sql')}
init-file=${join(folder, 'init.sql')}
ssl-ca=${ca}
ssl-cert=${cert}
ssl-key=${key}
tls-version=TLSv1.2,TLSv1.3
require-secure-transport=ON
skip-name-resolve=ON
server-id=1
log-bin=binlog
binlog-format=ROW
sync-binlog=1
innodb-buffer-pool-size=64M
innodb-log-file-size=32M
performance-schema=OFF
character-set-server=utf8mb4
local-infile=OFF
`;
}

/** MariaDB: a backup of its files by mariabackup, and the binary log after it. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { BackupWay, RecoveryTarget, Repository } from '../../../model/drill/backups.ts';
import type { Sql } from '../../../model/drill/databases.ts';
import { run, toolFailed } from '../command.ts';
import { openCopy, type Copy } from '../copy.ts';
import { addBackup, inspectSealed, newestBackup } from '../repository.ts';
import { unseal, verifySeal } from '../seal.ts';
import { notOffered, phases, type RestoredStore, type StoreBackups } from '../types.ts';
import { isShipping, positionOf, readBinlog, shipBinlog, untilShipped } from './binlog.ts';
import { dropMarkers, readContents, readMarkers, tryWrite, writeMarker } from './contents.ts';
import type { MariadbSource } from './source.ts';

export const mariabackupWay: BackupWay = { name: 'mariabackup', continuous: true, pointInTime: true, sql: true };

export function mariadbBackups(source: MariadbSource): StoreBackups {
  const asOperator = <T>(work: (sql: Sql) => Promise<T>): Promise<T> => using(source.operator(source.socket), work);
  return {
    ways: [mariabackupWay],
    take: () => take(source),
    ship: () => untilShipped(source),
    inspect: async () => inspect(source),
    mark: () => asOperator(writeMarker),
    unmark: () => asOperator(dropMarkers),
    census: () => asOperator(readContents),
    restore: (_way, until) => restore(source, until),
  };
}

/** Ships the log first, so that there is no gap between it and the backup. */
async function take(source: MariadbSource): Promise<void> {
  await shipBinlog(source);
  const { user, socket, use, backups } = source;
  const copy = await openCopy(use, `${source.store}-mariabackup`, user);
  const args = ['--no-defaults', '--backup', '--stream=mbstream', `--target-dir=${copy.folder}`];
  await addBackup(backups, 'mariabackup', async (to) => {
    const said = await run('mariabackup', [...args, `--socket=${socket}`, `--user=${user}`], {
      cwd: copy.folder,
      user,
      signal: use.signal,
      output: to,
    });
    // It may end with status 0 and half of the files; only these words mean a whole backup.
    if (said.status !== 0 || !said.stderr.includes('completed OK!')) throw toolFailed('mariabackup', said);
  });
  await copy.remove();
}

function inspect(source: MariadbSource): Repository {
  const found = inspectSealed(source.backups, 'mariabackup');
  return isShipping(source) ? found : { ...found, shippedWithin: Infinity };
}

async function restore(source: MariadbSource, until: RecoveryTarget | undefined): Promise<RestoredStore> {
  const copy = await openCopy(source.use, `${source.store}-mariadb`, source.user);
  const data = copy.make('data');
  const socket = join(copy.folder, 'sock');
  const timing = phases();
  await timing.during('unseal', () => unpack(source, copy, data));
  await timing.during('prepare', async () => {
    const said = await copy.run('mariabackup', ['--prepare', `--target-dir=${data}`]);
    if (said.status !== 0 || !said.stderr.includes('completed OK!')) throw toolFailed('mariabackup', said);
  });
  await timing.during('start', () => start(source, copy, data, socket));
  await timing.during('replay', async () => {
    const statements = await readBinlog(source, copy, positionOf(data), until?.time);
    await copy.mustRun('mariadb', ['--no-defaults', '--binary-mode', `--socket=${socket}`, `--user=${source.user}`], {
      input: createReadStream(statements),
    });
  });
  const markers = await timing.during('first answer and write', () =>
    using(source.operator(socket), async (sql) => {
      const found = await readMarkers(sql);
      await tryWrite(sql);
      return found;
    }),
  );
  return {
    tookMs: timing.total(),
    phases: timing.all,
    markers,
    contents: () => using(source.operator(socket), readContents),
    faults: () => faults(source, copy, socket),
    sql: (as) => (as === undefined ? source.operator(socket) : notOffered('roles in its copy')()),
    migrate: notOffered('migrations'),
    remove: copy.remove,
    async settle() {
      await copy.stop('SIGTERM');
      return data;
    },
  };
}

async function unpack({ backups }: MariadbSource, copy: Copy, data: string): Promise<void> {
  const backup = newestBackup(backups.folder, 'mariabackup');
  const plain = new PassThrough();
  const unsealed = unseal(backup, backups.secret, plain).catch((error: unknown) => {
    plain.destroy();
    throw error;
  });
  try {
    await Promise.all([copy.mustRun('mbstream', ['-x', '-C', data], { input: plain }), unsealed]);
  } catch (error) {
    // What cannot unpack a changed backup ends before all of it was read: then the change is what must be told.
    await verifySeal(backup, backups.secret);
    throw error;
  }
}

function start(source: MariadbSource, copy: Copy, data: string, socket: string): Promise<void> {
  const options = ['--skip-networking', '--skip-log-bin', `--pid-file=${join(copy.folder, 'pid')}`];
  const args = ['--no-defaults', `--datadir=${data}`, `--socket=${socket}`, `--tmpdir=${copy.folder}`, ...options];
  return copy.start('mariadbd', args, () =>
    using(source.operator(socket), async (sql) => void (await sql.query('SELECT 1'))),
  );
}

/** Every table is read whole, with its indexes against its rows. */
async function faults({ user }: MariadbSource, copy: Copy, socket: string): Promise<string[]> {
  const args = ['--no-defaults', `--socket=${socket}`, `--user=${user}`, '--all-databases', '--extended'];
  const said = await copy.run('mariadb-check', args);
  const lines = said.stdout.split('\n').filter((line) => line.trim() !== '' && !/\sOK$/.test(line));
  if (said.status !== 0 && lines.length === 0) return [`mariadb-check: ${said.stderr.trim()}`];
  return lines.slice(0, 20).map((line) => `mariadb-check: ${line.trim()}`);
}

async function using<T>(opening: Promise<Sql>, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = await opening;
  try {
    return await work(sql);
  } finally {
    await sql.close();
  }
}

/** Logical backups by pg_dump: one moment of one database, with the roles that it needs. Independent of the server's version and files. */
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { BackupWay, Repository } from '../../../model/drill/backups.ts';
import { mustRun } from '../command.ts';
import { openCopy } from '../copy.ts';
import { addBackup, inspectSealed, newestBackup } from '../repository.ts';
import { unseal } from '../seal.ts';
import { phases, type RestoredStore } from '../types.ts';
import { asRestored } from './restored.ts';
import { dataFolder, startCluster } from './server.ts';
import type { PostgresSource } from './source.ts';

export const pgDumpWay: BackupWay = { name: 'pg_dump', continuous: false, pointInTime: false, sql: true };

const ROLES = 'roles.sql';
const DUMP = 'database.dump';

/** A tar of both, so that there is one file to seal, keep and lose. */
export async function takeDump(source: PostgresSource): Promise<void> {
  const copy = await openCopy(source.use, `${source.store}-dump`, source.user);
  const connection = ['-h', String(source.operator.host), '-p', String(source.operator.port), '-U', 'postgres'];
  await copy.mustRun('pg_dumpall', [...connection, '--roles-only', '-f', join(copy.folder, ROLES)]);
  await copy.mustRun('pg_dump', [
    ...connection,
    '--format=custom',
    '-f',
    join(copy.folder, DUMP),
    '-d',
    source.database,
  ]);
  await addBackup(source.dumps, 'pg_dump', (to) => tarOf(copy.folder, [ROLES, DUMP], source, to));
  await copy.remove();
}

export function inspectDumps(source: PostgresSource): Repository {
  return inspectSealed(source.dumps, 'pg_dump');
}

export async function restoreDump(source: PostgresSource): Promise<RestoredStore> {
  const copy = await openCopy(source.use, `${source.store}-pg-dump`, source.user);
  const access = await source.access();
  const data = dataFolder(copy);
  const timing = phases();
  await timing.during('unseal', async () => {
    const tar = join(copy.folder, 'backup.tar');
    await unseal(newestBackup(source.dumps.folder, 'pg_dump'), source.dumps.secret, createWriteStream(tar));
    await copy.mustRun('tar', ['-x'], { input: createReadStream(tar) });
  });
  const server = await timing.during('new cluster', async () => {
    const options = ['-U', 'postgres', '--auth=reject', '--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums'];
    await copy.mustRun('initdb', ['-D', data, ...options, '--no-sync', '--no-instructions']);
    return startCluster(copy, data, access);
  });
  await timing.during('load', async () => {
    const connection = ['-h', copy.folder, '-p', String(access.port), '-U', 'postgres'];
    // The one role that is there already is the operator's own.
    const roles = readFileSync(join(copy.folder, ROLES), 'utf8').replaceAll(/^CREATE ROLE postgres;$/gm, '');
    await copy.mustRun('psql', [...connection, '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'postgres'], {
      input: roles,
    });
    await copy.mustRun('createdb', [...connection, source.database]);
    await copy.mustRun('pg_restore', [
      ...connection,
      '--exit-on-error',
      '-d',
      source.database,
      join(copy.folder, DUMP),
    ]);
  });
  return asRestored(source, copy, server, timing);
}

async function tarOf(folder: string, names: readonly string[], { user, use }: PostgresSource, to: Writable) {
  await mustRun('tar', ['-c', '-C', folder, ...names], { cwd: folder, user, signal: use.signal, output: to });
}

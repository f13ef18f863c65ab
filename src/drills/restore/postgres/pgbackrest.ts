/** Backups of a whole cluster by pgBackRest, with the WAL that it archives all the time. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { BackupWay, RecoveryTarget, Repository } from '../../../model/drill/backups.ts';
import { LaunchgateError } from '../../../model/errors.ts';
import { ownerFor } from '../../lab/run/users.ts';
import { mustRun, run, toolFailed } from '../command.ts';
import { openCopy } from '../copy.ts';
import { everythingIn, exposedAmong } from '../repository.ts';
import { phases, type RestoredStore } from '../types.ts';
import { asRestored } from './restored.ts';
import { dataFolder, startCluster, withClient } from './server.ts';
import type { PostgresSource } from './source.ts';

export const pgBackRestWay: BackupWay = { name: 'pgbackrest', continuous: true, pointInTime: true, sql: true };

/** What files begin with that pgBackRest has encrypted, as OpenSSL's salted format does. */
const SALTED = Buffer.from('Salted__');
const MOST_FAULTS = 20;
const POLL_MS = 20;

/** `info --output=json`: https://pgbackrest.org/command.html#command-info */
const infoSchema = z.array(
  z.object({
    status: z.object({ code: z.int(), message: z.string() }),
    backup: z.array(
      z.object({
        label: z.string(),
        error: z.boolean().nullish(),
        'error-list': z.array(z.string()).nullish(),
        timestamp: z.object({ stop: z.int() }),
      }),
    ),
  }),
);

export async function takePgBackRest(source: PostgresSource): Promise<void> {
  await mustRun('pgbackrest', [...common(source), '--type=full', 'backup'], options(source));
}

export async function inspectPgBackRest(source: PostgresSource): Promise<Repository> {
  const { repository } = source.pgBackRest;
  const [info, verified, settings] = await Promise.all([
    mustRun('pgbackrest', [...common(source), '--output=json', 'info'], options(source)),
    run('pgbackrest', [...common(source), 'verify'], options(source)),
    withClient(source.operator, (client) =>
      client.query<{ name: string; setting: string }>(
        `SELECT name, setting FROM pg_settings WHERE name IN ('archive_mode', 'archive_timeout')`,
      ),
    ),
  ]);
  const backups = infoSchema.parse(JSON.parse(info))[0]?.backup ?? [];
  const newest = backups.at(-1);
  const everything = everythingIn(repository);
  const setting = (name: string) => settings.rows.find((row) => row.name === name)?.setting;
  const timeout = Number(setting('archive_timeout'));
  return {
    backups: backups.length,
    ageSeconds: newest === undefined ? undefined : Math.max(0, Date.now() / 1000 - newest.timestamp.stop),
    shippedWithin: setting('archive_mode') === 'off' || !(timeout > 0) ? Infinity : timeout,
    exposed: exposedAmong(
      everything.map(({ path }) => path),
      ownerFor(source.user),
    ),
    plain: everything.filter(({ path, isFile }) => isFile && !isSalted(path)).map(({ path }) => path),
    faults: [...backups.flatMap(notedFaults), ...verifyFaults(`${verified.stdout}\n${verified.stderr}`)],
  };
}

/** Ends the segment that is being written, and waits until it is in the archive. */
export async function shipWal({ operator, use: { signal } }: PostgresSource): Promise<void> {
  await withClient(operator, async (client) => {
    const { rows } = await client.query<{ file: string }>('SELECT pg_walfile_name(pg_switch_wal()) AS file');
    const isArchived = async (): Promise<boolean> => {
      const answer = await client.query('SELECT last_archived_wal >= $1 AS there FROM pg_stat_archiver', [
        rows[0]?.file,
      ]);
      return answer.rows[0]?.there === true;
    };
    while (!(await isArchived())) {
      signal.throwIfAborted();
      await sleep(POLL_MS);
    }
  });
}

/**
 * Restores the newest backup and replays the archive to its end or to the target. The copy gets a configuration of its own, by an absolute path, since
 * pgBackRest hands it on to the recovery, which starts elsewhere; and it archives nothing, or it would write into the history of its original.
 */
export async function restorePgBackRest(
  source: PostgresSource,
  until: RecoveryTarget | undefined,
): Promise<RestoredStore> {
  const copy = await openCopy(source.use, `${source.store}-pgbackrest`, source.user);
  const access = await source.access();
  const data = dataFolder(copy);
  const timing = phases();
  await timing.during('restore', async () => {
    const place = { folder: copy.folder, data: copy.make('data'), socket: copy.folder, port: access.port };
    const config = copy.write('pgbackrest.conf', source.pgBackRestFor(place));
    const target =
      until === undefined
        ? []
        : ['--type=time', `--target=${new Date(until.time).toISOString().replace('T', ' ').replace('Z', '+00')}`];
    const args = [`--config=${absolute(config)}`, `--stanza=${source.pgBackRest.stanza}`, '--archive-mode=off'];
    const said = await copy.run('pgbackrest', [
      ...args,
      ...target,
      ...(until === undefined ? [] : ['--target-action=promote']),
      'restore',
    ]);
    if (said.status !== 0) throw toolFailed('pgbackrest', said);
  });
  const cluster = await timing.during('replay', () => startCluster(copy, data, access));
  return asRestored(source, copy, cluster, timing);
}

function notedFaults(backup: z.infer<typeof infoSchema>[number]['backup'][number]): string[] {
  if (backup.error !== true) return [];
  const files = backup['error-list'] ?? [];
  return [
    `backup ${backup.label} was taken of pages with wrong checksums${files.length === 0 ? '' : ` in ${files.join(', ')}`}`,
  ];
}

/** `verify` ends with status 0 whatever it finds; what it says counts. Without a word nothing was wrong. */
export function verifyFaults(said: string): string[] {
  return said
    .split('\n')
    .map((line) => line.trim())
    .filter(
      (line) =>
        /\b(?:ERROR|WARN):|status: error|(?:missing|checksum invalid|size invalid|other): [1-9]/.test(line) &&
        !/no (?:backups|archives) exist/.test(line),
    )
    .slice(0, MOST_FAULTS)
    .map((line) => `pgbackrest verify: ${line}`);
}

function isSalted(path: string): boolean {
  // Locks of a command that runs, and files that are still empty, tell nothing to anybody.
  if (statSync(path, { throwIfNoEntry: false })?.size === 0) return true;
  const head = Buffer.alloc(SALTED.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, head);
  } finally {
    closeSync(file);
  }
  return head.equals(SALTED);
}

function common({ pgBackRest: { config, stanza } }: PostgresSource): string[] {
  return [`--config=${absolute(config)}`, `--stanza=${stanza}`];
}

function options({ user, use: { signal }, pgBackRest: { repository } }: PostgresSource) {
  return { cwd: repository, user, signal };
}

/** A relative path would be looked up from where the server stands. */
function absolute(path: string): string {
  if (isAbsolute(path)) return path;
  throw new LaunchgateError('internal', `${path} must be an absolute path`);
}

/**
 * The binary log, shipped all the time: a reader that follows the server as a replica would and keeps its files as they are. What is not shipped is
 * lost with the server.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LaunchgateError } from '../../../model/errors.ts';
import { allProcesses, workingFolder } from '../../lab/run/proc.ts';
import { openCopy, type Copy } from '../copy.ts';
import type { MariadbSource } from './source.ts';

const POLL_MS = 20;

export interface BinlogPosition {
  readonly file: string;
  readonly position: number;
}

/** Where the backup stops, as it says itself. `--copy-back` would leave this file behind. */
export function positionOf(data: string): BinlogPosition {
  const path = ['mariadb_backup_binlog_info', 'xtrabackup_binlog_info']
    .map((name) => join(data, name))
    .find((file) => existsSync(file));
  const [file = '', position] = path === undefined ? [] : readFileSync(path, 'utf8').trim().split(/\s+/);
  if (/^[\w.-]+\.\d+$/.test(file) && Number.isSafeInteger(Number(position)))
    return { file, position: Number(position) };
  throw new LaunchgateError('input-unreadable', `the backup in ${data} does not say where in the binary log it stops`, {
    next: 'Switch the binary log on (log_bin), and take another backup.',
  });
}

/** Starts to ship from the file that the server writes now. Does nothing where this run ships already. */
export async function shipBinlog(source: MariadbSource): Promise<void> {
  if (shippedBinlog(source) !== undefined) return;
  const sql = await source.operator(source.socket);
  const [status] = await sql.query('SHOW MASTER STATUS').finally(() => sql.close());
  const file = status?.['File'];
  if (typeof file !== 'string')
    throw new LaunchgateError('lab-failed', `store ${source.store} writes no binary log`, {
      next: 'Switch it on: log_bin.',
    });
  const copy = await openCopy(source.use, prefix(source), source.user);
  const options = ['--raw', '--read-from-remote-server', '--stop-never', `--result-file=${copy.folder}/`];
  const ready = async (): Promise<void> => {
    if (!existsSync(join(copy.folder, file))) throw new Error('nothing came yet');
  };
  await copy.start(
    'mariadb-binlog',
    ['--no-defaults', ...options, `--socket=${source.socket}`, `--user=${source.user}`, file],
    ready,
  );
}

/** Waits until everything that the server has written by now is shipped. */
export async function untilShipped(source: MariadbSource): Promise<void> {
  const sql = await source.operator(source.socket);
  const [status] = await sql.query('SHOW MASTER STATUS').finally(() => sql.close());
  const folder = shippedBinlog(source);
  if (folder === undefined) return;
  const path = join(folder, String(status?.['File']));
  const shipped = (): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  while (shipped() < Number(status?.['Position'])) {
    source.use.signal.throwIfAborted();
    await sleep(POLL_MS);
  }
}

/** Folder of what was shipped in this run; `undefined` where nothing was. */
export function shippedBinlog(source: MariadbSource): string | undefined {
  const name = readdirSync(source.use.scratch).find((entry) => entry.startsWith(`${prefix(source)}-`));
  return name === undefined ? undefined : join(source.use.scratch, name);
}

export function isShipping(source: MariadbSource): boolean {
  const folder = shippedBinlog(source);
  return folder !== undefined && allProcesses().some(({ pid }) => workingFolder(pid) === folder);
}

/** Writes what was shipped after the position, up to the moment, as statements into a file of the copy, and answers its path. */
export async function readBinlog(
  source: MariadbSource,
  copy: Copy,
  { file, position }: BinlogPosition,
  until: number | undefined,
): Promise<string> {
  const folder = shippedBinlog(source);
  const files =
    folder === undefined ? [] : readdirSync(folder).filter((name) => /\.\d{6,}$/.test(name) && name >= file);
  if (folder === undefined || !files.includes(file))
    throw new LaunchgateError('not-found', `${file} of the binary log was not shipped, and the backup stops in it`, {
      next: 'Ship the binary log without a gap, or take backups more often than logs are purged.',
    });
  // Up to but not including that second: the log knows no smaller ones.
  const stop = until === undefined ? [] : [`--stop-datetime=${secondOf(until)}`];
  const paths = files.sort().map((name) => join(folder, name));
  const statements = join(copy.folder, 'replay.sql');
  const said = await copy.run(
    'mariadb-binlog',
    ['--no-defaults', `--start-position=${position}`, ...stop, `--result-file=${statements}`, ...paths],
    { env: { TZ: 'UTC' } },
  );
  if (said.status === 0 && statSync(statements).size > 0) return statements;
  throw new LaunchgateError('lab-failed', `the shipped binary log cannot be read: ${said.stderr.trim()}`, {
    next: 'Find out what damaged it, and restore to the moment before.',
  });
}

function secondOf(time: number): string {
  return new Date(Math.ceil(time / 1000) * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function prefix({ store }: MariadbSource): string {
  return `${store}-binlog`;
}

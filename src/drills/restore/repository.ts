/** Where sealed backups of one store lie: a folder with one file for each, named by when it was complete. */
import { createWriteStream, chmodSync, chownSync, lstatSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Repository } from '../../model/drill/backups.ts';
import { LaunchgateError } from '../../model/errors.ts';
import { makeFolder, type Owner } from '../lab/trust/mount.ts';
import { isSealed, sealing } from './seal.ts';

/** Of each way; older ones go when a new one is whole. */
const KEPT = 2;
const MOST_NAMED = 20;
const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z\.(\w+)$/;

export interface SealedPlace {
  readonly folder: string;
  readonly owner: Owner;
  /** What the backups are sealed with. */
  readonly secret: string;
}

/** Takes what `write` writes as a new backup, which is there whole or not at all. */
export async function addBackup(
  { folder, owner, secret }: SealedPlace,
  way: string,
  write: (to: Writable) => Promise<void>,
): Promise<void> {
  makeFolder(folder, owner);
  const unfinished = join(folder, `.${way}.part`);
  rmSync(unfinished, { force: true });
  const seal = sealing(secret);
  const file = createWriteStream(unfinished, { mode: 0o600, flags: 'wx', flush: true });
  seal.pipe(file);
  const written = write(seal).catch((error: unknown) => {
    seal.destroy();
    file.destroy();
    throw error;
  });
  await Promise.all([written, finished(file)]);
  chmodSync(unfinished, 0o600);
  if (owner !== undefined) chownSync(unfinished, owner.uid, owner.gid);
  renameSync(unfinished, join(folder, `${new Date().toISOString().replaceAll(/[-:]/g, '')}.${way}`));
  for (const { path } of listBackups(folder, way).slice(KEPT)) rmSync(path);
}

/** Newest first. */
export function listBackups(folder: string, way: string): { readonly path: string; readonly at: number }[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const match = NAME.exec(name);
      if (match === null || match[8] !== way) return [];
      const [, year, month, day, hour, minute, second, ms] = match;
      return [
        { path: join(folder, name), at: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`) },
      ];
    })
    .sort((a, b) => b.at - a.at);
}

export function newestBackup(folder: string, way: string): string {
  const [newest] = listBackups(folder, way);
  if (newest !== undefined) return newest.path;
  throw new LaunchgateError('not-found', `there is no backup by ${way} in ${folder}`, {
    next: 'Take one, and find out why the schedule did not.',
  });
}

export function inspectSealed({ folder, owner }: SealedPlace, way: string): Repository {
  const backups = listBackups(folder, way);
  const [newest] = backups;
  const paths = newest === undefined ? [] : [folder, ...backups.map(({ path }) => path)];
  return {
    backups: backups.length,
    ageSeconds: newest === undefined ? undefined : (Date.now() - newest.at) / 1000,
    exposed: exposedAmong(paths, owner),
    plain: backups.map(({ path }) => path).filter((path) => !isSealed(path)),
    faults: [],
  };
}

/** Those that others than their owner and his group may read, enter or change, and those that belong to somebody else. */
export function exposedAmong(paths: readonly string[], owner: Owner): string[] {
  const uid = owner?.uid ?? process.getuid?.();
  return paths
    .filter((path) => {
      const found = lstatSync(path);
      // The mode of a link says nothing.
      return ((found.mode & 0o007) !== 0 && !found.isSymbolicLink()) || found.uid !== uid;
    })
    .slice(0, MOST_NAMED);
}

/** All files and folders below and with the folder. */
export function everythingIn(folder: string): { readonly path: string; readonly isFile: boolean }[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return [
    { path: folder, isFile: false },
    ...entries.map((entry) => ({ path: join(entry.parentPath, entry.name), isFile: entry.isFile() })),
  ];
}

/** Files and configuration: an archive of a folder, compared file by file with what it was made of. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { finished } from 'node:stream/promises';
import type { BackupWay, Contents, Marker } from '../../../model/drill/backups.ts';
import { openCopy, type Copy } from '../copy.ts';
import { addBackup, inspectSealed, newestBackup, type SealedPlace } from '../repository.ts';
import { unseal } from '../seal.ts';
import { notOffered, phases, type RestoredStore, type StoreBackups } from '../types.ts';
import type { Use } from '../../target.ts';

const archive: BackupWay = { name: 'archive', continuous: false, pointInTime: false, sql: false };

/** Made anew from what is versioned, or another program's. */
const SKIPPED: ReadonlySet<string> = new Set(['.git', 'node_modules', '.launchgate', '.terraform', 'dist']);
const MOST_FILES = 100_000;

export interface FilesSource {
  readonly store: string;
  /** The folder that must come back; it is read only. */
  readonly folder: string;
  readonly use: Use;
  readonly backups: SealedPlace;
}

/** Nobody may write a marker into somebody's sources, so what is lost is what has changed since the backup: see the contents. */
export function filesBackups(source: FilesSource): StoreBackups {
  return {
    ways: [archive],
    take: () => take(source),
    ship: () => Promise.resolve(),
    inspect: async () => inspectSealed(source.backups, 'archive'),
    mark: (): Promise<Marker> => Promise.resolve({ number: 0, at: Date.now() }),
    unmark: () => Promise.resolve(),
    census: () => readContents(source.folder),
    restore: () => restore(source),
  };
}

async function take({ store, folder, use, backups }: FilesSource): Promise<void> {
  const copy = await openCopy(use, `${store}-archive`, undefined);
  const list = copy.write('files', filesIn(folder).join('\0'));
  await addBackup(backups, 'archive', async (to) => {
    await copy.mustRun('tar', ['-c', '-C', folder, '--null', '--verbatim-files-from', '-T', list], { output: to });
  });
  await copy.remove();
}

async function restore({ store, use, backups }: FilesSource): Promise<RestoredStore> {
  const copy = await openCopy(use, `${store}-files`, undefined);
  const data = copy.make('data');
  const timing = phases();
  await timing.during('unseal', async () => {
    const tar = join(copy.folder, 'backup.tar');
    await unseal(newestBackup(backups.folder, 'archive'), backups.secret, createWriteStream(tar, { mode: 0o600 }));
    // No path leads out of the folder: tar takes leading slashes and ".." away.
    await copy.mustRun('tar', ['-x', '-C', data], { input: createReadStream(tar) });
  });
  return asRestored(copy, data, timing.total(), timing.all);
}

function asRestored(copy: Copy, data: string, tookMs: number, all: Readonly<Record<string, number>>): RestoredStore {
  return {
    tookMs,
    phases: all,
    markers: [],
    contents: () => readContents(data),
    faults: () => Promise.resolve([]),
    sql: notOffered('SQL'),
    migrate: notOffered('migrations'),
    remove: copy.remove,
    settle: () => Promise.resolve(data),
  };
}

async function readContents(folder: string): Promise<Contents> {
  const contents: Record<string, { rows: number; digest: string }> = {};
  for (const path of filesIn(folder)) contents[path] = { rows: 1, digest: await digestOf(join(folder, path)) };
  return contents;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  const stream = createReadStream(path);
  stream.on('data', (chunk) => hash.update(chunk));
  await finished(stream);
  return hash.digest('hex');
}

/** Regular files, sorted; links are not followed. */
function filesIn(folder: string): string[] {
  const found: string[] = [];
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (SKIPPED.has(entry.name)) continue;
      if (entry.isDirectory()) walk(join(at, entry.name));
      else if (entry.isFile()) found.push(relative(folder, join(at, entry.name)));
      if (found.length > MOST_FILES) throw new RangeError(`${folder} holds more than ${MOST_FILES} files`);
    }
  };
  walk(folder);
  return found.sort();
}

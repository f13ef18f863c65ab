/** Files mounted the way a kubelet mounts a Secret: a renewal swaps one symlink, so that no reader ever sees half of it. */
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { readLink } from '../read-link.ts';

/** The ids that files of a part belong to; `undefined` for those of whoever runs the lab. */
export type Owner = { readonly uid: number; readonly gid: number } | undefined;

export interface MountedFile {
  readonly content: string;
  readonly mode: number;
}

/**
 * Puts the files into the folder: `NAME -> ..data/NAME`, `..data -> ..GENERATION/`. What was mounted before is gone afterwards, all at once.
 * Layout of the kubelet's atomic writer (k8s.io/kubernetes/pkg/volume/util/atomic_writer.go).
 */
export function mountFiles(folder: string, files: ReadonlyMap<string, MountedFile>, owner: Owner): void {
  makeFolder(folder, owner);
  const before = readLink(join(folder, '..data'));
  const generation = `..${new Date().toISOString().replaceAll(/[-:TZ]/g, '_')}${process.hrtime.bigint()}`;
  makeFolder(join(folder, generation), owner);
  for (const [name, { content, mode }] of files) writeOwned(join(folder, generation, name), content, mode, owner);
  symlinkSync(generation, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  for (const name of files.keys())
    if (!exists(join(folder, name))) symlinkSync(join('..data', name), join(folder, name));
  for (const name of readdirSync(folder))
    if (!name.startsWith('..') && !files.has(name)) rmSync(join(folder, name), { force: true });
  if (before !== undefined) rmSync(join(folder, before), { recursive: true, force: true });
}

/** A folder that its owner alone may list, and whose files he alone may read. */
export function makeFolder(path: string, owner: Owner, mode = 0o700): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
}

/** Writes a file that is never readable by more than `mode` says, not even while it is written. */
export function writeOwned(path: string, content: string | Uint8Array, mode: number, owner: Owner): void {
  rmSync(path, { force: true });
  writeFileSync(path, content, { mode: mode & 0o700, flag: 'wx' });
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
  chmodSync(path, mode);
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

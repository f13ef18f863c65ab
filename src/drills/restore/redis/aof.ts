/**
 * The append-only file of Redis 7: a manifest that names a base and the files written after it. Copied file by file it is whole as long as the manifest is the same
 * before and after: files only grow, a torn last command is cut off when it is loaded, and a rewrite swaps the manifest first.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/#backing-up-aof-persistence
 */
import { chownSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchgateError } from '../../../model/errors.ts';
import { ownerFor } from '../../lab/run/users.ts';
import type { Copy } from '../copy.ts';

/** Defaults of `appenddirname` and `appendfilename`. */
export const AOF_FOLDER = 'appendonlydir';
export const MANIFEST = 'appendonly.aof.manifest';
const TRIES = 5;

/** Copies what the manifest names, and answers the names. */
export async function copyAof(from: string, to: string, copy: Copy): Promise<string[]> {
  const owner = ownerFor(copy.user);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const manifest = readManifest(from);
    const names = [...manifest.matchAll(/^file (\S+) /gm)].map(([, name = '']) => name);
    try {
      for (const name of names) copyFileSync(join(from, name), join(to, name));
    } catch (error) {
      if (readManifest(from) === manifest) throw error;
      continue;
    }
    if (readManifest(from) !== manifest) continue;
    copy.write(join(AOF_FOLDER, MANIFEST), manifest);
    if (owner !== undefined) for (const name of names) chownSync(join(to, name), owner.uid, owner.gid);
    return [MANIFEST, ...names];
  }
  throw new LaunchgateError('lab-failed', `${from} was rewritten ${TRIES} times while it was copied`, {
    next: 'Take the copy when it is less busy, or from a replica.',
  });
}

function readManifest(folder: string): string {
  return readFileSync(join(folder, MANIFEST), 'utf8');
}

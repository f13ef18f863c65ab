import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LaunchgateError } from '../../model/errors.ts';
import { topOf } from './top.ts';

/**
 * Paths below a folder that git has and a sparse checkout left out; `undefined` where git cannot say. It is asked only where there is such a checkout:
 * most are whole.
 */
export async function sparedBySparse(folder: string): Promise<string[] | undefined> {
  const own = gitFolder(folder);
  if (own === undefined || !existsSync(join(own, 'info/sparse-checkout'))) return [];
  const listed = await listedIn(folder);
  return listed?.split('\0').flatMap((entry) => (entry.startsWith('S ') ? [entry.slice(2)] : []));
}

async function listedIn(folder: string): Promise<string | undefined> {
  // Every check asks whether there is a sparse checkout, and hardly one goes on to start git.
  const { git } = await import('./command.ts');
  try {
    return await git(folder, ['ls-files', '-t', '-z', '--', '.']);
  } catch (error) {
    if (error instanceof LaunchgateError) return undefined;
    throw error;
  }
}

/** The folder in which git keeps what belongs to this work tree. */
function gitFolder(folder: string): string | undefined {
  const top = topOf(folder);
  if (top === undefined) return undefined;
  const entry = join(top, '.git');
  if (statSync(entry).isDirectory()) return entry;
  const named = /^gitdir: (.+)$/m.exec(readFileSync(entry, 'utf8'))?.[1];
  return named === undefined ? undefined : resolve(top, named);
}

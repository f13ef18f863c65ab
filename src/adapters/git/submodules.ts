import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { topOf } from './top.ts';

/**
 * Submodules below a folder that are not checked out, as paths relative to it: named in the `.gitmodules` of the work tree, with a folder that
 * is empty. Git is not asked, so that an archive of a repository answers as well.
 */
export function missingSubmodules(folder: string): string[] {
  const top = topOf(folder) ?? folder;
  const file = join(top, '.gitmodules');
  if (!existsSync(file)) return [];
  const named = [...readFileSync(file, 'utf8').matchAll(/^[ \t]*path[ \t]*=[ \t]*"?([^"\r\n]+?)"?[ \t]*\r?$/gm)];
  return named
    .map(([, path = '']) => resolve(top, path))
    .filter((path) => path.startsWith(resolve(folder) + sep) && isEmptyFolder(path))
    .map((path) => relative(folder, path));
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false;
  }
}

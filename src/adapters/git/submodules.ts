import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/**
 * Submodules below a folder that are not checked out, as paths relative to it: named in the `.gitmodules` of the work tree, with a folder that
 * is empty. Git is not asked, so that an archive of a repository answers as well.
 */
export function missingSubmodules(folder: string): string[] {
  const top = workTree(folder);
  const file = join(top, '.gitmodules');
  if (!existsSync(file)) return [];
  const named = [...readFileSync(file, 'utf8').matchAll(/^[ \t]*path[ \t]*=[ \t]*"?([^"\r\n]+?)"?[ \t]*\r?$/gm)];
  return named
    .map(([, path = '']) => resolve(top, path))
    .filter((path) => path.startsWith(resolve(folder) + sep) && isEmptyFolder(path))
    .map((path) => relative(folder, path));
}

/** The nearest folder upward that git keeps, else the folder itself. */
function workTree(folder: string): string {
  for (let here = resolve(folder); ; here = dirname(here)) {
    if (existsSync(join(here, '.git'))) return here;
    if (dirname(here) === here) return folder;
  }
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false;
  }
}

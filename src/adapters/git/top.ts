import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The nearest folder upward that git keeps, its own one being a folder there or, of a linked work tree or a submodule, a file. Git is not started. */
export function topOf(folder: string): string | undefined {
  for (let here = resolve(folder); ; here = dirname(here)) {
    const entry = statSync(join(here, '.git'), { throwIfNoEntry: false });
    if (entry?.isDirectory() === true || entry?.isFile() === true) return here;
    if (dirname(here) === here) return undefined;
  }
}

import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { FileTree } from '../model/world.ts';

/** Where a file or folder of the tree really lies, relative to its root; the path itself where it is not there, or is reached from outside only. */
export function realPath(tree: FileTree, path: string): string {
  try {
    const real = relative(tree.root, realpathSync.native(join(tree.root, path)));
    return real.split(sep)[0] === '..' ? path : real.replaceAll(sep, '/') || '.';
  } catch {
    return path;
  }
}

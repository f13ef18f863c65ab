import type { FileTree } from '../../model/world.ts';
import { refusal } from './refusal.ts';

/**
 * A new file lies inside the repository, whatever a parameter or a link says. Throws a LaunchgateError for a path that leads out, and for one
 * through what could not be read, such as a link to somewhere else.
 */
export function demandConfined(tree: FileTree, path: string): void {
  if (tree.has(path)) return;
  if (path.startsWith('/') || path.split('/').includes('..')) throw refusal(`${path} leads out of the repository`);
  const unread = tree.gaps.find((gap) => gap.path === path || path.startsWith(`${gap.path}/`));
  if (unread !== undefined) throw refusal(`${path} cannot be written, as ${unread.path} ${unread.reason}`);
}

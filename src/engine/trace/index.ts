import type { Origin } from '../../model/origin.ts';
import type { FileTree } from '../../model/world.ts';
import type { Discovery } from '../discover/index.ts';

/** The source that owns a value of rendered output; other origins stay as they are. */
export function trace(_tree: FileTree, discovery: Discovery, origin: Origin): Origin {
  if (origin.rendered === undefined) return origin;
  const deployable = discovery.deployables.find(({ id }) => id === origin.rendered);
  return deployable === undefined ? origin : { path: deployable.declaredBy };
}

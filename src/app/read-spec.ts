import type { Spec } from '../model/spec.ts';
import type { FileTree } from '../model/world.ts';
import type { Project } from './project.ts';

/** The project's spec, judged; `undefined` where it has none. */
export async function readSpec(tree: FileTree, project: Project): Promise<Spec | undefined> {
  if (project.spec === undefined) return undefined;
  const [{ loadSpec }, { catalog }] = await Promise.all([
    import('../engine/load-spec.ts'),
    import('../controls/catalog.ts'),
  ]);
  return loadSpec(
    tree.text(project.spec),
    project.spec,
    catalog.map((meta) => meta.id),
  );
}

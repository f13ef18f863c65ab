import type { Deployable } from '../../model/platform.ts';
import { closureOf, rootFolders } from './kustomize-graph.ts';
import { NOTHING_FOUND, recognise, type Found } from './found.ts';
import { tellingNamespace } from './namespaces.ts';
import type { Survey } from './survey.ts';
import type { LeftOut } from './discovery.ts';

/**
 * The kustomizations that people build: roots outside of test folders, less those an application names already (it says more about
 * them). Components that no root takes in are left out.
 */
export function findKustomize(survey: Survey, named: ReadonlySet<string>): Found {
  const { kustomize, sources } = survey;
  if (kustomize.byFolder.size === 0) return NOTHING_FOUND;
  const counts = (folder: string): boolean => survey.leftOut(`${folder}/kustomization.yaml`) === undefined;
  const roots = rootFolders(kustomize, counts).filter((folder) => counts(folder) && !named.has(folder));
  const deployables = roots.map((folder) => kustomizeDeployable(survey, folder));
  const inUse = new Set([...roots, ...named].flatMap((folder) => [...closureOf(kustomize, sources, folder).folders]));
  return { deployables, leftOut: unselected(survey, inUse, counts), gaps: [] };
}

/** A kustomization as a deployable of its own. */
export function kustomizeDeployable(survey: Survey, folder: string, more: Partial<Deployable> = {}): Deployable {
  const kustomization = survey.kustomize.byFolder.get(folder);
  return {
    id: `kustomize:${folder}`,
    renderer: 'kustomize',
    path: folder,
    ...recognise([
      { what: 'folder', text: folder, path: true },
      { what: 'namespace', text: tellingNamespace(kustomization?.namespace, survey.environments) },
    ]),
    ...(kustomization?.namespace === undefined ? {} : { namespace: kustomization.namespace }),
    sources: closureOf(survey.kustomize, survey.sources, folder).files,
    declaredBy: kustomization?.path ?? folder,
    ...more,
  };
}

/** Components nobody selects, and kustomizations that only those, or a circle of their own, take in. */
function unselected(survey: Survey, inUse: ReadonlySet<string>, counts: (folder: string) => boolean): LeftOut[] {
  return [...survey.kustomize.byFolder.values()]
    .filter(({ folder }) => !inUse.has(folder) && counts(folder))
    .map(({ component, folder }) => ({
      path: folder,
      reason: component
        ? 'a Kustomize component that nothing selects'
        : 'a kustomization that only unselected ones take in',
    }));
}

import { isMapping } from '../../model/cursor.ts';
import { Scopes } from '../render/scope.ts';
import { environmentOf } from './environment.ts';
import type { Manifest } from './sources.ts';

/** Kinds of Kubernetes and well-known ones; what a repository declares itself is not read yet, and has a namespace until then. */
const SCOPES = new Scopes();

/**
 * The environment that the namespaces of a file's objects speak of: `staging` where every object stands in `staging` or `shop-staging`. Empty where
 * they speak of several or one of none, `undefined` where no object of the file has a namespace to have.
 */
export function environmentOfNamespaces(manifests: readonly Manifest[]): string | undefined {
  const namespaces = manifests.flatMap(namespaceOf);
  const environments = new Set(namespaces.map((name) => environmentOf(name)?.name ?? ''));
  const [first] = environments;
  return environments.size > 1 ? '' : first;
}

function namespaceOf({ apiVersion, kind, body }: Manifest): string[] {
  const metadata = isMapping(body['metadata']) ? body['metadata'] : {};
  const isNamespace = kind === 'Namespace' && apiVersion === 'v1';
  if (!isNamespace && SCOPES.isClusterScoped(apiVersion, kind)) return [];
  const name = metadata[isNamespace ? 'name' : 'namespace'];
  return [typeof name === 'string' ? name : ''];
}

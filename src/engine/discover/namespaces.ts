import { isMapping } from '../../model/cursor.ts';
import type { Deployable } from '../../model/platform.ts';
import { Scopes } from '../render/scope.ts';
import { environmentOf, isDeclaredByPlaces } from './environment.ts';
import type { Found } from './found.ts';
import type { Manifest } from './sources.ts';

/** Kinds of Kubernetes and well-known ones; what a repository declares itself is not read yet, and has a namespace until then. */
const SCOPES = new Scopes();

/**
 * The environment that a namespace speaks of. `ci` speaks of none: what builds and deploys runs in it, in production as well. Nor does `prod` where
 * only places of production are declared (`prod-eu`, `prod-us`): it is a namespace of each of them.
 */
export function environmentOfNamespace(namespace: string, declared: readonly string[]): string | undefined {
  const found = environmentOf(namespace)?.name;
  return found === undefined || found === 'ci' || isDeclaredByPlaces(found, declared) ? undefined : found;
}

/** A namespace that speaks of an environment, as a clue to it. */
export function tellingNamespace(namespace: string | undefined, declared: readonly string[]): string | undefined {
  return namespace === undefined || environmentOfNamespace(namespace, declared) === undefined ? undefined : namespace;
}

/**
 * The environment that the namespaces of a file's objects speak of: `staging` where every object stands in `staging` or `shop-staging`. Empty where
 * they speak of several or one of none, `undefined` where no object of the file has a namespace to have.
 */
export function environmentOfNamespaces(
  manifests: readonly Manifest[],
  declared: readonly string[],
): string | undefined {
  const namespaces = manifests.flatMap(namespaceOf);
  const environments = new Set(namespaces.map((name) => environmentOfNamespace(name, declared) ?? ''));
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

/**
 * Where nobody says which environments there are, the namespaces of one that is not production do not make it the one of folders beside them that name
 * none: `test` in one of many would relieve them all of what production is asked for. Then nothing is told apart.
 */
export function withoutLoneNamespace(found: Found, beside: readonly Deployable[]): Found {
  const all = [...found.deployables, ...beside];
  const named = new Set(all.flatMap(({ environment }) => environment ?? []));
  const [only] = named;
  const isBesideOthers = all.some(({ environment, renderer }) => environment === undefined && renderer !== 'terraform');
  if (only === undefined || named.size > 1 || !isBesideOthers || environmentOf(only)?.kind === 'production')
    return found;
  if (!all.every(({ environment, environmentFrom }) => environment === undefined || isByNamespace(environmentFrom)))
    return found;
  return {
    ...found,
    deployables: found.deployables.map(({ environment: _environment, environmentFrom: _from, ...one }) => one),
  };
}

function isByNamespace(environmentFrom: string | undefined): boolean {
  return environmentFrom?.startsWith('namespace') === true;
}

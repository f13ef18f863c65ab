import { cursor, type KubeObject } from '../../model/kube.ts';
import type { Cursor } from '../../model/cursor.ts';
import type { PlatformView } from '../../model/platform.ts';

/** A store that an ExternalSecret reads from and cannot use, or that nobody can see here. */
export interface StoreFault {
  /** `SecretStore shop/vault`. */
  readonly store: string;
  /** Why, as a clause behind the name; absent where the store is simply not in the repository. */
  readonly because?: string;
}

interface Reference {
  readonly kind: string;
  readonly name: string;
}

/**
 * What keeps an ExternalSecret from reading its stores. A SecretStore serves its own namespace alone, a ClusterSecretStore those its
 * conditions allow. Where a repository defines no ClusterSecretStore at all, those are the cluster's own, and not asked for.
 * https://external-secrets.io/latest/api/clustersecretstore/
 */
export function storeFaults(view: PlatformView, object: KubeObject): StoreFault[] {
  if (object.kind !== 'ExternalSecret') return [];
  const references = referencesOf(cursor(object).get('spec'));
  return [...new Map(references.map((one) => [`${one.kind}/${one.name}`, one])).values()].flatMap(
    (reference) => faultOf(view, reference, object.namespace ?? 'default') ?? [],
  );
}

function referencesOf(spec: Cursor): Reference[] {
  const sources = [...spec.get('data').items(), ...spec.get('dataFrom').items()].map((at) =>
    at.get('sourceRef', 'storeRef'),
  );
  return [spec.get('secretStoreRef'), ...sources].flatMap((at) => {
    const name = at.get('name').string();
    return name === undefined ? [] : [{ kind: at.get('kind').string() ?? 'SecretStore', name }];
  });
}

function faultOf(view: PlatformView, { kind, name }: Reference, namespace: string): StoreFault | undefined {
  const named = (of: string): KubeObject[] => view.objects(of).filter((object) => object.name === name);
  const [namespaced, cluster] = [named('SecretStore'), named('ClusterSecretStore')];
  if (kind === 'SecretStore') {
    const store = `SecretStore ${namespace}/${name}`;
    if (namespaced.some((object) => (object.namespace ?? 'default') === namespace)) return undefined;
    if (cluster.length > 0) return { store, because: 'is there as a ClusterSecretStore alone' };
    const elsewhere = namespaced.map((object) => object.namespace ?? 'default').join(', ');
    return elsewhere === '' ? { store } : { store, because: `is in namespace ${elsewhere} alone` };
  }
  if (kind !== 'ClusterSecretStore') return undefined;
  const store = `ClusterSecretStore ${name}`;
  if (cluster.length > 0)
    return cluster.some((object) => allows(object, namespace))
      ? undefined
      : { store, because: `does not serve namespace ${namespace}` };
  if (namespaced.length > 0) return { store, because: 'is there as a SecretStore alone' };
  return view.objects('ClusterSecretStore').length > 0 ? { store } : undefined;
}

/** Whether a store serves a namespace; a condition by labels or pattern may. */
function allows(object: KubeObject, namespace: string): boolean {
  const conditions = cursor(object).get('spec', 'conditions').items();
  return (
    conditions.length === 0 ||
    conditions.some(
      (at) =>
        at.get('namespaceSelector').exists ||
        at.get('namespaceRegexes').exists ||
        at.get('namespaces').strings().includes(namespace),
    )
  );
}

/** The ConfigMaps without which pods do not start: the kubelet waits for each that is not optional, and for each key asked for by name. */
import type { Cursor } from '../../model/cursor.ts';
import { containers, cursor, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { volumeSources } from '../../model/volumes.ts';

/** What pods ask for and is not there. */
export interface Unmet {
  /** `ConfigMap shop/settings`. */
  readonly configMap: string;
  /** The key that it lacks; absent where the ConfigMap itself is not in the repository. */
  readonly key?: string;
  /** The keys that it has. */
  readonly keys: readonly string[];
  readonly origin: Origin;
}

interface Asked {
  readonly name: string;
  readonly key?: string;
  readonly origin: Origin;
}

/** In every namespace without anybody's manifest: of Kubernetes itself, of OpenShift and of Istio. */
const ALWAYS_THERE: ReadonlySet<string> = new Set([
  'kube-root-ca.crt',
  'openshift-service-ca.crt',
  'istio-ca-root-cert',
]);

/** Each once, in the order in which the pods ask. */
export function unmetBy(view: PlatformView, workload: Workload): Unmet[] {
  const found = askedBy(workload).flatMap(({ name, key, origin }): Unmet[] => {
    const configMap = `ConfigMap ${workload.namespace}/${name}`;
    const made = configMaps(view).get(`${workload.namespace}/${name}`) ?? [];
    if (made.length === 0)
      return ALWAYS_THERE.has(name) || isBundle(view, name) ? [] : [{ configMap, keys: [], origin }];
    const keys = [...new Set(made.flatMap(keysOf))];
    return key === undefined || keys.includes(key) ? [] : [{ configMap, key, keys, origin }];
  });
  return [...new Map(found.map((one) => [`${one.configMap} ${one.key ?? ''}`, one])).values()];
}

/** What settles nothing: made by somebody else, or filled by somebody else. */
export function openAbout(workload: Workload, unmet: readonly Unmet[]): string | undefined {
  const open = unmet.find(({ keys }) => keys.length === 0);
  if (open === undefined) return undefined;
  const { configMap, key } = open;
  return key === undefined
    ? `pods of ${workloadName(workload)} do not start without ${configMap}, which no manifest here makes: somebody makes it by hand, or another repository does`
    : `pods of ${workloadName(workload)} do not start without the key ${key} of ${configMap}, which is empty in the repository: something in the cluster has to fill it`;
}

const configMaps = oncePerPlatform((view: PlatformView) =>
  Map.groupBy(
    view.objects('ConfigMap').filter(({ apiVersion }) => apiVersion === 'v1'),
    ({ namespace = 'default', name }) => `${namespace}/${name}`,
  ),
);

/** A Bundle of trust-manager makes a ConfigMap of its name in namespaces of its choice. */
function isBundle(view: PlatformView, name: string): boolean {
  return view
    .objects('Bundle')
    .some((object) => object.apiVersion.startsWith('trust.cert-manager.io/') && object.name === name);
}

function keysOf(object: KubeObject): string[] {
  return ['data', 'binaryData'].flatMap((field) =>
    cursor(object)
      .get(field)
      .entries()
      .map(([key]) => key),
  );
}

function askedBy(workload: Workload): Asked[] {
  const variables = containers(workload).flatMap(({ at }) => [
    ...at
      .get('envFrom')
      .items()
      .flatMap((source) => whole(source.get('configMapRef'))),
    ...at
      .get('env')
      .items()
      .flatMap((entry) => keyed(entry.get('valueFrom', 'configMapKeyRef'))),
  ]);
  const mounted = volumeSources(workload).flatMap((source) => [
    ...whole(source.get('configMap')),
    ...items(source.get('configMap')),
  ]);
  return [...variables, ...mounted];
}

function whole(reference: Cursor): Asked[] {
  const name = reference.get('name').string();
  return name === undefined || isOptional(reference) ? [] : [{ name, origin: reference.origin }];
}

function keyed(reference: Cursor): Asked[] {
  const key = reference.get('key').string();
  return key === undefined ? [] : whole(reference).map((asked) => ({ ...asked, key }));
}

function items(source: Cursor): Asked[] {
  return source
    .get('items')
    .items()
    .flatMap((item) => {
      const key = item.get('key').string();
      return key === undefined ? [] : whole(source).map((asked) => ({ ...asked, key, origin: item.origin }));
    });
}

function isOptional(reference: Cursor): boolean {
  return reference.get('optional').boolean() === true;
}

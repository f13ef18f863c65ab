import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { groupOf } from '../../proofs/disruption/read/index.ts';
import { producers } from '../../proofs/secrets/index.ts';

/** Kinds that a quota counts by a name of its own. https://kubernetes.io/docs/concepts/policy/resource-quotas/#object-count-quota */
const NAMED: Readonly<Record<string, string>> = {
  configmaps: 'ConfigMap',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  replicationcontrollers: 'ReplicationController',
  resourcequotas: 'ResourceQuota',
  secrets: 'Secret',
  services: 'Service',
};

/**
 * How many objects of the repository a resource of a quota counts in a namespace; `undefined` for one that counts something else.
 * `claims`: those that the StatefulSets of the namespace make.
 */
export function objectCount(
  view: PlatformView,
  resource: string,
  namespace: string,
  claims: () => number,
): number | undefined {
  const inside = (kind: string): readonly KubeObject[] => view.objects(kind, namespace);
  if (resource === 'services.loadbalancers')
    return inside('Service').filter((object) => typeOf(object) === 'LoadBalancer').length;
  if (resource === 'services.nodeports') return inside('Service').reduce((sum, object) => sum + nodePorts(object), 0);
  const [plural = '', group = ''] = parted(resource.replace(/^count\//, ''));
  if (!resource.startsWith('count/') && NAMED[resource] === undefined) return undefined;
  if (group !== '') return ofGroup(view, plural, group, namespace);
  const kind = NAMED[plural];
  if (kind === undefined) return undefined;
  const names = new Set(inside(kind).map(({ name }) => name));
  // The cluster's own certificate, which every namespace gets.
  if (kind === 'ConfigMap') names.add('kube-root-ca.crt');
  if (kind === 'Secret') for (const made of producers(view)) if (made.namespace === namespace) names.add(made.secret);
  return names.size + (kind === 'PersistentVolumeClaim' ? claims() : 0);
}

/** Of each Deployment two ReplicaSets are there during a rollout. */
function ofGroup(view: PlatformView, plural: string, group: string, namespace: string): number {
  if (plural === 'replicasets' && group === 'apps')
    return 2 * ofGroup(view, 'deployments', group, namespace) + counted(view, plural, group, namespace);
  return counted(view, plural, group, namespace);
}

function counted(view: PlatformView, plural: string, group: string, namespace: string): number {
  const kinds = view.kinds().filter((kind) => pluralOf(kind) === plural);
  return kinds
    .flatMap((kind) => view.objects(kind, namespace))
    .filter(({ apiVersion }) => groupOf(apiVersion) === group).length;
}

/** `deployments.apps` in its name and its group. */
function parted(resource: string): [string, string] {
  const dot = resource.indexOf('.');
  return dot === -1 ? [resource, ''] : [resource.slice(0, dot), resource.slice(dot + 1)];
}

/** As kinds of Kubernetes are named in its API. */
function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (/(?:s|x|ch|sh)$/.test(lower)) return `${lower}es`;
  return /[^aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

function typeOf(object: KubeObject): string | undefined {
  return cursor(object).get('spec', 'type').string();
}

function nodePorts(object: KubeObject): number {
  const spec = cursor(object).get('spec');
  const type = typeOf(object);
  const has =
    type === 'NodePort' || (type === 'LoadBalancer' && spec.get('allocateLoadBalancerNodePorts').boolean() !== false);
  return has ? spec.get('ports').items().length : 0;
}

import { isMapping } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** A policy of a kind that the engine does not model. What it is about cannot be told, in its namespace or everywhere. */
export interface ForeignPolicy {
  /** `ClusterNetworkPolicy deny-all`. */
  readonly id: string;
  /** Undefined: about every namespace. */
  readonly namespace?: string;
  /** It may let through what the policies that are modelled stop; otherwise it only stops more. */
  readonly widens: boolean;
  /** Connections of one direction alone: Istio and Linkerd authorize who comes in, a Sidecar limits what goes out. */
  readonly direction?: Direction;
  readonly origin: Origin;
}

type Direction = 'ingress' | 'egress';

/** Kinds by group. Those of Istio act on what already got through, and so can only take away. */
const KINDS: readonly (readonly [kind: string, widens: boolean, direction?: Direction])[] = [
  ['ClusterNetworkPolicy.crd.antrea.io', true],
  ['NetworkPolicy.crd.antrea.io', true],
  ['AuthorizationPolicy.security.istio.io', false, 'ingress'],
  ['Sidecar.networking.istio.io', false, 'egress'],
  ['AuthorizationPolicy.policy.linkerd.io', false, 'ingress'],
];

export const foreignPolicies = oncePerPlatform((view: PlatformView): readonly ForeignPolicy[] =>
  KINDS.flatMap(([kind, widens, direction]) =>
    view
      .objects(kind)
      .filter(decides)
      .map((object) => {
        const isWide =
          object.kind.startsWith('Cluster') || object.namespace === undefined || object.namespace === 'istio-system';
        return {
          id: `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`,
          ...(!isWide && object.namespace !== undefined && { namespace: object.namespace }),
          widens,
          ...(direction !== undefined && { direction }),
          origin: object.origin,
        };
      }),
  ),
);

/** An AuthorizationPolicy of Istio may only watch, or allow everything: a rule without members matches every request. */
function decides(object: KubeObject): boolean {
  const spec = cursor(object).get('spec');
  const action = spec.get('action').value;
  if (action === 'AUDIT') return false;
  if (!object.apiVersion.startsWith('security.istio.io/') || (action !== undefined && action !== 'ALLOW')) return true;
  return !spec
    .get('rules')
    .items()
    .some(({ value }) => isMapping(value) && Object.keys(value).length === 0);
}

/** The first policy of another kind that may decide about pods of one of the namespaces; of connections of one direction where that is given. */
export function foreignIn(
  policies: readonly ForeignPolicy[],
  namespaces: readonly string[],
  onlyWidening = false,
  direction?: Direction,
): ForeignPolicy | undefined {
  return policies.find(
    ({ namespace, widens, direction: own = direction }) =>
      (!onlyWidening || widens) &&
      (direction === undefined || own === direction) &&
      (namespace === undefined || namespaces.includes(namespace)),
  );
}

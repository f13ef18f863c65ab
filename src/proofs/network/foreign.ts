import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** A policy of a kind that the engine does not model. What it is about cannot be told, in its namespace or everywhere. */
export interface ForeignPolicy {
  /** `CiliumNetworkPolicy shop/api`. */
  readonly id: string;
  /** Undefined: about every namespace. */
  readonly namespace?: string;
  /** It may let through what the policies that are modelled stop; otherwise it only stops more. */
  readonly widens: boolean;
  readonly origin: Origin;
}

/** Kinds by group. Those of Istio act on what already got through, and so can only take away. */
const KINDS: readonly (readonly [kind: string, widens: boolean])[] = [
  ['CiliumNetworkPolicy.cilium.io', true],
  ['CiliumClusterwideNetworkPolicy.cilium.io', true],
  ['NetworkPolicy.projectcalico.org', true],
  ['NetworkPolicy.crd.projectcalico.org', true],
  ['GlobalNetworkPolicy.projectcalico.org', true],
  ['GlobalNetworkPolicy.crd.projectcalico.org', true],
  ['ClusterNetworkPolicy.crd.antrea.io', true],
  ['NetworkPolicy.crd.antrea.io', true],
  ['AuthorizationPolicy.security.istio.io', false],
  ['Sidecar.networking.istio.io', false],
  ['AuthorizationPolicy.policy.linkerd.io', false],
];

export const foreignPolicies = oncePerPlatform((view: PlatformView): readonly ForeignPolicy[] =>
  KINDS.flatMap(([kind, widens]) =>
    view.objects(kind).map((object) => {
      const isWide =
        /^(?:CiliumClusterwide|Global|Cluster)/.test(object.kind) ||
        object.namespace === undefined ||
        object.namespace === 'istio-system';
      return {
        id: `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`,
        ...(!isWide && object.namespace !== undefined && { namespace: object.namespace }),
        widens,
        origin: object.origin,
      };
    }),
  ),
);

/** The first policy of another kind that may decide about pods of one of the namespaces. */
export function foreignIn(
  policies: readonly ForeignPolicy[],
  namespaces: readonly string[],
  onlyWidening = false,
): ForeignPolicy | undefined {
  return policies.find(
    ({ namespace, widens }) => (!onlyWidening || widens) && (namespace === undefined || namespaces.includes(namespace)),
  );
}

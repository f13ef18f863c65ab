import type { Selector } from '../../model/selector.ts';
import { joined, NO_ADDRESSES, type Addresses } from './addresses.ts';
import { unionAll } from './intervals.ts';
import { ALL_PORTS, NO_PORTS, portRange, type Ports, type Protocol } from './ports.ts';
import type {
  CalicoPolicy,
  Direction,
  NamespacedPolicy,
  PeerInput,
  PodsPeer,
  PortInput,
  RuleInput,
  TierAction,
  TierPolicy,
  TierRule,
} from './types.ts';

/** The peers of a rule, sorted by how they are matched; all of them are alternatives. */
export interface Peers {
  readonly pods: readonly PodsPeer[];
  /** Addresses, whoever has them. */
  readonly addresses: Addresses;
  /** Addresses of nodes and of nobody in the cluster. */
  readonly noPods: Addresses;
  /** Addresses of nobody in the cluster. */
  readonly outside: Addresses;
  /** Those of `outside` that may be nodes' as well. */
  readonly perhapsNodes: Addresses;
  readonly nodes: readonly Selector[];
  readonly domains: readonly string[];
  readonly ownNode: boolean;
  readonly apiServer: boolean;
  readonly plugin: boolean;
}

export interface NamedPort {
  readonly protocol: Protocol | undefined;
  readonly name: string;
}

/** A rule with its ports as a set, and the names that each destination resolves for itself. */
export interface Rule {
  readonly policy: Policy;
  readonly direction: Direction;
  readonly index: number;
  readonly action: TierAction;
  /** Undefined: everybody. */
  readonly peers: Peers | undefined;
  /** Which of the policy's own pods it is about; undefined: all. */
  readonly own: Peers | undefined;
  readonly fixed: Ports;
  readonly names: readonly NamedPort[];
  readonly input: RuleInput | TierRule;
}

export interface Policy {
  readonly kind: 'namespaced' | 'tier' | 'calico';
  /** Position among all policies of its kind: answers list policies in this order. */
  readonly order: number;
  readonly id: string;
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
  readonly refused: string | undefined;
  readonly input: NamespacedPolicy | TierPolicy | CalicoPolicy;
}

export interface Namespaced extends Policy {
  readonly kind: 'namespaced';
  readonly input: NamespacedPolicy;
}

export interface Tiered extends Policy {
  readonly kind: 'tier';
  readonly input: TierPolicy;
}

export interface Calico extends Policy {
  readonly kind: 'calico';
  readonly input: CalicoPolicy;
}

export function compileNamespaced(input: NamespacedPolicy, order: number): Namespaced {
  return withRules({ kind: 'namespaced', order, id: input.id, refused: input.refused, input }, input);
}

export function compileTier(input: TierPolicy, order: number): Tiered {
  return withRules({ kind: 'tier', order, id: input.id, refused: input.refused, input }, input);
}

export function compileCalico(input: CalicoPolicy, order: number): Calico {
  return withRules({ kind: 'calico', order, id: input.id, refused: input.refused, input }, input);
}

function withRules<P extends Omit<Policy, 'ingress' | 'egress'>>(
  head: P,
  input: { readonly ingress: readonly RuleInput[] | undefined; readonly egress: readonly RuleInput[] | undefined },
): P & Pick<Policy, 'ingress' | 'egress'> {
  const policy = { ...head, ingress: undefined, egress: undefined } as P & {
    ingress: readonly Rule[] | undefined;
    egress: readonly Rule[] | undefined;
  };
  const compile = (direction: Direction): readonly Rule[] | undefined =>
    input[direction]?.map((rule, index) => compileRule(rule, policy as unknown as Policy, direction, index));
  policy.ingress = compile('ingress');
  policy.egress = compile('egress');
  return policy;
}

/**
 * A tier's rule with a peer of an unknown field fails closed as a whole: Accept matches nothing, Deny and Pass become "deny all"
 * (network-policy-api `apis/v1alpha2/clusternetworkpolicy_types.go`, ClusterNetworkPolicyEgressPeer). A NetworkPolicy's peer of which
 * no field is known selects nothing.
 */
function compileRule(input: RuleInput | TierRule, policy: Policy, direction: Direction, index: number): Rule {
  const action = input.action ?? 'Accept';
  const strange = policy.kind === 'tier' && input.peers?.some(({ kind }) => kind === 'unknown') === true;
  const own = input.own === undefined ? undefined : peersOf(input.own);
  const head = { policy, direction, index, input, own };
  if (strange && action === 'Accept') return { ...head, action, peers: peersOf([]), fixed: NO_PORTS, names: [] };
  if (strange) return { ...head, action: 'Deny', peers: undefined, fixed: ALL_PORTS, names: [] };
  const peers = input.peers === undefined ? undefined : peersOf(input.peers);
  return { ...head, action, peers, ...portsOf(input.ports) };
}

function peersOf(inputs: readonly PeerInput[]): Peers {
  const outside = inputs.filter((peer) => peer.kind === 'outside');
  const has = (wanted: PeerInput['kind']): boolean => inputs.some(({ kind }) => kind === wanted);
  return {
    pods: inputs.filter((peer) => peer.kind === 'pods'),
    addresses: allOf(inputs.flatMap((peer) => (peer.kind === 'addresses' ? [peer.addresses] : []))),
    noPods: allOf(inputs.flatMap((peer) => (peer.kind === 'no-pods' ? [peer.addresses] : []))),
    outside: allOf(outside.map(({ addresses }) => addresses)),
    perhapsNodes: allOf(outside.filter(({ nodes }) => nodes).map(({ addresses }) => addresses)),
    nodes: inputs.flatMap((peer) => (peer.kind === 'nodes' ? [peer.selector] : [])),
    domains: inputs.flatMap((peer) => (peer.kind === 'domains' ? peer.names : [])),
    ownNode: has('own-node'),
    apiServer: has('api-server'),
    plugin: has('plugin'),
  };
}

function allOf(blocks: readonly Addresses[]): Addresses {
  return blocks.length === 0 ? NO_ADDRESSES : joined(blocks);
}

/** All addresses outside of the cluster that the peers hold. */
export function outsideOf({ addresses, noPods, outside }: Peers): Addresses {
  return noPods.length + outside.length === 0 ? addresses : joined([addresses, noPods, outside]);
}

function portsOf(inputs: readonly PortInput[] | undefined): Pick<Rule, 'fixed' | 'names'> {
  if (inputs === undefined) return { fixed: ALL_PORTS, names: [] };
  const fixed: Ports[] = [];
  const names: NamedPort[] = [];
  for (const { protocol, name, first, last } of inputs) {
    if (name !== undefined) names.push({ protocol, name });
    else if (protocol !== undefined)
      fixed.push(first === undefined ? portRange(protocol) : portRange(protocol, first, last ?? first));
  }
  return { fixed: unionAll(fixed), names };
}

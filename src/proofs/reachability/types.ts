/**
 * What the engine reasons about, free of YAML: pods, namespaces, policies of all three kinds in one form, and the address ranges of
 * the cluster. `read/` makes it from a platform; a test writes it by hand.
 */
import type { Origin } from '../../model/origin.ts';
import type { Selector } from '../../model/selector.ts';
import type { Addresses } from './addresses.ts';
import type { Protocol } from './ports.ts';

export type Direction = 'ingress' | 'egress';

export interface NamespaceInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** False where no Namespace manifest says what labels it has: then only `kubernetes.io/metadata.name` is known. */
  readonly complete: boolean;
  readonly origin?: Origin;
}

export interface ContainerPort {
  readonly name?: string;
  readonly protocol: Protocol;
  readonly port: number;
}

/** The pods of one workload: all alike. */
export interface PodsInput {
  /** `shop/api[Deployment]`; unique. */
  readonly id: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** True: there may be other labels than these. A list: only of these keys. */
  readonly moreLabels?: boolean | readonly string[];
  readonly hostNetwork: boolean;
  /** Ports that containers list; undefined: not known. */
  readonly ports: readonly ContainerPort[] | undefined;
  readonly origin?: Origin;
}

/** One entry of a rule's ports. No port and no name: all ports of the protocol. */
export interface PortInput {
  /** Undefined only beside a name: any protocol under which the pod lists that name (ClusterNetworkPolicy). */
  readonly protocol: Protocol | undefined;
  readonly name?: string;
  readonly first?: number;
  readonly last?: number;
}

/** `namespaces` absent: the subject's own namespace. `pods` absent: all pods. `within`: those alone whose address is one of these. */
export interface PodsPeer {
  readonly namespaces?: Selector;
  readonly pods?: Selector;
  readonly within?: Addresses;
}

export type PeerInput =
  | ({ readonly kind: 'pods' } & PodsPeer)
  | { readonly kind: 'addresses'; readonly addresses: Addresses }
  /** Addresses that are no pod's: those outside, and those of nodes. */
  | { readonly kind: 'no-pods'; readonly addresses: Addresses }
  /** Addresses that are no pod's, whatever they are; `nodes`: whether a node's may be among them hangs on how the plugin is set up. */
  | { readonly kind: 'outside'; readonly addresses: Addresses; readonly nodes: boolean }
  | { readonly kind: 'nodes'; readonly selector: Selector }
  | { readonly kind: 'domains'; readonly names: readonly string[] }
  /** The node of the pod itself. */
  | { readonly kind: 'own-node' }
  /** The API server of the cluster, wherever it runs. */
  | { readonly kind: 'api-server' }
  /** Parts of the plugin itself that answer no question here, such as its health checks. */
  | { readonly kind: 'plugin' }
  /** A field that this version of the API does not have: fails closed. */
  | { readonly kind: 'unknown' };

export interface RuleInput {
  /** Undefined: every peer. Empty: nobody; where the standard has an empty list mean everybody, its reader makes it undefined. */
  readonly peers: readonly PeerInput[] | undefined;
  /** Undefined: every port. Empty: none. */
  readonly ports: readonly PortInput[] | undefined;
  /** Accept, unless it says otherwise. */
  readonly action?: TierAction;
  /** Its place in the manifest, where that is not `ingress[0]`, counted as it comes. */
  readonly place?: string;
  /** Which of the policy's own pods it is about; all, where it does not say. */
  readonly own?: readonly PeerInput[];
  /** Why it may be about fewer connections than it says. */
  readonly doubt?: string;
  /** It lets less through than whole connections: requests of a protocol, or server names. */
  readonly narrower?: boolean;
  /** Names, or patterns of them, whose addresses the plugin learns as pods ask for them under this rule. */
  readonly resolves?: readonly string[];
  readonly origin?: Origin;
}

/**
 * A policy whose allowances add up with those of all others: a NetworkPolicy, or one of a network plugin. Rules of a direction are undefined
 * where the policy does nothing in it.
 */
export interface NamespacedPolicy {
  /** `NetworkPolicy shop/default-deny`. */
  readonly id: string;
  /** Empty where it is about more than one. */
  readonly namespace: string;
  /** The namespaces that it is about, in place of its own. */
  readonly namespaces?: Selector;
  readonly pods: Selector;
  readonly ingress: readonly RuleInput[] | undefined;
  readonly egress: readonly RuleInput[] | undefined;
  /** Of the plugin Cilium, which knows pods on the host's network for nodes and asks its policies of traffic to the own node. */
  readonly plugin?: 'cilium';
  /** Directions in which it does not isolate: what its rules do not name passes, unless another policy isolates. */
  readonly lenient?: readonly Direction[];
  /** Why it may select fewer pods than it says. */
  readonly doubt?: string;
  /** Why the API server would refuse it; then what it does to the pods it selects is unknown. */
  readonly refused?: string;
  readonly origin?: Origin;
}

export type TierAction = 'Accept' | 'Deny' | 'Pass';

export interface TierRule extends RuleInput {
  readonly action: TierAction;
  readonly name?: string;
}

/** A ClusterNetworkPolicy, AdminNetworkPolicy or BaselineAdminNetworkPolicy. */
export interface TierPolicy {
  readonly id: string;
  readonly tier: 'Admin' | 'Baseline';
  /** 0 to 1000, lower first; a BaselineAdminNetworkPolicy stands after all others of its tier. */
  readonly priority: number;
  readonly subject: { readonly namespaces: Selector; readonly pods?: Selector };
  /** Undefined: cannot be read, so whatever the policy governs is unknown. */
  readonly ingress: readonly TierRule[] | undefined;
  readonly egress: readonly TierRule[] | undefined;
  /** Why the API server would refuse it; then it may be in force as it is written, or not at all. */
  readonly refused?: string;
  readonly origin?: Origin;
}

/** A tier of Calico: its policies are asked before those of a tier with a higher order. */
export interface CalicoTier {
  readonly name: string;
  /** Infinite where it stands after all others. */
  readonly order: number;
  /** Whether it drops, at its end, what none of its policies decided about pods that one of them selects. */
  readonly denies: boolean;
}

/** A NetworkPolicy or GlobalNetworkPolicy of Calico. */
export interface CalicoPolicy {
  readonly id: string;
  /** Empty where it is about the whole cluster. */
  readonly namespace: string;
  readonly tier: CalicoTier;
  /** Within the tier, lower first; infinite where it does not say. */
  readonly order: number;
  /** It selects the pods of any of these. */
  readonly subjects: readonly { readonly namespaces: Selector; readonly pods: Selector }[];
  /** Whether it may select what runs on the host's network, where that is known as a host endpoint. */
  readonly hosts: boolean;
  /** Undefined where it does nothing in the direction. */
  readonly ingress: readonly TierRule[] | undefined;
  readonly egress: readonly TierRule[] | undefined;
  /** Why it may select fewer pods than it says. */
  readonly doubt?: string;
  /** Why the API server would refuse it; then what it does to the pods it selects is unknown. */
  readonly refused?: string;
  /** Why it is not known where it stands among the others, and so what it does. */
  readonly adrift?: string;
  readonly origin?: Origin;
}

export interface ServicePortInput {
  readonly name?: string;
  readonly protocol: Protocol;
  readonly port: number;
  /** A number or the name of a container port. */
  readonly target: number | string;
}

export interface ServiceInput {
  readonly namespace: string;
  readonly name: string;
  /** Undefined: no selector, its endpoints are kept elsewhere. */
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly ports: readonly ServicePortInput[];
  readonly origin?: Origin;
}

export interface ReachInput {
  readonly namespaces: readonly NamespaceInput[];
  readonly pods: readonly PodsInput[];
  readonly policies: readonly NamespacedPolicy[];
  /** Policies of a network plugin that count beside the NetworkPolicies. */
  readonly plugin?: readonly NamespacedPolicy[];
  readonly tiers: readonly TierPolicy[];
  readonly calico?: readonly CalicoPolicy[];
  readonly services: readonly ServiceInput[];
  /** Where pods and nodes have their addresses; undefined: not declared, so whether a block holds them is unknown. */
  readonly podAddresses: Addresses | undefined;
  readonly nodeAddresses: Addresses | undefined;
}

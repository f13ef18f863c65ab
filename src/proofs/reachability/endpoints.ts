import { NEVER_A_PEER, contains, ALL_V4, ALL_V6, type Addresses } from './addresses.ts';
import type { Namespace, PodClass } from './classes.ts';
import type { Peers, Rule } from './compile.ts';
import { covers, subtract, union } from './intervals.ts';
import { both, either, isEverything, matches, type Match } from './match.ts';

/** Who may be at an end of a connection. */
export type Endpoint =
  | { readonly kind: 'pods'; readonly pods: PodClass }
  /** Addresses outside of the cluster. */
  | { readonly kind: 'addresses'; readonly addresses: Addresses }
  /** A host's own processes: the kubelet and whatever else runs on it; `own`: of the node on which the pod at the other end runs. */
  | { readonly kind: 'node'; readonly own: boolean }
  /** Somebody of whom nothing is known: any pod, node or address. */
  | { readonly kind: 'anyone' };

/**
 * One way in which an implementation may see an endpoint. Several for pods on the host's network, of whom the standard leaves open
 * whether they are seen as pods or as their node.
 */
export type Reading =
  | { readonly as: 'pod'; readonly pods: PodClass }
  | { readonly as: 'address'; readonly addresses: Addresses }
  | { readonly as: 'node' }
  | { readonly as: 'own-node' }
  | { readonly as: 'anyone' };

export function readingsOf(endpoint: Endpoint): readonly Reading[] {
  switch (endpoint.kind) {
    case 'pods': {
      const reading: Reading = { as: 'pod', pods: endpoint.pods };
      return endpoint.pods.hostNetwork ? [reading, { as: 'node' }, { as: 'own-node' }] : [reading];
    }
    case 'addresses':
      return [{ as: 'address', addresses: endpoint.addresses }];
    case 'node':
      return [{ as: endpoint.own ? 'own-node' : 'node' }];
    case 'anyone':
      return [{ as: 'anyone' }];
  }
}

/** Pods that no peer names. */
export const STRANGER: PodClass = {
  index: -1,
  namespace: { name: '', labels: {}, complete: true },
  labels: { labels: {}, complete: true },
  hostNetwork: false,
  ports: [],
  members: [],
};

/** Where the cluster's own addresses lie, as far as declared. */
export interface Places {
  readonly pods: Addresses | undefined;
  readonly nodes: Addresses | undefined;
}

/** Whether a rule of a policy, for subjects in the namespace, is about the peer as it is read. */
export function concerns(rule: Rule, subject: Namespace, peer: Reading, places: Places): Match {
  const { peers } = rule;
  if (peers === undefined) return 2;
  switch (peer.as) {
    case 'pod':
      return concernsPod(rule, peers, subject, peer.pods, places);
    case 'address':
      return either(
        contains(peers.addresses, peer.addresses),
        peers.domains || nodesHold(peers, peer.addresses, places) ? 1 : 0,
      );
    case 'node':
      return either(perhapsIn(peers.addresses, places.nodes), matchesNodes(peers));
    case 'own-node':
      return 2;
    case 'anyone':
      return isNobody(peers) ? 0 : 1;
  }
}

function concernsPod(rule: Rule, peers: Peers, subject: Namespace, pods: PodClass, places: Places): Match {
  // In the outer tiers, pods on the host's network are no pods; their address is their node's.
  const address = pods.hostNetwork ? places.nodes : places.pods;
  let match = perhapsIn(peers.addresses, address);
  if (pods.hostNetwork && rule.policy.kind === 'tier') return either(match, matchesNodes(peers));
  if (pods === STRANGER) return match;
  for (const peer of peers.pods) {
    if (match === 2) return match;
    const namespace: Match =
      peer.namespaces === undefined
        ? pods.namespace.name === subject.name
          ? 2
          : 0
        : matches(peer.namespaces, pods.namespace);
    if (namespace > 0) match = either(match, both(namespace, matches(peer.pods, pods.labels)));
  }
  return match;
}

/** Whether a set of addresses holds a peer that lies in `where`; when that is not declared, all but surely foreign sets may hold it. */
function perhapsIn(addresses: Addresses, where: Addresses | undefined): Match {
  if (addresses.length === 0) return 0;
  if (where !== undefined) return contains(addresses, where);
  if (covers(addresses, EVERY_ADDRESS)) return 2;
  return subtract(addresses, NEVER_A_PEER).length > 0 ? 1 : 0;
}

const EVERY_ADDRESS = subtract(union(ALL_V4, ALL_V6), NEVER_A_PEER);

function matchesNodes({ nodes }: Peers): Match {
  if (nodes.length === 0) return 0;
  return nodes.some(isEverything) ? 2 : 1;
}

function nodesHold({ nodes }: Peers, addresses: Addresses, places: Places): boolean {
  return nodes.length > 0 && places.nodes !== undefined && contains(places.nodes, addresses) > 0;
}

function isNobody({ pods, addresses, nodes, domains }: Peers): boolean {
  return pods.length === 0 && addresses.length === 0 && nodes.length === 0 && !domains;
}

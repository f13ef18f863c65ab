import { NEVER_A_PEER, contains, ALL_V4, ALL_V6, type Addresses } from './addresses.ts';
import type { Namespace, PodClass } from './classes.ts';
import { outsideOf, type Peers, type Rule } from './compile.ts';
import { coversName } from './names.ts';
import { covers, subtract, union } from './intervals.ts';
import { both, either, isEverything, matches, type Match } from './match.ts';

/** Who may be at an end of a connection. */
export type Endpoint =
  | { readonly kind: 'pods'; readonly pods: PodClass }
  /** Addresses outside of the cluster. */
  | { readonly kind: 'addresses'; readonly addresses: Addresses }
  /** A host's own processes: the kubelet and whatever else runs on it; `own`: of the node on which the pod at the other end runs. */
  | { readonly kind: 'node'; readonly own: boolean }
  /** The cluster's API server, wherever it runs, for rules that know it by that. */
  | { readonly kind: 'api-server' }
  /** Hosts outside, by their names, for rules that know names; all of them are meant. */
  | { readonly kind: 'hosts'; readonly names: readonly string[] }
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
  | { readonly as: 'api-server' }
  | { readonly as: 'hosts'; readonly names: readonly string[] }
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
    case 'api-server':
      return [{ as: 'api-server' }];
    case 'hosts':
      return [{ as: 'hosts', names: endpoint.names }];
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

/** Whether a rule is about pods of its own policy, where it names some of them. */
export function isAboutOwn(rule: Rule, pods: PodClass, places: Places): Match {
  if (rule.own === undefined) return 2;
  return pods.hostNetwork ? 1 : concernsPod(rule, rule.own, pods.namespace, pods, places);
}

/** Whether a rule of a policy, for subjects in the namespace, is about the peer as it is read. */
export function concerns(rule: Rule, subject: Namespace, peer: Reading, places: Places): Match {
  const match = rule.peers === undefined ? 2 : concernsAs(rule, rule.peers, subject, peer, places);
  return rule.input.doubt === undefined ? match : both(match, 1);
}

function concernsAs(rule: Rule, peers: Peers, subject: Namespace, peer: Reading, places: Places): Match {
  switch (peer.as) {
    case 'pod':
      return concernsPod(rule, peers, subject, peer.pods, places);
    case 'address':
      return either(
        contains(outsideOf(peers), peer.addresses),
        peers.domains.length > 0 || nodesHold(peers, peer.addresses, places) ? 1 : 0,
      );
    case 'own-node':
      if (isOfCilium(rule)) return peers.ownNode ? 2 : 0;
      return either(perhapsIn(peers.addresses, places.nodes), matchesNodes(peers, places));
    case 'node':
      return either(perhapsIn(peers.addresses, places.nodes), matchesNodes(peers, places));
    case 'api-server':
      return peers.apiServer ? 2 : 0;
    case 'hosts':
      return concernsHosts(peers, peer.names);
    case 'anyone':
      return isNobody(peers) ? 0 : 1;
  }
}

function concernsPod(rule: Rule, peers: Peers, subject: Namespace, pods: PodClass, places: Places): Match {
  // In the outer tiers, pods on the host's network are no pods; their address is their node's.
  const address = pods.hostNetwork ? places.nodes : places.pods;
  let match = perhapsIn(peers.addresses, address);
  if (pods.hostNetwork && isNodeTo(rule)) return either(match, matchesNodes(peers, places));
  if (pods === STRANGER) return match;
  for (const peer of peers.pods) {
    if (match === 2) return match;
    const namespace: Match =
      peer.namespaces === undefined
        ? pods.namespace.name === subject.name
          ? 2
          : 0
        : matches(peer.namespaces, pods.namespace);
    if (namespace === 0) continue;
    const selected = both(namespace, matches(peer.pods, pods.labels));
    match = either(match, peer.within === undefined ? selected : both(selected, perhapsIn(peer.within, address)));
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

/** Whether the rule knows pods on the host's network for their node, as those of the outer tiers, of Cilium and of Calico do. */
function isNodeTo(rule: Rule): boolean {
  return rule.policy.kind !== 'namespaced' || isOfCilium(rule);
}

function isOfCilium({ policy: { input } }: Rule): boolean {
  return 'plugin' in input && input.plugin === 'cilium';
}

/** The API server may run on any node; blocks that are about addresses outside may hold nodes, where the plugin is told so. */
function matchesNodes({ nodes, apiServer, perhapsNodes, noPods }: Peers, places: Places): Match {
  if (nodes.some(isEverything)) return 2;
  const perhaps = nodes.length > 0 || apiServer || perhapsIn(perhapsNodes, places.nodes) > 0;
  return either(perhaps ? 1 : 0, perhapsIn(noPods, places.nodes));
}

function concernsHosts({ domains }: Peers, names: readonly string[]): Match {
  if (domains.length === 0) return 0;
  const covered = names.filter((name) => domains.some((pattern) => coversName(pattern, name)));
  return covered.length === names.length ? 2 : covered.length > 0 ? 1 : 0;
}

function nodesHold({ nodes }: Peers, addresses: Addresses, places: Places): boolean {
  return nodes.length > 0 && places.nodes !== undefined && contains(places.nodes, addresses) > 0;
}

function isNobody({ ownNode, apiServer, plugin, ...peers }: Peers): boolean {
  const lists = [peers.pods, peers.addresses, peers.noPods, peers.outside, peers.nodes, peers.domains];
  return lists.every((list) => list.length === 0) && !ownNode && !apiServer && !plugin;
}

import { ALL_V4, blockOf, joined, NEVER_A_PEER, type Addresses } from './addresses.ts';
import type { Endpoint } from './endpoints.ts';
import { subtract } from './intervals.ts';
import type { Reachability } from './reach.ts';

/** The kubelet and host processes of the node on which the pod at the other end runs. */
export const OWN_NODE: Endpoint = { kind: 'node', own: true };
/** Host processes of any other node: a remote kubelet, an API server on its host's network. */
export const OTHER_NODE: Endpoint = { kind: 'node', own: false };
/** The API server of the cluster, to rules that know it by that name. */
export const API_SERVER: Endpoint = { kind: 'api-server' };
/** Somebody of whom nothing is known. Asked of them, `allowed` means that everybody is let through. */
export const ANYONE: Endpoint = { kind: 'anyone' };

/** A pod of which neither labels nor namespace are known. Asked of it, `allowed` means that the pods of every namespace are let through. */
export const ANY_POD: Extract<Endpoint, { kind: 'pods' }> = {
  kind: 'pods',
  pods: {
    index: -1,
    namespace: { name: '', labels: {}, complete: false },
    labels: { labels: {}, complete: false },
    hostNetwork: false,
    ports: undefined,
    members: [],
  },
};

/**
 * A pod that nobody marks: it has no labels, nor has its namespace any but its name, which no rule names. What lets it through lets in whoever
 * makes a namespace, and need not name anybody: `DoesNotExist` and `NotIn` do it as well.
 */
export const UNMARKED_POD: Endpoint = {
  kind: 'pods',
  pods: {
    ...ANY_POD.pods,
    namespace: { name: '', labels: { 'kubernetes.io/metadata.name': '' }, complete: true },
    labels: { labels: {}, complete: true },
  },
};

/** Every IPv4 address, public or not. "Allowed" from here means from all of it. */
export const EVERY_ADDRESS: Endpoint = { kind: 'addresses', addresses: subtract(ALL_V4, NEVER_A_PEER) };

/** IPv4 addresses that are not globally reachable (RFC 6890 §2.2.2), and hence not the internet's. */
const NOT_PUBLIC: Addresses = joined(
  [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
  ].flatMap((text) => [blockOf(text) ?? []]),
);

/** Every public IPv4 address. "Allowed" from here means from all of it; ask of a part to learn about a part. */
export const INTERNET: Endpoint = {
  kind: 'addresses',
  addresses: subtract(subtract(ALL_V4, NEVER_A_PEER), NOT_PUBLIC),
};

/** Addresses outside of the cluster, by CIDR blocks or single addresses; undefined when one of them is neither. */
export function outside(...blocks: readonly string[]): Endpoint | undefined {
  const found = blocks.map(blockOf);
  if (found.length === 0 || found.some((block) => block === undefined)) return undefined;
  return { kind: 'addresses', addresses: joined(found.flatMap((block) => (block === undefined ? [] : [block]))) };
}

/** The pods of a workload of the platform, by its id `shop/api[Deployment]`. */
export function podsOf(reach: Reachability, id: string): Endpoint | undefined {
  const pods = reach.pods(id);
  return pods === undefined ? undefined : { kind: 'pods', pods };
}

/** Pods that the platform does not hold. Labels that are given are known, others are not; without `labels` none is. */
export function loosePods(
  reach: Reachability,
  namespace: string,
  labels: Readonly<Record<string, string>> = {},
  hostNetwork = false,
): Endpoint {
  const id = `${namespace}/*[Pod]`;
  return {
    kind: 'pods',
    pods: reach.loosePods({ id, namespace, labels, moreLabels: true, hostNetwork, ports: undefined }),
  };
}

const DNS_LABEL = 'k8s-app';

/** The cluster's DNS: pods of kube-system labelled `k8s-app: kube-dns`, of the platform or else as every distribution labels them. */
export function clusterDns(reach: Reachability): Endpoint {
  const pods = reach.classes.byNamespace
    .get('kube-system')
    ?.find(({ labels }) => labels.labels[DNS_LABEL] === 'kube-dns');
  return pods === undefined ? loosePods(reach, 'kube-system', { [DNS_LABEL]: 'kube-dns' }) : { kind: 'pods', pods };
}

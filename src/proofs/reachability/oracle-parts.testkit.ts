/** Worlds in which everything is settled, and what the parts of the oracle share. */
export interface OraclePod {
  readonly id: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ip: string;
  readonly node: string;
  readonly hostNetwork: boolean;
  readonly ports: readonly { name?: string; protocol: string; port: number }[];
}

// oxlint-disable-next-line typescript/no-explicit-any -- raw manifests, as they come from YAML
export type Raw = any;

export interface OracleWorld {
  readonly pods: readonly OraclePod[];
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Address of each node. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly networkPolicies: readonly { namespace: string; name: string; spec: Raw }[];
  readonly clusterPolicies: readonly { name: string; spec: Raw }[];
  /** Those of a namespace, and, without one, those of the cluster. */
  readonly ciliumPolicies: readonly CiliumObject[];
  readonly calicoPolicies: readonly OracleCalico[];
  readonly calicoTiers: readonly { name: string; order?: number; defaultAction: string }[];
  readonly networkSets: readonly { namespace?: string; name: string; labels: Record<string, string>; nets: string[] }[];
  /** Whether nodes are Calico's host endpoints, without labels. */
  readonly hostsAreEndpoints: boolean;
  /** Whether NetworkPolicies are asked before a policy of Calico that has their order. */
  readonly networkPoliciesFirst: boolean;
  /** Cilium's setting `policyCIDRMatchMode: nodes`. */
  readonly cidrSelectsNodes: boolean;
  /** Whether this version lets a rule deny what comes from the own node. */
  readonly ownNodeMayBeDenied: boolean;
  /** Whether this version looks beyond the policy's namespace where a selector names labels of namespaces. */
  readonly labelsReachFar: boolean;
  /** Whether the implementation can tell a pod on the host's network from its node. */
  readonly hostPodsArePods: boolean;
  /** Names of cluster policies; of two with equal priority the one that comes first here is asked first. */
  readonly tieOrder: readonly string[];
}

export type OracleEnd = { readonly pod: OraclePod } | { readonly ip: string } | { readonly node: string };

/** Those of a namespace, and, without one, those of the cluster. */
export interface OracleCalico {
  readonly namespace?: string;
  readonly name: string;
  readonly spec: Raw;
}

export interface CiliumObject {
  readonly namespace?: string;
  readonly name: string;
  readonly spec: Raw;
}

export function namespaceLabels(world: OracleWorld, name: string): Record<string, string> {
  return { ...world.namespaces[name], 'kubernetes.io/metadata.name': name };
}

export function labelsFit(selector: Raw, labels: Readonly<Record<string, string>>): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (labels[key] !== value) return false;
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const has = key in labels;
    if (operator === 'Exists' && !has) return false;
    if (operator === 'DoesNotExist' && has) return false;
    if (operator === 'In' && !(has && values.includes(labels[key]))) return false;
    if (operator === 'NotIn' && has && values.includes(labels[key])) return false;
  }
  return true;
}

export function ipOf(world: OracleWorld, end: OracleEnd): string {
  if ('ip' in end) return end.ip;
  if ('node' in end) return world.nodes[end.node] ?? '';
  return end.pod.hostNetwork ? (world.nodes[end.pod.node] ?? '') : end.pod.ip;
}

/** Bit by bit. IPv6 is written in full, eight groups. */
export function inCidr(ip: string, cidr: string): boolean {
  const [base = '', length = ''] = cidr.split('/');
  if (ip.includes(':') !== base.includes(':')) return false;
  return bits(ip).startsWith(bits(base).slice(0, Number(length)));
}

function bits(ip: string): string {
  return ip.includes(':')
    ? ip
        .split(':')
        .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
        .join('')
    : ip
        .split('.')
        .map((octet) => Number(octet).toString(2).padStart(8, '0'))
        .join('');
}

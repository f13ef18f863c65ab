/** The part of the oracle that knows policies of Calico, along the text of its documentation: one packet, one rule after the other. */
import {
  inCidr,
  ipOf,
  namespaceLabels,
  type OracleCalico,
  type OracleEnd,
  type OraclePod,
  type OracleWorld,
  type Raw,
} from './oracle-parts.testkit.ts';
import { meaningOf } from './selectors-calico.testkit.ts';

export interface Packet {
  readonly direction: 'ingress' | 'egress';
  readonly me: OraclePod;
  readonly peer: OracleEnd;
  readonly protocol: string;
  readonly port: number;
  readonly receiver: OracleEnd;
}

/** What the policies of the standard make of the packet; `none` where no NetworkPolicy selects the pod. */
export interface Standard {
  readonly admin: 'Accept' | 'Deny' | 'next';
  readonly policies: boolean | 'none';
  readonly baseline: 'Accept' | 'Deny' | 'next';
}

export function calicoSelects(
  world: OracleWorld,
  { namespace, spec }: OracleCalico,
  pod: OraclePod,
  way: string,
): boolean {
  const some = (list: unknown[] | undefined): boolean => list !== undefined && list.length > 0;
  const [inward, outward] = [some(spec.ingress), some(spec.egress)];
  const types: string[] = spec.types ?? (outward ? (inward ? ['Ingress', 'Egress'] : ['Egress']) : ['Ingress']);
  if (!types.some((type) => type.toLowerCase() === way)) return false;
  if (namespace !== undefined && (pod.hostNetwork || namespace !== pod.namespace)) return false;
  if (pod.hostNetwork) {
    if (!world.hostsAreEndpoints || spec.namespaceSelector !== undefined) return false;
    return meaningOf(spec.selector)({});
  }
  const ofNamespace =
    spec.namespaceSelector === undefined || namespaceFits(world, spec.namespaceSelector, pod.namespace);
  return ofNamespace && meaningOf(spec.selector)(endpointLabels(world, pod));
}

export function calicoAllows(world: OracleWorld, packet: Packet, standard: Standard): boolean {
  const tiers = [
    ...world.calicoTiers.map(({ name, order, defaultAction }) => ({ name, order: order ?? Infinity, defaultAction })),
    { name: 'kube-admin', order: 1000, defaultAction: 'Pass' },
    { name: 'default', order: 1_000_000, defaultAction: 'Deny' },
    { name: 'kube-baseline', order: 10_000_000, defaultAction: 'Pass' },
  ].sort((a, b) => a.order - b.order);
  for (const tier of tiers) {
    const verdict = askTier(world, tier, packet, standard);
    if (verdict === 'Allow') return true;
    if (verdict === 'Deny') return false;
  }
  return true;
}

function askTier(
  world: OracleWorld,
  { name, defaultAction }: { name: string; defaultAction: string },
  packet: Packet,
  standard: Standard,
): 'Allow' | 'Deny' | 'next' {
  if (name === 'kube-admin') return standard.admin === 'Accept' ? 'Allow' : standard.admin;
  if (name === 'kube-baseline') return standard.baseline === 'Accept' ? 'Allow' : standard.baseline;
  const steps: { order: number; policy: OracleCalico | undefined }[] = world.calicoPolicies
    .filter(({ spec }) => (spec.tier ?? 'default') === name)
    .filter((policy) => calicoSelects(world, policy, packet.me, packet.direction))
    .map((policy) => ({ order: policy.spec.order ?? Infinity, policy }));
  if (name === 'default' && standard.policies !== 'none') steps.push({ order: 1000, policy: undefined });
  steps.sort((a, b) => a.order - b.order || tie(world, a.policy, b.policy));
  for (const { policy } of steps) {
    if (policy === undefined) {
      if (standard.policies === true) return 'Allow';
      continue;
    }
    for (const rule of policy.spec[packet.direction] ?? []) {
      if (rule.action === 'Log' || !ruleFits(world, policy, rule, packet)) continue;
      return rule.action === 'Pass' ? 'next' : rule.action;
    }
  }
  return steps.length > 0 && defaultAction === 'Deny' ? 'Deny' : 'next';
}

/** Within a namespace by name; else as the world has it. */
function tie(world: OracleWorld, a: OracleCalico | undefined, b: OracleCalico | undefined): number {
  if (a === undefined || b === undefined) return (a === undefined) === world.networkPoliciesFirst ? -1 : 1;
  if (a.namespace === b.namespace) return a.name < b.name ? -1 : 1;
  return world.tieOrder.indexOf(a.name) - world.tieOrder.indexOf(b.name);
}

function ruleFits(world: OracleWorld, { namespace }: OracleCalico, rule: Raw, packet: Packet): boolean {
  const { direction, me, peer, protocol, port, receiver } = packet;
  const names: Record<string, string> = { '6': 'TCP', '17': 'UDP' };
  const nameOf = (value: Raw): string => names[`${value}`] ?? value;
  if (rule.protocol !== undefined && nameOf(rule.protocol) !== protocol) return false;
  if (rule.notProtocol !== undefined && nameOf(rule.notProtocol) === protocol) return false;
  const { ports, notPorts } = rule.destination;
  const has = (list: (number | string)[]): boolean => list.some((one) => portFits(one, protocol, port, receiver));
  if (ports !== undefined && !has(ports)) return false;
  if (notPorts !== undefined && has(notPorts)) return false;
  const [from, to]: OracleEnd[] = direction === 'ingress' ? [peer, { pod: me }] : [{ pod: me }, peer];
  return (
    entityFits(world, namespace, rule.source, from as OracleEnd) &&
    entityFits(world, namespace, rule.destination, to as OracleEnd)
  );
}

function portFits(rule: number | string, protocol: string, port: number, receiver: OracleEnd): boolean {
  if (typeof rule === 'number') return rule === port;
  const [first, last] = rule.split(':');
  if (last !== undefined) return port >= Number(first) && port <= Number(last);
  if (!('pod' in receiver) || receiver.pod.hostNetwork) return false;
  return receiver.pod.ports.some((one) => one.name === rule && one.protocol === protocol && one.port === port);
}

function entityFits(world: OracleWorld, own: string | undefined, entity: Raw, end: OracleEnd): boolean {
  const { nets, notNets, selector, notSelector, namespaceSelector } = entity;
  const ip = ipOf(world, end);
  if (nets !== undefined && !nets.some((cidr: string) => inCidr(ip, cidr))) return false;
  if (notNets?.some((cidr: string) => inCidr(ip, cidr))) return false;
  if (notSelector !== undefined && thingsAt(world, end).some(({ labels }) => meaningOf(notSelector)(labels)))
    return false;
  const isScoped = selector !== undefined || notSelector !== undefined || namespaceSelector !== undefined;
  if (!isScoped || (own === undefined && selector === undefined && namespaceSelector === undefined)) return true;
  return thingsAt(world, end).some(({ labels, namespace }) => {
    if (selector !== undefined && !meaningOf(selector)(labels)) return false;
    if (namespaceSelector === 'global()') return namespace === undefined;
    if (namespaceSelector !== undefined) return namespaceFits(world, namespaceSelector, namespace);
    return own === undefined || namespace === own;
  });
}

interface Thing {
  readonly namespace?: string;
  readonly labels: Record<string, string>;
}

/** All that a selector may find at an end: the endpoint itself, and every set that holds its address. */
function thingsAt(world: OracleWorld, end: OracleEnd): Thing[] {
  const ip = ipOf(world, end);
  const sets = world.networkSets
    .filter(({ nets }) => nets.some((cidr) => inCidr(ip, cidr)))
    .map(({ namespace, labels }): Thing => {
      if (namespace === undefined) return { labels };
      return { namespace, labels: { ...labels, ...namespaceKeys(world, namespace) } };
    });
  const isPod = 'pod' in end && !end.pod.hostNetwork;
  if (isPod) return [...sets, { namespace: end.pod.namespace, labels: endpointLabels(world, end.pod) }];
  const isNode = !('ip' in end);
  return isNode && world.hostsAreEndpoints ? [...sets, { labels: {} }] : sets;
}

function namespaceFits(world: OracleWorld, text: string, namespace: string | undefined): boolean {
  if (text === 'all()') return namespace !== undefined;
  if (namespace === undefined) return meaningOf(text)({});
  return meaningOf(text)({ ...namespaceLabels(world, namespace), 'projectcalico.org/name': namespace });
}

function endpointLabels(world: OracleWorld, pod: OraclePod): Record<string, string> {
  return { ...pod.labels, ...namespaceKeys(world, pod.namespace), 'projectcalico.org/orchestrator': 'k8s' };
}

function namespaceKeys(world: OracleWorld, namespace: string): Record<string, string> {
  const labels = Object.entries(namespaceLabels(world, namespace)).map(([key, value]) => [`pcns.${key}`, value]);
  return { 'projectcalico.org/namespace': namespace, ...Object.fromEntries(labels) };
}

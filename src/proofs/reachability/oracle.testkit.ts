/**
 * A second implementation for the tests, which shares no code with the engine: one packet at a time, over raw manifests, in a world where
 * everything is settled (every label, every address, how host pods are treated, which of two tied policies goes first). Written along the
 * text of the standards, slowly and plainly.
 */

import { calicoAllows, calicoSelects, type Packet } from './oracle-calico.testkit.ts';
import { ciliumRuleFits, ciliumSelects, kindOf } from './oracle-cilium.testkit.ts';
import {
  inCidr,
  ipOf,
  labelsFit,
  namespaceLabels,
  type OracleEnd,
  type OraclePod,
  type OracleWorld,
  type Raw,
} from './oracle-parts.testkit.ts';

export type { OracleEnd, OraclePod, OracleWorld } from './oracle-parts.testkit.ts';

export function oracleAllows(
  world: OracleWorld,
  from: OracleEnd,
  to: OracleEnd,
  protocol: string,
  port: number,
): boolean {
  if ('pod' in from && 'pod' in to && from.pod === to.pod) return true;
  return (
    sideAllows(world, 'egress', from, to, protocol, port, to) &&
    sideAllows(world, 'ingress', to, from, protocol, port, to)
  );
}

function sideAllows(
  world: OracleWorld,
  direction: 'ingress' | 'egress',
  me: OracleEnd,
  peer: OracleEnd,
  protocol: string,
  port: number,
  receiver: OracleEnd,
): boolean {
  if (!('pod' in me)) return true;
  const { pod } = me;
  const cilium = world.ciliumPolicies.filter((policy) => ciliumSelects(world, policy, pod, direction));
  const asks = (section: string): boolean =>
    cilium.some((policy) =>
      (policy.spec[section] ?? []).some((rule: Raw) =>
        ciliumRuleFits(world, policy, rule, direction, pod, peer, protocol, port, receiver),
      ),
    );
  const comesFromHost = direction === 'ingress' && kindOf(pod, peer) === 'host';
  const isDenied = asks(`${direction}Deny`) && (!comesFromHost || world.ownNodeMayBeDenied);
  const calico = world.calicoPolicies.filter((policy) => calicoSelects(world, policy, pod, direction));
  // "Traffic to and from the node where a Pod is running is always allowed", but for the way out under Cilium and Calico.
  const held = direction === 'egress' && cilium.length + calico.length > 0;
  if (comesFromHost && cilium.length > 0) return !isDenied;
  if (!held && 'node' in peer && peer.node === me.pod.node) return !isDenied;
  if (!held && 'pod' in peer && peer.pod.hostNetwork && !world.hostPodsArePods && peer.pod.node === me.pod.node)
    return !isDenied;
  if (world.calicoPolicies.length > 0) {
    const packet = { direction, me: pod, peer, protocol, port, receiver };
    const tier = (name: string) =>
      pod.hostNetwork ? 'next' : askTier(world, name, direction, pod, peer, protocol, port, receiver);
    const selecting = world.networkPolicies.filter((policy) => selectsPod(policy, pod, direction));
    const isAsked = selecting.length > 0 && (!pod.hostNetwork || world.hostPodsArePods);
    return calicoAllows(world, packet, {
      admin: tier('Admin'),
      policies: isAsked ? networkPoliciesAllow(world, selecting, packet) : 'none',
      baseline: tier('Baseline'),
    });
  }
  if (!me.pod.hostNetwork) {
    const admin = askTier(world, 'Admin', direction, me.pod, peer, protocol, port, receiver);
    if (admin === 'Accept') return true;
    if (admin === 'Deny') return false;
  }
  if (!me.pod.hostNetwork || world.hostPodsArePods) {
    const policies = world.networkPolicies.filter((policy) => selectsPod(policy, me.pod, direction));
    if (isDenied) return false;
    if (asks(direction)) return true;
    const isClosed = cilium.some(({ spec }) => spec.enableDefaultDeny?.[direction] !== false);
    if (policies.length > 0 || isClosed)
      return networkPoliciesAllow(world, policies, { direction, me: pod, peer, protocol, port, receiver });
  }
  if (!me.pod.hostNetwork && askTier(world, 'Baseline', direction, me.pod, peer, protocol, port, receiver) === 'Deny')
    return false;
  return true;
}

function networkPoliciesAllow(
  world: OracleWorld,
  policies: OracleWorld['networkPolicies'],
  { direction, peer, protocol, port, receiver }: Packet,
): boolean {
  return policies.some((policy) =>
    (policy.spec[direction] ?? []).some((rule: Raw) => {
      const peers: Raw[] = rule[direction === 'ingress' ? 'from' : 'to'] ?? [];
      const ports: Raw[] = rule.ports ?? [];
      const peerFits = peers.length === 0 || peers.some((one) => networkPeerFits(world, policy.namespace, one, peer));
      return (
        peerFits && (ports.length === 0 || ports.some((one) => networkPortFits(world, one, protocol, port, receiver)))
      );
    }),
  );
}

function selectsPod(
  { namespace, spec }: OracleWorld['networkPolicies'][number],
  pod: OraclePod,
  direction: string,
): boolean {
  if (namespace !== pod.namespace) return false;
  if (!labelsFit(spec.podSelector ?? {}, pod.labels)) return false;
  const types: string[] = spec.policyTypes ?? [];
  if (types.length > 0) return types.some((type) => type.toLowerCase() === direction);
  return direction === 'ingress' || (spec.egress ?? []).length > 0;
}

function networkPeerFits(world: OracleWorld, own: string, rule: Raw, peer: OracleEnd): boolean {
  if (rule.ipBlock) {
    const ip = ipOf(world, peer);
    return inCidr(ip, rule.ipBlock.cidr) && !(rule.ipBlock.except ?? []).some((cidr: string) => inCidr(ip, cidr));
  }
  if (!('pod' in peer)) return false;
  if (peer.pod.hostNetwork && !world.hostPodsArePods) return false;
  if (rule.namespaceSelector) {
    if (!labelsFit(rule.namespaceSelector, namespaceLabels(world, peer.pod.namespace))) return false;
  } else if (peer.pod.namespace !== own) return false;
  return rule.podSelector === undefined || labelsFit(rule.podSelector, peer.pod.labels);
}

function networkPortFits(world: OracleWorld, rule: Raw, protocol: string, port: number, receiver: OracleEnd): boolean {
  if ((rule.protocol ?? 'TCP') !== protocol) return false;
  if (rule.port === undefined) return true;
  if (typeof rule.port === 'string') return namedPorts(world, receiver, rule.port, protocol).includes(port);
  if (rule.endPort !== undefined) return port >= rule.port && port <= rule.endPort;
  return port === rule.port;
}

function namedPorts(world: OracleWorld, receiver: OracleEnd, name: string, protocol: string): number[] {
  if (!('pod' in receiver)) return [];
  if (receiver.pod.hostNetwork && !world.hostPodsArePods) return [];
  return receiver.pod.ports.filter((one) => one.name === name && one.protocol === protocol).map((one) => one.port);
}

function askTier(
  world: OracleWorld,
  tier: string,
  direction: 'ingress' | 'egress',
  me: OraclePod,
  peer: OracleEnd,
  protocol: string,
  port: number,
  receiver: OracleEnd,
): 'Accept' | 'Deny' | 'next' {
  const policies = world.clusterPolicies
    .filter(({ spec }) => spec.tier === tier)
    .toSorted(
      (a, b) => a.spec.priority - b.spec.priority || world.tieOrder.indexOf(a.name) - world.tieOrder.indexOf(b.name),
    );
  for (const { spec } of policies) {
    if (!clusterPodsFit(world, spec.subject, me)) continue;
    for (const rule of spec[direction] ?? []) {
      const peers: Raw[] = direction === 'ingress' ? rule.from : rule.to;
      // "If an implementation sees no fields are set [...] it should fail closed."
      if (peers.some((one) => !one.namespaces && !one.pods && !one.networks && !one.nodes)) {
        if (rule.action === 'Accept') continue;
        return 'Deny';
      }
      if (!peers.some((one) => clusterPeerFits(world, one, peer))) continue;
      if (rule.protocols && !rule.protocols.some((one: Raw) => clusterPortFits(world, one, protocol, port, receiver)))
        continue;
      if (rule.action === 'Pass') return 'next';
      return rule.action;
    }
  }
  return 'next';
}

function clusterPodsFit(world: OracleWorld, selector: Raw, pod: OraclePod): boolean {
  if (pod.hostNetwork) return false;
  if (selector.namespaces) return labelsFit(selector.namespaces, namespaceLabels(world, pod.namespace));
  return (
    labelsFit(selector.pods.namespaceSelector, namespaceLabels(world, pod.namespace)) &&
    labelsFit(selector.pods.podSelector, pod.labels)
  );
}

function clusterPeerFits(world: OracleWorld, rule: Raw, peer: OracleEnd): boolean {
  if (rule.networks) return rule.networks.some((cidr: string) => inCidr(ipOf(world, peer), cidr));
  if (rule.nodes) return 'node' in peer || ('pod' in peer && peer.pod.hostNetwork);
  return 'pod' in peer && clusterPodsFit(world, rule, peer.pod);
}

function clusterPortFits(world: OracleWorld, rule: Raw, protocol: string, port: number, receiver: OracleEnd): boolean {
  if (rule.destinationNamedPort) return namedPorts(world, receiver, rule.destinationNamedPort, protocol).includes(port);
  const fields = rule[protocol.toLowerCase()];
  if (!fields) return false;
  const { destinationPort } = fields;
  if (!destinationPort) return true;
  if (destinationPort.number) return destinationPort.number === port;
  return port >= destinationPort.range.start && port <= destinationPort.range.end;
}

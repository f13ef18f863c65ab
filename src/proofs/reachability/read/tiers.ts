/**
 * ClusterNetworkPolicy of policy.networking.k8s.io/v1alpha2, and AdminNetworkPolicy and BaselineAdminNetworkPolicy of v1alpha1, which it
 * replaces, in one form (network-policy-api `apis/v1alpha2/clusternetworkpolicy_types.go`, `apis/v1alpha1/`).
 */
import { isMapping, type Cursor } from '../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../model/kube.ts';
import { joined } from '../addresses.ts';
import { EVERYTHING } from '../match.ts';
import { PROTOCOLS } from '../ports.ts';
import type { PeerInput, PortInput, TierAction, TierPolicy, TierRule } from '../types.ts';
import { protocolAt } from './policies.ts';
import { addressesAt, portAt, readOrRefuse, Refused, selectorAt } from './refused.ts';

export const TIER_KINDS = ['ClusterNetworkPolicy', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'] as const;

/** A baseline of v1alpha1 has no priority; it is asked after every other policy of its tier. */
const LAST = 1001;

export function readTier(object: KubeObject): TierPolicy {
  const head = { id: `${object.kind} ${object.name}`, origin: object.origin };
  const read = readOrRefuse(() => policyOf(object));
  if ('value' in read) return { ...head, ...read.value, ...refusedFor(read.value) };
  // Neither its rules nor its subject can be relied upon: whatever it governs is unknown, and it may govern all.
  const tier = object.kind === 'BaselineAdminNetworkPolicy' ? 'Baseline' : 'Admin';
  return {
    ...head,
    tier,
    priority: 0,
    subject: { namespaces: EVERYTHING },
    ingress: undefined,
    egress: undefined,
    refused: read.refused,
  };
}

/** A name means nothing towards an address, so what such a rule says is clear; but the CRD refuses the two together. */
function refusedFor({ ingress, egress }: Pick<TierPolicy, 'ingress' | 'egress'>): Pick<TierPolicy, 'refused'> {
  const refused = [...(ingress ?? []), ...(egress ?? [])].some(
    ({ peers, ports }) =>
      ports?.some((port) => port.name !== undefined) === true &&
      peers?.some(({ kind }) => kind !== 'pods' && kind !== 'unknown') === true,
  );
  return refused ? { refused: 'a rule names ports for peers that are no pods' } : {};
}

function policyOf(object: KubeObject): Omit<TierPolicy, 'id'> {
  const spec = cursor(object).get('spec');
  return {
    tier: tierOf(object.kind, spec),
    priority: object.kind === 'BaselineAdminNetworkPolicy' ? LAST : priorityOf(spec.get('priority')),
    subject: subjectOf(spec.get('subject')),
    ingress: spec
      .get('ingress')
      .items()
      .map((rule) => ruleOf(rule, 'from')),
    egress: spec
      .get('egress')
      .items()
      .map((rule) => ruleOf(rule, 'to')),
  };
}

function tierOf(kind: string, spec: Cursor): TierPolicy['tier'] {
  if (kind === 'AdminNetworkPolicy') return 'Admin';
  if (kind === 'BaselineAdminNetworkPolicy') return 'Baseline';
  const tier = spec.get('tier').string();
  if (tier !== 'Admin' && tier !== 'Baseline') throw new Refused(`tier is ${tier ?? 'missing'}, not Admin or Baseline`);
  return tier;
}

function priorityOf(at: Cursor): number {
  const priority = at.integer();
  if (priority === undefined || priority < 0 || priority > 1000)
    throw new Refused(`priority ${priority ?? 'missing'} is not within 0-1000`);
  return priority;
}

function subjectOf(at: Cursor): TierPolicy['subject'] {
  const namespaces = selectorAt(at.get('namespaces'));
  const pods = at.get('pods');
  if ((namespaces === undefined) === !pods.exists)
    throw new Refused('the subject is not exactly one of namespaces and pods');
  return namespaces === undefined ? namespacedPods(pods) : { namespaces };
}

function namespacedPods(at: Cursor): TierPolicy['subject'] {
  return {
    namespaces: selectorAt(at.get('namespaceSelector')) ?? EVERYTHING,
    pods: selectorAt(at.get('podSelector')) ?? EVERYTHING,
  };
}

const ACTIONS: Readonly<Record<string, TierAction>> = { Accept: 'Accept', Allow: 'Accept', Deny: 'Deny', Pass: 'Pass' };

function ruleOf(at: Cursor, side: 'from' | 'to'): TierRule {
  const action = ACTIONS[at.get('action').string() ?? ''];
  if (action === undefined)
    throw new Refused(`action ${at.get('action').string() ?? 'missing'} is none of Accept, Deny, Pass`);
  const peers = at.get(side).items().map(peerOf);
  if (peers.length === 0) throw new Refused(`a rule has an empty ${side}`);
  const ports = portsOf(at);
  const name = at.get('name').string();
  return { action, peers, ports, origin: at.origin, ...(name === undefined ? {} : { name }) };
}

function peerOf(at: Cursor): PeerInput {
  const fields = isMapping(at.value) ? Object.keys(at.value).filter((key) => at.get(key).exists) : [];
  if (fields.length > 1) throw new Refused(`a peer has ${fields.join(' and ')}, and may have one only`);
  const [field = ''] = fields;
  const value = at.get(field);
  switch (field) {
    case 'namespaces':
      return namespacesPeer(value);
    case 'pods':
      return { kind: 'pods', ...namespacedPods(value) };
    case 'nodes':
      return { kind: 'nodes', selector: selectorAt(value) ?? EVERYTHING };
    case 'networks':
      return { kind: 'addresses', addresses: joined(value.items().map(addressesAt)) };
    case 'domainNames':
      return { kind: 'domains', names: value.strings() };
    default:
      return { kind: 'unknown' };
  }
}

/** Early versions of v1alpha1 kept the selector a level deeper, beside relations (`sameLabels`) that later ones do not have. */
function namespacesPeer(at: Cursor): PeerInput {
  const known =
    isMapping(at.value) && Object.keys(at.value).every((key) => key === 'matchLabels' || key === 'matchExpressions');
  return known ? { kind: 'pods', namespaces: selectorAt(at) ?? EVERYTHING } : { kind: 'unknown' };
}

function portsOf(rule: Cursor): readonly PortInput[] | undefined {
  const ports = [...rule.get('protocols').items().map(protocolPort), ...rule.get('ports').items().map(adminPort)];
  return ports.length === 0 ? undefined : ports;
}

/** v1alpha2: `{ tcp: { destinationPort: { number: 80 } } }`. */
function protocolPort(at: Cursor): PortInput {
  const name = at.get('destinationNamedPort').string();
  if (name !== undefined) return { protocol: undefined, name };
  const protocol = PROTOCOLS.find((one) => at.get(one.toLowerCase()).exists);
  if (protocol === undefined)
    throw new Refused('an entry of protocols names none of tcp, udp, sctp, destinationNamedPort');
  const port = at.get(protocol.toLowerCase(), 'destinationPort');
  if (!port.exists) return { protocol };
  if (port.get('number').exists) return { protocol, first: portAt(port.get('number')) };
  return { protocol, ...rangeOf(port.get('range')) };
}

/** v1alpha1: `{ portNumber: { protocol: TCP, port: 80 } }`. */
function adminPort(at: Cursor): PortInput {
  const name = at.get('namedPort').string();
  if (name !== undefined) return { protocol: undefined, name };
  const number = at.get('portNumber');
  if (number.exists) return { protocol: protocolAt(number.get('protocol')), first: portAt(number.get('port')) };
  const range = at.get('portRange');
  if (!range.exists) throw new Refused('an entry of ports names none of portNumber, portRange, namedPort');
  return { protocol: protocolAt(range.get('protocol')), ...rangeOf(range) };
}

function rangeOf(at: Cursor): { first: number; last: number } {
  const first = portAt(at.get('start'));
  const last = portAt(at.get('end'));
  if (last < first) throw new Refused(`a range of ports ends at ${last}, before it starts at ${first}`);
  return { first, last };
}

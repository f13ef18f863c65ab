/** NetworkPolicy objects of networking.k8s.io/v1, with the defaults and refusals of kubernetes `pkg/apis/networking`. */
import type { Cursor } from '../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { blockExcept } from '../addresses.ts';
import { covers, same } from '../intervals.ts';
import { EVERYTHING } from '../match.ts';
import { PROTOCOLS, type Protocol } from '../ports.ts';
import type { NamespacedPolicy, PeerInput, PortInput, RuleInput } from '../types.ts';
import { addressesAt, portAt, portNameAt, readOrRefuse, Refused, selectorAt } from './refused.ts';

/** The objects that are NetworkPolicies; of another version of the group the API server takes none. */
export function policyObjects(view: PlatformView): readonly KubeObject[] {
  return view
    .objects('NetworkPolicy.networking.k8s.io')
    .filter(({ apiVersion }) => apiVersion === 'networking.k8s.io/v1');
}

export function readPolicy(object: KubeObject): NamespacedPolicy {
  const namespace = object.namespace ?? 'default';
  const head = { id: `NetworkPolicy ${namespace}/${object.name}`, namespace, origin: object.origin };
  const spec = cursor(object).get('spec');
  const pods = readOrRefuse(() => selectorAt(spec.get('podSelector')) ?? EVERYTHING);
  const types = readOrRefuse(() => typesOf(spec));
  const rules = readOrRefuse(() => rulesOf(spec, 'value' in types ? types.value : []));
  const refused = [pods, types, rules].flatMap((part) => ('refused' in part ? [part.refused] : []))[0];
  const selected = 'value' in pods ? pods.value : EVERYTHING;
  if (refused === undefined && 'value' in rules) return { ...head, pods: selected, ...rules.value };
  // As far as it says what it is about: that much is unknown, and no more.
  const about = 'value' in types ? types.value : ['Ingress', 'Egress'];
  return {
    ...head,
    pods: selected,
    ingress: about.includes('Ingress') ? [] : undefined,
    egress: about.includes('Egress') ? [] : undefined,
    refused: refused ?? '',
  };
}

/** Ingress always, Egress only where there are rules for it, unless policyTypes says. */
function typesOf(spec: Cursor): readonly string[] {
  const types = spec.get('policyTypes').strings();
  for (const type of types) if (type !== 'Ingress' && type !== 'Egress') throw new Refused(`policyTypes names ${type}`);
  if (types.length > 0) return types;
  return ['Ingress', ...(spec.get('egress').items().length > 0 ? ['Egress'] : [])];
}

function rulesOf(spec: Cursor, types: readonly string[]): Pick<NamespacedPolicy, 'ingress' | 'egress'> {
  const ingress = spec
    .get('ingress')
    .items()
    .map((rule) => ruleOf(rule, 'from'));
  const egress = spec
    .get('egress')
    .items()
    .map((rule) => ruleOf(rule, 'to'));
  return {
    ingress: types.includes('Ingress') ? ingress : undefined,
    egress: types.includes('Egress') ? egress : undefined,
  };
}

function ruleOf(at: Cursor, side: 'from' | 'to'): RuleInput {
  const peers = at.get(side).items().map(peerOf);
  const ports = at.get('ports').items().map(portOf);
  return {
    peers: peers.length === 0 ? undefined : peers,
    ports: ports.length === 0 ? undefined : ports,
    origin: at.origin,
  };
}

function peerOf(at: Cursor): PeerInput {
  const block = at.get('ipBlock');
  const namespaces = selectorAt(at.get('namespaceSelector'));
  const pods = selectorAt(at.get('podSelector'));
  if (!block.exists) {
    if (namespaces === undefined && pods === undefined) throw new Refused('a peer says nothing');
    return { kind: 'pods', ...(namespaces && { namespaces }), ...(pods && { pods }) };
  }
  if (namespaces !== undefined || pods !== undefined) throw new Refused('a peer has both an ipBlock and a selector');
  const cidr = addressesAt(block.get('cidr'));
  const except = block.get('except').items().map(addressesAt);
  for (const one of except)
    if (!covers(cidr, one) || same(cidr, one)) throw new Refused('an exception of an ipBlock does not lie within it');
  return { kind: 'addresses', addresses: blockExcept(cidr, except) };
}

function portOf(at: Cursor): PortInput {
  const protocol = protocolAt(at.get('protocol'));
  const port = at.get('port').integerOrString();
  const last = at.get('endPort');
  if (last.exists && typeof port !== 'number') throw new Refused('endPort stands beside no port number');
  if (port === undefined) return { protocol };
  if (typeof port === 'string') return { protocol, name: portNameAt(at.get('port')) };
  const first = portAt(at.get('port'));
  if (!last.exists) return { protocol, first };
  if (portAt(last) < first) throw new Refused(`endPort ${portAt(last)} is below port ${first}`);
  return { protocol, first, last: portAt(last) };
}

/** TCP unless it says otherwise. */
export function protocolAt(at: Cursor): Protocol {
  const text = at.string() ?? 'TCP';
  const found = PROTOCOLS.find((protocol) => protocol === text);
  if (found === undefined) throw new Refused(`protocol ${text} is none of TCP, UDP, SCTP`);
  return found;
}

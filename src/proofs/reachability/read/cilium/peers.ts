/** Who a rule is about (Cilium `pkg/policy/api/ingress.go`, `egress.go`; "Layer 3 Policies"). */
import type { Cursor } from '../../../../model/cursor.ts';
import { ALL_V4, ALL_V6 } from '../../addresses.ts';
import { union } from '../../intervals.ts';
import type { PeerInput, RuleInput } from '../../types.ts';
import { Refused, looseSelectorAt } from '../refused.ts';
import { blocksOf, groupedBlocksOf } from './blocks.ts';
import { ALL, entityPeers } from './entities.ts';
import { patternOf } from './ports.ts';
import { negated } from './requirements.ts';
import type { RuleContext } from './rules.ts';
import { bothSelectors, namespaceNamed, selectorsAt, type EndpointSelector } from './selectors.ts';
import { servicePeers } from './services.ts';

/** A peer, and why it may not be meant. */
export interface Peer {
  readonly peer: PeerInput;
  readonly doubt?: string;
}

type Reader = (at: Cursor, context: RuleContext) => Peer[];

/** Fields of which a rule has one at most, by what follows `from` or `to`. An empty list of those that are `strict` is nobody. */
const FIELDS: Readonly<Record<string, { readonly read: Reader; readonly strict: boolean }>> = {
  Endpoints: { read: endpoints, strict: true },
  Entities: { read: (at) => at.strings().flatMap(entityPeers), strict: true },
  CIDR: { read: (at) => blocksOf(at), strict: true },
  CIDRSet: { read: (at, { around }) => groupedBlocksOf(at, around), strict: true },
  Nodes: { read: nodes, strict: true },
  Groups: { read: () => [groups()], strict: false },
  Services: { read: (at, context) => at.items().flatMap((one) => servicePeers(one, context)), strict: false },
  FQDNs: { read: names, strict: false },
};

/** Undefined: everybody. A rule that says neither who nor on which ports is about nobody. */
export function peersOf(at: Cursor, context: RuleContext): readonly Peer[] | undefined {
  const side = context.direction === 'ingress' ? 'from' : 'to';
  const said = Object.entries(FIELDS).filter(([name]) => at.get(`${side}${name}`).exists);
  const held = said.filter(([name]) => at.get(`${side}${name}`).items().length > 0);
  if (held.length > 1)
    throw new Refused(`a rule has ${held.map(([name]) => `${side}${name}`).join(' and ')}, and may have one only`);
  if (said.some(([name, { strict }]) => strict && !held.some(([one]) => one === name))) return [];
  const [field] = held;
  if (field === undefined)
    return at.get('toPorts').items().length + at.get('icmps').items().length > 0 ? undefined : [];
  if (context.action === 'Deny' && field[0] === 'FQDNs') throw new Refused('a rule that denies has toFQDNs');
  const [name, { read }] = field;
  const list = at.get(`${side}${name}`);
  return name === 'Entities' && list.strings().includes(ALL) ? undefined : read(list, context);
}

/** Without a namespace, a selector is about that of the policy; about all, where the policy is about the cluster. */
function endpoints(at: Cursor, { namespace }: RuleContext): Peer[] {
  return selectorsAt(at).flatMap((selector) => endpointPeers(selector, namespace));
}

const BY_LABELS =
  'it selects a namespace by labels, which earlier versions of Cilium read as within the namespace of the policy alone';

function endpointPeers(selector: EndpointSelector, namespace: string): Peer[] {
  const { namespaces, pods, reserved, doubt } = selector;
  if (reserved.length > 0) return reservedPeers(selector);
  const doubted = doubt === undefined ? {} : { doubt };
  const anywhere: Peer = { peer: { kind: 'pods', namespaces, pods }, ...doubted };
  if (namespace === '' || selector.saysNamespace) return [anywhere];
  const here = bothSelectors(namespaceNamed(namespace), namespaces);
  const within: Peer = { peer: { kind: 'pods', namespaces: here, pods }, ...doubted };
  return selector.saysNamespaceLabels ? [within, { ...anywhere, doubt: doubt ?? BY_LABELS }] : [within];
}

/** `reserved:host` alone is the entity of that name; beside other labels nothing has them all. */
function reservedPeers({ reserved: [name = ''], reserved, pods, namespaces }: EndpointSelector): Peer[] {
  const others = [pods, namespaces].flatMap(({ matchLabels, matchExpressions }) => [
    ...Object.keys(matchLabels),
    ...matchExpressions,
  ]);
  return reserved.length > 1 || others.length > 0 ? [] : entityPeers(name);
}

function nodes(at: Cursor): Peer[] {
  return at.items().map((item) => {
    const selector = looseSelectorAt(item);
    if (selector === undefined) throw new Refused('a selector is null');
    return {
      peer: { kind: 'nodes', selector },
      doubt: 'rules about nodes need the setting nodeSelectorLabels of Cilium',
    };
  });
}

function groups(): Peer {
  return {
    peer: { kind: 'outside', addresses: union(ALL_V4, ALL_V6), nodes: false },
    doubt: 'it is about a group of the cloud, whose addresses no manifest says',
  };
}

function names(at: Cursor): Peer[] {
  return [{ peer: { kind: 'domains', names: at.items().map(patternOf) } }];
}

/**
 * `fromRequires` and `toRequires` take away from what other rules allow to pods; 1.19 does not have them any more. So pods that do not
 * meet them are perhaps denied.
 */
export function requirementsOf(
  at: Cursor,
  { direction, namespace }: RuleContext,
): Pick<RuleInput, 'action' | 'peers' | 'doubt'>[] {
  const field = direction === 'ingress' ? 'fromRequires' : 'toRequires';
  const peers = selectorsAt(at.get(field)).flatMap((selector) => {
    const [within] = endpointPeers({ ...selector, saysNamespaceLabels: false }, namespace);
    return within === undefined ? [] : negated(within.peer);
  });
  if (peers.length === 0) return [];
  return [{ action: 'Deny', peers, doubt: `it has ${field}, which Cilium has no longer from 1.19 on` }];
}

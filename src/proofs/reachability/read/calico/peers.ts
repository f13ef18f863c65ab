/**
 * Who an end of a rule (`source`, `destination`) is about. All of its fields have to hold; what a selector selects is pods and the
 * addresses of NetworkSets (Calico `updateprocessors/rules.go`: GetEntityRuleSelector).
 */
import type { Cursor } from '../../../../model/cursor.ts';
import type { Selector } from '../../../../model/selector.ts';
import type { Addresses } from '../../addresses.ts';
import { intersect, subtract } from '../../intervals.ts';
import type { PeerInput, PodsPeer } from '../../types.ts';
import { Refused } from '../refused.ts';
import { and, not, type Expression } from './expressions.ts';
import { EVERYWHERE, netsOf } from './nets.ts';
import {
  accountExpression,
  accountsNamed,
  alternativesOf,
  endpointExpression,
  GLOBAL,
  inNamespace,
  isGlobal,
  mayHoldNodes,
  namespaceExpression,
  podSelectors,
} from './selectors.ts';
import { heldBy, type Held } from './sets.ts';
import type { RuleContext } from './surroundings.ts';

export interface Peers {
  /** Undefined: everybody. */
  readonly peers: readonly PeerInput[] | undefined;
  readonly doubts: readonly string[];
}

/** Nodes that are known as host endpoints: which, and with which labels, hangs on the cluster. */
const HOST_ENDPOINTS: Selector = {
  matchLabels: {},
  matchExpressions: [{ key: 'projectcalico.org/created-by', operator: 'Exists', values: [] }],
};

export function peersOf(entity: Cursor, ipVersion: number | undefined, context: RuleContext): Peers {
  const { sets, namespaces, hostEndpoints } = context.around;
  const nets = netsOf(entity, ipVersion);
  const wanted = selectorOf(entity, context.namespace);
  const unwanted = textAt(entity, 'notSelector');
  const excluded = unwanted === undefined ? undefined : endpointExpression(unwanted);
  if (nets === undefined && wanted === undefined && excluded === undefined) return { peers: undefined, doubts: [] };
  const nobody: Held = { addresses: [], sure: [], domains: [] };
  const held = wanted === undefined ? undefined : heldBy(alternativesOf(wanted), sets, namespaces);
  const taken = excluded === undefined ? nobody : heldBy(alternativesOf(excluded), sets, namespaces);
  // What is perhaps left out is left in, as the doubt has it that the rule may be about less.
  const within = subtract(nets ?? EVERYWHERE, taken.sure);
  const addresses = held === undefined ? within : intersect(within, held.addresses);
  const onNodes = hostEndpoints && wanted !== undefined && mayHoldNodes(alternativesOf(wanted));
  const domains = held?.domains ?? [];
  return {
    peers: [
      ...(wanted === undefined ? [] : podPeers(and(wanted, excluded && not(excluded)), within)),
      ...addressPeers(addresses, excluded, hostEndpoints),
      ...(domains.length > 0 ? [{ kind: 'domains', names: domains } as const] : []),
      ...(onNodes ? [{ kind: 'nodes', selector: HOST_ENDPOINTS } as const] : []),
    ],
    doubts: [
      ...[held?.doubt, taken.doubt].flatMap((doubt) => doubt ?? []),
      ...(taken.domains.length > 0 ? ['it leaves out names, whose addresses are not known'] : []),
    ],
  };
}

function podPeers(expression: Expression, within: Addresses): PeerInput[] {
  const narrowed = subtract(EVERYWHERE, within).length > 0;
  return podSelectors(alternativesOf(expression)).map((selected): { kind: 'pods' } & PodsPeer => ({
    kind: 'pods',
    ...selected,
    ...(narrowed && { within }),
  }));
}

/** Addresses, whoever has them, but for the pods that are left out. */
function addressPeers(addresses: Addresses, excluded: Expression | undefined, hostEndpoints: boolean): PeerInput[] {
  if (addresses.length === 0) return [];
  if (excluded === undefined) return [{ kind: 'addresses', addresses }];
  const others: PeerInput = hostEndpoints
    ? { kind: 'outside', addresses, nodes: true }
    : { kind: 'no-pods', addresses };
  return [others, ...podPeers(not(excluded), addresses)];
}

/** In a policy of a namespace, the selectors of a rule are about that namespace, unless a namespaceSelector says which. */
function selectorOf(entity: Cursor, own: string): Expression | undefined {
  const here = own === '' ? undefined : inNamespace(own);
  const [selector, namespaces] = [textAt(entity, 'selector'), textAt(entity, 'namespaceSelector')];
  const accounts = accountsOf(entity.get('serviceAccounts'));
  if ([selector, namespaces, accounts, textAt(entity, 'notSelector')].every((part) => part === undefined))
    return undefined;
  const place = namespaces === undefined ? here : isGlobal(namespaces) ? GLOBAL : namespaceExpression(namespaces);
  const parts = [place, selector === undefined ? undefined : endpointExpression(selector), accounts];
  return parts.every((part) => part === undefined) ? undefined : and(...parts);
}

function accountsOf(at: Cursor): Expression | undefined {
  const names = at.get('names').strings();
  const selector = textAt(at, 'selector');
  const parts = [
    ...(names.length === 0 ? [] : [accountsNamed(names)]),
    ...(selector === undefined ? [] : [accountExpression(selector)]),
  ];
  return parts.length === 0 ? undefined : and(...parts);
}

/** Undefined where it is missing or empty, which means the same. */
export function textAt(at: Cursor, field: string): string | undefined {
  const text = at.get(field).string();
  return text === undefined || text === '' ? undefined : text;
}

/** Fields that say who, beside which `services` may not stand. */
export function refuseBesideServices(entity: Cursor): void {
  const fields = [
    'selector',
    'notSelector',
    'nets',
    'notNets',
    'ports',
    'notPorts',
    'serviceAccounts',
    'namespaceSelector',
  ];
  const beside = fields.find((field) => entity.get(field).exists && entity.get(field).value !== '');
  if (beside !== undefined) throw new Refused(`services stand beside ${beside}`);
}

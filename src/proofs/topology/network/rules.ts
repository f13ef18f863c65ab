import { parseCidr } from '../../../model/cidr.ts';
import type { Origin } from '../../../model/origin.ts';
import { textOf, whyUnknown, type Body, type Configuration, type Resource, type Value } from '../evaluate/index.ts';
import { elements, identityAt, identityOf, number, text } from '../read.ts';
import { prefixListsOf, type PrefixLists } from './prefix-lists.ts';
import type { Acl, AclRule, Group, GroupRule, Peer, Ports, Protocol } from './types.ts';

/** Security groups with the rules that stand in them and those that are resources of their own, and groups of elsewhere with the rules added here. */
export function groupsOf(configuration: Configuration): ReadonlyMap<string, Group> {
  const lists = prefixListsOf(configuration);
  const apart = [
    ...configuration.of('aws_security_group_rule').map((resource) => classicRule(resource, lists)),
    ...configuration.of('aws_vpc_security_group_ingress_rule').map((one) => singleRule(one, 'ingress', lists)),
    ...configuration.of('aws_vpc_security_group_egress_rule').map((one) => singleRule(one, 'egress', lists)),
  ];
  const rulesOf = Map.groupBy(apart, ({ group }) => group);
  const stray = apart.find(({ group }) => group === undefined);
  const declared = ['aws_security_group', 'aws_default_security_group'].flatMap((type) => configuration.of(type));
  const groups = declared.map((resource): Group => {
    const own = rulesOf.get(resource.address) ?? [];
    const unlisted = resource.open('ingress');
    const open =
      resource.open('ingress') ??
      resource.open('egress') ??
      own.find(({ uncertain }) => uncertain !== undefined)?.uncertain ??
      (stray === undefined ? undefined : `${stray.address} does not say which group it belongs to`);
    return {
      id: resource.address,
      ingress: [...inline(resource, 'ingress', lists), ...rulesOfWay(own, 'ingress')],
      egress: [...inline(resource, 'egress', lists), ...rulesOfWay(own, 'egress')],
      ...(open === undefined ? {} : { open }),
      ...(unlisted === undefined ? {} : { unlisted }),
      origin: resource.origin,
    };
  });
  const known = new Set(groups.map(({ id }) => id));
  const elsewhere = [...rulesOf]
    .filter(([id]) => id === undefined || !known.has(id))
    .flatMap(([id, rules]) => groupElsewhere(id, rules));
  return new Map([...groups, ...elsewhere].map((group) => [group.id, group]));
}

/** A group that is not made here, of which only the rules are known that are added to it. */
function groupElsewhere(id: string | undefined, rules: readonly RuleApart[]): Group[] {
  const [first] = rules;
  if (first === undefined) return [];
  return [
    {
      id: id ?? `the group of ${first.address}`,
      ingress: rulesOfWay(rules, 'ingress'),
      egress: rulesOfWay(rules, 'egress'),
      open: 'its other rules are not described here',
      origin: first.rule.origin,
    },
  ];
}

function rulesOfWay(rules: readonly RuleApart[], wanted: RuleApart['way']): GroupRule[] {
  return rules.flatMap(({ way, rule }) => (way === wanted ? [rule] : []));
}

interface RuleApart {
  readonly address: string;
  readonly group: string | undefined;
  readonly way: 'ingress' | 'egress';
  readonly rule: GroupRule;
  readonly uncertain?: string;
}

function inline(resource: Resource, way: 'ingress' | 'egress', lists: PrefixLists): GroupRule[] {
  return resource
    .blocks(way)
    .map((body) =>
      ruleOf(body, 'protocol', [
        ...blockPeers(body, 'cidr_blocks'),
        ...blockPeers(body, 'ipv6_cidr_blocks'),
        ...groupPeers(body, 'security_groups'),
        ...lists(body, 'prefix_list_ids'),
        ...selfPeer(body, resource.address),
      ]),
    );
}

function classicRule(resource: Resource, lists: PrefixLists): RuleApart {
  const group = identityAt(resource, 'security_group_id');
  const rule = ruleOf(resource, 'protocol', [
    ...blockPeers(resource, 'cidr_blocks'),
    ...blockPeers(resource, 'ipv6_cidr_blocks'),
    ...groupPeers(resource, 'source_security_group_id'),
    ...lists(resource, 'prefix_list_ids'),
    ...selfPeer(resource, group ?? ''),
  ]);
  const type = text(resource, 'type', 'ingress');
  return {
    address: resource.address,
    group,
    way: type.known && type.value === 'egress' ? 'egress' : 'ingress',
    rule,
    ...(resource.uncertain === undefined ? {} : { uncertain: `${resource.address} ${resource.uncertain}` }),
  };
}

function singleRule(resource: Resource, way: 'ingress' | 'egress', lists: PrefixLists): RuleApart {
  const rule = ruleOf(resource, 'ip_protocol', [
    ...blockPeers(resource, 'cidr_ipv4'),
    ...blockPeers(resource, 'cidr_ipv6'),
    ...groupPeers(resource, 'referenced_security_group_id'),
    ...lists(resource, 'prefix_list_id'),
  ]);
  return {
    address: resource.address,
    group: identityAt(resource, 'security_group_id'),
    way,
    rule,
    ...(resource.uncertain === undefined ? {} : { uncertain: `${resource.address} ${resource.uncertain}` }),
  };
}

function ruleOf(body: Body, protocolName: string, peers: readonly Peer[]): GroupRule {
  const protocol = protocolOf(body, protocolName);
  const unsure = unsureOf(body, protocolName, protocol);
  return {
    protocol,
    ports: portsOf(body, protocol),
    peers,
    ...(unsure === undefined ? {} : { unsure }),
    origin: body.origin,
  };
}

function unsureOf(body: Body, protocolName: string, protocol: Protocol): string | undefined {
  const told = [text(body, protocolName, '-1')];
  if (told[0]?.known === true && protocol === 'all') return undefined;
  const ports = [number(body, 'from_port', 0), number(body, 'to_port', 65_535)];
  return [...told, ...ports].flatMap((one) => (one.known ? [] : [one.because]))[0];
}

function blockPeers(body: Body, name: string): Peer[] {
  return elements(body, name).map(({ value }) => blockPeer(value, name));
}

function blockPeer(value: Value, name: string): Peer {
  const written = textOf(value);
  const block = written === undefined ? undefined : parseCidr(written);
  if (block !== undefined) return { is: 'block', block, text: written ?? '' };
  return { is: 'unknown', because: `${name}: ${whyUnknown(value) ?? `${written ?? 'a list'} is no address block`}` };
}

function groupPeers(body: Body, name: string): Peer[] {
  return elements(body, name).map(({ value }): Peer => {
    const group = identityOf(value);
    if (group === undefined)
      return { is: 'unknown', because: `${name}: ${whyUnknown(value) ?? 'it names no group'}`, group: true };
    return { is: 'group', group };
  });
}

function selfPeer(body: Body, group: string): Peer[] {
  return body.attribute('self')?.value === true ? [{ is: 'group', group }] : [];
}

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  '-1': 'all',
  all: 'all',
  tcp: 'tcp',
  '6': 'tcp',
  udp: 'udp',
  '17': 'udp',
};

/** A protocol that is not known is taken as every one: what it might let through counts as let through. */
function protocolOf(body: Body, name: string): Protocol {
  const told = text(body, name, '-1');
  return told.known ? (PROTOCOLS[told.value.toLowerCase()] ?? 'other') : 'all';
}

function portsOf(body: Body, protocol: Protocol): Ports {
  if (protocol === 'all') return { from: 0, to: 65_535 };
  const [from, to] = [number(body, 'from_port', 0), number(body, 'to_port', 65_535)];
  const [first, last] = [from.known ? from.value : 0, to.known ? to.value : 65_535];
  return first === -1 ? { from: 0, to: 65_535 } : { from: first, to: last };
}

interface Acls {
  readonly ofSubnet: ReadonlyMap<string, Acl>;
  /** Default ACLs that the configuration takes over, by network. */
  readonly ofNetwork: ReadonlyMap<string, Acl>;
  readonly open?: string;
}

/** Network ACLs by the subnets they are for: inline rules, `aws_network_acl_rule`, and associations of their own. */
export function aclsOf(configuration: Configuration): Acls {
  const apart = configuration.of('aws_network_acl_rule').map((resource) => ({
    acl: identityAt(resource, 'network_acl_id'),
    egress: resource.attribute('egress')?.value === true,
    rule: aclRule(resource, 'rule_number', 'rule_action'),
  }));
  const ofSubnet = new Map<string, Acl>();
  const ofNetwork = new Map<string, Acl>();
  let open: string | undefined;
  const associations = configuration.of('aws_network_acl_association');
  for (const resource of [...configuration.of('aws_network_acl'), ...configuration.of('aws_default_network_acl')]) {
    const own = apart.filter(({ acl }) => acl === resource.address);
    const sides = { ingress: sideOf(resource, 'ingress'), egress: sideOf(resource, 'egress') };
    const unclear = sides.ingress.open ?? sides.egress.open ?? own.find(({ rule }) => typeof rule === 'string')?.rule;
    const more = (egress: boolean): AclRule[] =>
      own.flatMap(({ rule, egress: way }) => (typeof rule === 'string' || way !== egress ? [] : [rule]));
    const acl: Acl = {
      id: resource.address,
      ingress: [...sides.ingress.rules, ...more(false)],
      egress: [...sides.egress.rules, ...more(true)],
      ...(typeof unclear === 'string' ? { open: unclear } : {}),
      origin: resource.origin,
    };
    const network = identityAt(resource, 'default_network_acl_id');
    if (network !== undefined) ofNetwork.set(network, acl);
    const named = [
      ...elements(resource, 'subnet_ids'),
      ...associations
        .filter((one) => identityAt(one, 'network_acl_id') === resource.address)
        .flatMap((one) => elements(one, 'subnet_id')),
    ];
    for (const { value } of named) {
      const subnet = identityOf(value);
      if (subnet === undefined)
        open = `${resource.address} is for subnets that are not known: ${whyUnknown(value) ?? ''}`;
      else ofSubnet.set(subnet, acl);
    }
  }
  return { ofSubnet, ofNetwork, ...(open === undefined ? {} : { open }) };
}

function sideOf(resource: Resource, way: 'ingress' | 'egress'): { rules: AclRule[]; open?: string } {
  const rules = resource.blocks(way).map((body) => aclRule(body, 'rule_no', 'action'));
  const unclear = resource.open(way) ?? rules.find((rule) => typeof rule === 'string');
  const known = rules.flatMap((rule) => (typeof rule === 'string' ? [] : [rule]));
  return typeof unclear === 'string' ? { rules: known, open: unclear } : { rules: known };
}

/** A rule, or why it is not known. */
function aclRule(body: Body, numberName: string, actionName: string): AclRule | string {
  const place: Origin = body.origin;
  const order = number(body, numberName, Number.NaN);
  const action = text(body, actionName, 'deny');
  const written = text(body, body.attribute('ipv6_cidr_block') === undefined ? 'cidr_block' : 'ipv6_cidr_block', '');
  if (!order.known) return order.because;
  if (!action.known) return action.because;
  if (!written.known) return written.because;
  const block = parseCidr(written.value);
  if (block === undefined) return `${written.value} is no address block`;
  const protocol = protocolOf(body, 'protocol');
  return {
    number: order.value,
    allow: action.value === 'allow',
    protocol,
    ports: portsOf(body, protocol),
    block,
    origin: place,
  };
}

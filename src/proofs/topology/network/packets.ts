import type { AddressBlock } from '../../../model/cidr.ts';
import type { Acl, AclRule, GroupRule, Ports, RouteTable, Subnet } from './types.ts';

/**
 * Whether packets pass, exactly. Rules cut the addresses at their blocks: between two cuts all addresses are treated alike, so one of
 * each part stands for all. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html,
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */

/** Ports that a client may be answered on: what any of the common stacks uses. */
const EPHEMERAL: Ports = { from: 1024, to: 65_535 };

export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const block = (family: 4 | 6, first: bigint, bits: number): AddressBlock => ({
  family,
  first,
  last: first + (1n << BigInt((family === 4 ? 32 : 128) - bits)) - 1n,
});

/** IPv4 that the internet does not carry (RFC 6890), by first octets and prefix length. */
const SPECIAL: readonly AddressBlock[] = (
  [
    [0, 0, 8],
    [10, 0, 8],
    [100, 64, 10],
    [127, 0, 8],
    [169, 254, 16],
    [172, 16, 12],
    [192, 168, 16],
    [198, 18, 15],
    [224, 0, 3],
  ] as const
).map(([a, b, bits]) => block(4, (BigInt(a) << 24n) + (BigInt(b) << 16n), bits));

/** Addresses that a stranger may come from. */
export const INTERNET: readonly AddressBlock[] = [...without(block(4, 0n, 0), SPECIAL), block(6, 0x2000n << 112n, 3)];

/** One address for each part into which the cuts divide the blocks. */
export function representatives(within: readonly AddressBlock[], cuts: readonly AddressBlock[]): Address[] {
  return within.flatMap(({ family, first, last }) => {
    const starts = new Set([first]);
    for (const cut of cuts) {
      if (cut.family !== family) continue;
      if (cut.first > first && cut.first <= last) starts.add(cut.first);
      if (cut.last >= first && cut.last < last) starts.add(cut.last + 1n);
    }
    return [...starts].map((value) => ({ family, value }));
  });
}

export function holds({ family, first, last }: AddressBlock, address: Address): boolean {
  return family === address.family && first <= address.value && address.value <= last;
}

/** A part of `block` that none of the others covers, if there is one. */
export function uncovered(inner: AddressBlock, others: readonly AddressBlock[]): Address | undefined {
  return representatives([inner], others).find((address) => !others.some((other) => holds(other, address)));
}

function without(whole: AddressBlock, holes: readonly AddressBlock[]): AddressBlock[] {
  const sorted = holes.toSorted((a, b) => Number(a.first - b.first));
  const parts: AddressBlock[] = [];
  let at = whole.first;
  for (const { first, last } of sorted) {
    if (first > at) parts.push({ family: whole.family, first: at, last: first - 1n });
    at = last + 1n;
  }
  if (at <= whole.last) parts.push({ family: whole.family, first: at, last: whole.last });
  return parts;
}

/** The rule of a security group that lets TCP to the port through for an address. */
export function letsThrough(rules: readonly GroupRule[], address: Address, port: number): GroupRule | undefined {
  return rules.find(
    (rule) => coversPort(rule, port) && rule.peers.some((peer) => peer.is === 'block' && holds(peer.block, address)),
  );
}

/** Whether the rule is about TCP to the port. */
export function coversPort({ protocol, ports }: Pick<GroupRule, 'protocol' | 'ports'>, port: number): boolean {
  return protocol === 'all' || (protocol === 'tcp' && ports.from <= port && port <= ports.to);
}

/** The first rule of an ACL that is about TCP with an address and port; without one everything is denied. */
export function firstRule(rules: readonly AclRule[], address: Address, port: number): AclRule | undefined {
  return rules
    .filter((rule) => coversPort(rule, port) && holds(rule.block, address))
    .reduce<AclRule | undefined>(
      (first, rule) => (first === undefined || rule.number < first.number ? rule : first),
      undefined,
    );
}

/** Whether a subnet's ACL lets a connection in from an address, and its answers out. ACLs remember nothing. */
export function aclLetsIn(acl: Acl | undefined, from: Address, port: number): boolean {
  if (acl === undefined) return true;
  return firstRule(acl.ingress, from, port)?.allow === true && letAnswersThrough([[acl.egress, from]]);
}

/** Whether the ACLs of two subnets let a connection from an address of one to an address of the other, and its answers back. */
export function aclsLetAcross(
  source: Acl | undefined,
  target: Acl | undefined,
  from: Address,
  to: Address,
  port: number,
): boolean {
  if (source !== undefined && firstRule(source.egress, to, port)?.allow !== true) return false;
  if (target !== undefined && firstRule(target.ingress, from, port)?.allow !== true) return false;
  return letAnswersThrough([
    ...(target === undefined ? [] : [[target.egress, from] as const]),
    ...(source === undefined ? [] : [[source.ingress, to] as const]),
  ]);
}

/** Whether at least one port that answers may go to is let through everywhere on their way: the ends of all rules cut the ports. */
function letAnswersThrough(way: readonly (readonly [rules: readonly AclRule[], address: Address])[]): boolean {
  const starts = new Set([EPHEMERAL.from]);
  for (const [rules] of way)
    for (const { ports } of rules) for (const start of [ports.from, ports.to + 1]) starts.add(start);
  return [...starts].some(
    (port) =>
      EPHEMERAL.from <= port &&
      port <= EPHEMERAL.to &&
      way.every(([rules, address]) => firstRule(rules, address, port)?.allow === true),
  );
}

/** The route of an address: the longest prefix decides. `undefined`: it has none. */
export function routeTo(table: RouteTable, address: Address): RouteTable['routes'][number] | undefined {
  return table.routes
    .filter((route) => holds(route.block, address))
    .reduce<RouteTable['routes'][number] | undefined>(
      (best, route) => (best === undefined || sizeOf(route.block) < sizeOf(best.block) ? route : best),
      undefined,
    );
}

function sizeOf({ first, last }: AddressBlock): bigint {
  return last - first;
}

/** The blocks at which the rules of a subnet and of some groups cut addresses. */
export function cutsOf(subnet: Subnet, rules: readonly GroupRule[]): AddressBlock[] {
  return [
    ...rules.flatMap(({ peers }) => peers.flatMap((peer) => (peer.is === 'block' ? [peer.block] : []))),
    ...(subnet.table?.routes ?? []).map((route) => route.block),
    ...(subnet.acl?.ingress ?? []).map((rule) => rule.block),
    ...(subnet.acl?.egress ?? []).map((rule) => rule.block),
  ];
}

import type { Origin } from '../../model/origin.ts';
import type { NonEmpty } from '../../model/result.ts';
import {
  aclLetsIn,
  aclsLetAcross,
  coversPort,
  cutsOf,
  firstRule,
  INTERNET,
  letsThrough,
  representatives,
  routeTo,
  type Address,
} from './network/packets.ts';
import type { GroupRule, Host, Network, Subnet } from './network/types.ts';
import { placed } from './read.ts';

/** One step of a path: what is passed, and the line that lets it pass. */
export interface Hop {
  readonly to: string;
  readonly by: string;
  readonly origin: Origin;
}

/** Whether something can be reached: by which hops, or what stops it, or what is not known. */
export type Reach =
  | { readonly answer: 'open'; readonly hops: NonEmpty<Hop> }
  | { readonly answer: 'closed'; readonly because: string }
  | { readonly answer: 'unknown'; readonly because: string; readonly origin: Origin };

/** Whether a stranger on the internet can open TCP to a port of the host, by its own address. */
export function fromInternet(network: Network, host: Host, port: number): Reach {
  if (host.public.known && !host.public.value) return closed(`${host.id} has no address of the internet's`);
  const answers = host.subnets.map((subnet) => throughSubnet(network, host, subnet, port));
  const open = answers.find(({ answer }) => answer === 'open');
  if (open !== undefined && host.public.known) return open;
  if (open !== undefined && !host.public.known) return unknown(host.public.because, host.public.origin);
  const unclear = answers.find(({ answer }) => answer === 'unknown');
  if (unclear !== undefined) return unclear;
  if (host.unplaced !== undefined) return unknown(host.unplaced, host.origin);
  return answers[0] ?? closed(`${host.id} lies in no subnet`);
}

function throughSubnet(network: Network, host: Host, subnet: Subnet, port: number): Reach {
  const rules = rulesOf(network, host, 'ingress');
  const candidates = representatives(INTERNET, cutsOf(subnet, rules));
  const routed = candidates.filter(
    (address) => subnet.table !== undefined && routeTo(subnet.table, address)?.target === 'internet',
  );
  if (routed.length === 0) {
    if (subnet.unrouted !== undefined) return unknown(subnet.unrouted, subnet.origin);
    return closed(`${subnet.id} has no route from the internet`);
  }
  const bare = host.groups.length === 0 && host.ungrouped === undefined;
  const admitted = routed.filter((address) => bare || letsThrough(rules, address, port) !== undefined);
  const passing = admitted.find((address) => aclLetsIn(subnet.acl, address, port));
  if (passing !== undefined && subnet.acl?.open === undefined)
    return { answer: 'open', hops: hopsOf(host, subnet, rules, passing, port) };
  const unclear = unclearRules(network, host, port, 'ingress') ?? subnet.acl?.open;
  if (unclear !== undefined) return unknown(unclear, host.origin);
  if (admitted.length === 0) return closed(`no security group of ${host.id} lets the internet in on ${port}`);
  return closed(`${subnet.acl?.id ?? 'its network ACL'} refuses ${port} from the internet`);
}

function hopsOf(host: Host, subnet: Subnet, rules: readonly GroupRule[], from: Address, port: number): NonEmpty<Hop> {
  const route = subnet.table === undefined ? undefined : routeTo(subnet.table, from);
  const rule = letsThrough(rules, from, port);
  const denies = subnet.acl === undefined ? undefined : firstRule(subnet.acl.ingress, from, port);
  return [
    {
      to: route?.id ?? 'the internet gateway',
      by: 'a route to the internet gateway',
      origin: route?.origin ?? subnet.origin,
    },
    {
      to: `${subnet.id} (${subnet.cidr})`,
      by: denies === undefined ? 'no network ACL' : `network ACL rule ${denies.number}`,
      origin: denies?.origin ?? subnet.origin,
    },
    {
      to: `${host.id}:${port}`,
      by: rule === undefined ? 'no security group' : `a rule for ${peersOf(rule)}`,
      origin: rule?.origin ?? host.origin,
    },
  ];
}

/** Whether one host can open TCP to a port of another inside their network. */
export function between(network: Network, from: Host, to: Host, port: number): Reach {
  const answers = from.subnets.flatMap((source) =>
    to.subnets.map((target) => pair(network, from, source, to, target, port)),
  );
  const open = answers.find(({ answer }) => answer === 'open');
  if (open !== undefined) return open;
  const unclear = answers.find(({ answer }) => answer === 'unknown');
  if (unclear !== undefined) return unclear;
  const unplaced = to.unplaced ?? from.unplaced;
  if (answers.length === 0 && unplaced !== undefined) return unknown(unplaced, to.origin);
  return answers[0] ?? closed(`${from.id} and ${to.id} share no network`);
}

function pair(network: Network, from: Host, source: Subnet, to: Host, target: Subnet, port: number): Reach {
  if (source.vpc !== target.vpc) return closed(`${from.id} and ${to.id} lie in different networks`);
  const [outward, inward] = [rulesOf(network, from, 'egress'), rulesOf(network, to, 'ingress')];
  const sources = representatives(source.blocks, [...cutsOf(target, inward), ...cutsOf(source, [])]);
  const targets = representatives(target.blocks, [...cutsOf(source, outward), ...cutsOf(target, [])]);
  const inner = source.id === target.id;
  for (const a of sources) {
    const entry = admits(inward, a, from, port);
    if (entry === undefined) continue;
    for (const b of targets) {
      if (
        a.family !== b.family ||
        (from.groups.length > 0 && from.ungrouped === undefined && admits(outward, b, to, port) === undefined)
      )
        continue;
      const passes = inner || aclsLetAcross(source.acl, target.acl, a, b, port);
      if (!passes) continue;
      return {
        answer: 'open',
        hops: [{ to: `${to.id}:${port}`, by: `a rule for ${peersOf(entry)}`, origin: entry.origin }],
      };
    }
  }
  const unclear = unclearRules(network, to, port, 'ingress') ?? source.acl?.open ?? target.acl?.open;
  return unclear === undefined
    ? closed(`${to.id} lets nothing in from ${from.id} on ${port}`)
    : unknown(unclear, to.origin);
}

/** The rule that is about the address, or about a group that the host carries. */
function admits(rules: readonly GroupRule[], address: Address, host: Host, port: number): GroupRule | undefined {
  const byGroup = rules.find(
    (rule) =>
      coversPort(rule, port) && rule.peers.some((peer) => peer.is === 'group' && host.groups.includes(peer.group)),
  );
  return byGroup ?? letsThrough(rules, address, port);
}

export function rulesOf(network: Network, host: Host, way: 'ingress' | 'egress'): GroupRule[] {
  return host.groups.flatMap((id) => network.groups.get(id)?.[way] ?? []);
}

/** Why rules that are not known may let a port through. */
export function unclearRules(
  network: Network,
  host: Host,
  port: number,
  way: 'ingress' | 'egress',
): string | undefined {
  if (host.ungrouped !== undefined) return host.ungrouped;
  const missing = host.groups.find((id) => !network.groups.has(id));
  if (missing !== undefined) return `the rules of ${missing} are not described here`;
  const groups = host.groups.map((id) => network.groups.get(id)).filter((group) => group !== undefined);
  const open = groups.find((group) => group.open !== undefined);
  if (open !== undefined) return `${open.id}: ${open.open ?? ''}`;
  return groups
    .flatMap((group) => group[way])
    .filter((rule) => coversPort(rule, port))
    .flatMap((rule) => rule.peers.flatMap((peer) => (peer.is === 'unknown' ? [peer.because] : [])))[0];
}

/** Every path from the internet to a port of the host that does not lead through the application: by strangers' own hands. */
export function strangersPath(network: Network, host: Host, port: number): Reach {
  const direct = fromInternet(network, host, port);
  if (direct.answer === 'open') return direct;
  let unclear = direct.answer === 'unknown' ? direct : undefined;
  for (const pivot of network.hosts) {
    if (pivot === host || (pivot.kind !== 'balancer' && pivot.kind !== 'instance')) continue;
    if (pivot.kind === 'balancer' && !pivot.forwards.includes(host.id)) continue;
    const onward = between(network, pivot, host, port);
    if (onward.answer === 'closed') continue;
    for (const entrance of entrancesOf(network, pivot)) {
      const inward = fromInternet(network, pivot, entrance);
      if (inward.answer === 'open' && onward.answer === 'open')
        return { answer: 'open', hops: [...inward.hops, ...onward.hops] };
      if (inward.answer !== 'closed')
        unclear ??= onward.answer === 'unknown' ? onward : inward.answer === 'unknown' ? inward : undefined;
    }
  }
  return unclear ?? direct;
}

/** The ports on which anything at all may be let in: the first port of each rule, and the listeners of a balancer. */
function entrancesOf(network: Network, host: Host): readonly number[] {
  const starts = rulesOf(network, host, 'ingress')
    .filter((rule) => rule.protocol !== 'udp')
    .map((rule) => rule.ports.from);
  return [...new Set([...host.ports, ...(host.kind === 'balancer' ? [] : starts)])];
}

export function peersOf(rule: GroupRule): string {
  return rule.peers
    .map((peer) => (peer.is === 'block' ? peer.text : peer.is === 'group' ? peer.group : 'what is not known'))
    .join(', ');
}

/** A path as steps that a person can follow, each with its line. */
export function stepsOf(hops: readonly Hop[]): { action: string; state: string }[] {
  return hops.map(({ to, by, origin }) => ({ action: `to ${to}`, state: `${by} (${placed(origin)})` }));
}

function closed(because: string): Reach {
  return { answer: 'closed', because };
}

function unknown(because: string, origin: Origin): Reach {
  return { answer: 'unknown', because, origin };
}

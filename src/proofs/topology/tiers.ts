import { overlaps, parseCidr, type AddressBlock } from '../../model/cidr.ts';
import type { Origin } from '../../model/origin.ts';
import { INTERNET, coversPort, uncovered } from './network/packets.ts';
import type { GroupRule, Host, Network, Peer, Route, Subnet, Tier } from './network/types.ts';

/** The tier of a subnet: what it is said to be, else what its routes and what lies in it make it. */
export function tierOf(network: Network, subnet: Subnet): Tier | undefined {
  if (subnet.said !== undefined) return subnet.said.tier;
  if (wayOut(subnet, 'internet') !== undefined) return 'public';
  if (network.hosts.some((host) => host.kind === 'store' && host.subnets.includes(subnet))) return 'data';
  return wayOut(subnet, 'nat') === undefined ? undefined : 'private';
}

/** The route by which a subnet reaches the internet, through a gateway that lets connections in or one that does not. */
export function wayOut(subnet: Subnet, by: 'internet' | 'nat'): Route | undefined {
  return subnet.table?.routes.find(({ target, block }) => target === by && isInternet(block));
}

/** Who a rule lets in to a port of a host. */
export interface Admission {
  readonly port: number;
  /** As the rule names them: a range, a group. */
  readonly from: string;
  /** Tiers of the subnets that lie in it, or in which its carriers stand. */
  readonly tiers: readonly Tier[];
  /** `internet`: addresses of the internet's; `outside`: private ones beyond this network. */
  readonly beyond: 'internet' | 'outside' | 'nothing';
  readonly origin: Origin;
}

/** An answer that waits for something not known. */
export interface Unclear {
  readonly because: string;
  readonly origin: Origin;
}

/** Everyone whom the security groups of a host let in to one of its ports by TCP. Members of its own groups are not told. */
export function admissionsOf(network: Network, host: Host): { admissions: Admission[]; unclear: Unclear[] } {
  const admissions: Admission[] = [];
  const unclear: Unclear[] = [];
  if (host.ungrouped !== undefined) unclear.push({ because: host.ungrouped, origin: host.origin });
  for (const id of host.groups) {
    const group = network.groups.get(id);
    if (group === undefined)
      unclear.push({ because: `the rules of ${id} are not described here`, origin: host.origin });
    if (group?.open !== undefined) unclear.push({ because: `${id}: ${group.open}`, origin: group.origin });
    for (const rule of group?.ingress ?? []) {
      const ports = host.ports.filter((port) => coversPort(rule, port));
      for (const told of ports.flatMap((port) =>
        rule.peers.flatMap((peer) => peerOf(network, host, rule, peer, port) ?? []),
      ))
        if ('because' in told) unclear.push(told);
        else admissions.push(told);
    }
  }
  return { admissions, unclear };
}

function peerOf(
  network: Network,
  host: Host,
  rule: GroupRule,
  peer: Peer,
  port: number,
): Admission | Unclear | undefined {
  const { origin } = rule;
  if (peer.is === 'unknown') return { because: peer.because, origin };
  if (peer.is === 'block') {
    const inside = network.subnets.filter(({ blocks }) => blocks.some((block) => overlaps(block, peer.block)));
    return { port, from: peer.text, tiers: tiersOf(network, inside), beyond: beyond(network, peer.block), origin };
  }
  if (host.groups.includes(peer.group)) return undefined;
  const carriers = network.hosts.filter((one) => one.groups.includes(peer.group));
  if (carriers.length === 0)
    return {
      because: `what carries ${peer.group}, which ${host.id} lets in on ${port}, is not described here`,
      origin,
    };
  const from = `${peer.group}, which ${carriers[0]?.id ?? ''} carries`;
  return {
    port,
    from,
    tiers: tiersOf(
      network,
      carriers.flatMap(({ subnets }) => subnets),
    ),
    beyond: 'nothing',
    origin,
  };
}

function tiersOf(network: Network, subnets: readonly Subnet[]): Tier[] {
  return [...new Set(subnets.flatMap((subnet) => tierOf(network, subnet) ?? []))].sort();
}

/** Addresses of the network in which no subnet lies belong to nobody. */
function beyond(network: Network, block: AddressBlock): Admission['beyond'] {
  if (isInternet(block)) return 'internet';
  const own = [...network.vpcs, ...network.subnets].flatMap(({ blocks }) => blocks);
  return uncovered(block, own) === undefined ? 'nothing' : 'outside';
}

/** Whether ranges let everybody of one family of addresses in together: `0.0.0.0/0`, `::/0` alone, or the two halves of either. */
export function coversInternet(ranges: readonly string[]): boolean {
  if (ranges.some((range) => /\/0+$/.test(range.trim()))) return true;
  const blocks = ranges.flatMap((range) => parseCidr(range) ?? []);
  const covers = (family: AddressBlock['family']): boolean =>
    INTERNET.filter((part) => part.family === family).every((part) => uncovered(part, blocks) === undefined);
  return covers(4) || covers(6);
}

/** Whether some address of the block is one that a stranger may come from. */
export function isInternet(block: AddressBlock): boolean {
  return INTERNET.some((part) => overlaps(part, block));
}

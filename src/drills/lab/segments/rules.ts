/**
 * The rulesets of the segments. Every part goes on binding and asking loopback; its namespace turns a connection to another part's port into one
 * between platform addresses, and back at the other end, so what crosses the router is what crosses a cluster's network. A server sees its clients
 * on loopback, as without segments: who may connect from where in its own configuration means the same.
 */
import { compileNftables, rulesetText, type Ruleset } from '../../../proofs/reachability/nftables/index.ts';
import type { ReachInput } from '../../../proofs/reachability/index.ts';
import type { Placement } from './placement.ts';
import type { Passage, SegmentPart } from './types.ts';

export const LOOPBACK = '127.0.0.1';
/** Name of the router's end of the link to the host. */
export const DOOR = 'host0';

/** For the namespace of one part. `host` is the address under which node agents listen. */
export function partRules(part: SegmentPart, placement: Placement, host: string): string {
  const out = placement.passages.filter(({ from }) => from === part.name);
  const own = placement.addresses.get(part.name)?.[0] ?? LOOPBACK;
  return `table ip segment {
  chain out {
    type nat hook output priority -100; policy accept;
    ${mapped(
      `ip daddr { ${LOOPBACK}, ${host} } dnat ip to tcp dport map`,
      out.map(({ labPort, destination, port }) => `${labPort} : ${destination} . ${port}`),
    )}
  }
  chain leave {
    type nat hook postrouting priority 100; policy accept;
    ${mapped('oifname eth0 snat ip to ip daddr . tcp dport map', unique(out.map(({ destination, port, source }) => `${destination} . ${port} : ${source}`)))}
    oifname eth0 ip saddr ${LOOPBACK} snat to ${own}
  }
  chain arrive {
    type nat hook prerouting priority -100; policy accept;
    ${mapped('iifname eth0 dnat ip to ip daddr . tcp dport map', arrivals(part, placement, host))}
  }
  chain inside {
    type nat hook input priority 100; policy accept;
    iifname eth0 ct status dnat snat to ${LOOPBACK}
  }
  chain in {
    type filter hook input priority 0; policy accept;
    iifname eth0 ct state established,related accept
    iifname eth0 ct status dnat accept
    iifname eth0 drop
  }
}
`;
}

function mapped(statement: string, entries: readonly string[]): string {
  return entries.length === 0 ? '' : `${statement} { ${entries.join(', ')} }`;
}

function unique(entries: readonly string[]): string[] {
  return [...new Set(entries)];
}

/** Where what arrives at the part's platform addresses is on its loopback. */
function arrivals(part: SegmentPart, { passages, doors }: Placement, host: string): string[] {
  const bound = (labPort: number): string => (part.ports['agent'] === labPort ? host : LOOPBACK);
  const own = new Set(Object.values(part.ports));
  return unique([
    ...passages
      .filter(({ to }) => to === part.name)
      .map(({ destination, port, labPort }) => `${destination} . ${port} : ${bound(labPort)} . ${labPort}`),
    ...[...doors]
      .filter(([labPort]) => own.has(labPort))
      .map(([labPort, door]) => `${door.address} . ${door.port} : ${bound(labPort)} . ${labPort}`),
  ]);
}

/** For the router: the policies, with the lab's own door before them, and nothing that begins in a segment to the host. */
export function routerRules(input: ReachInput, placement: Placement, door: Door): string {
  const ruleset = compileNftables(input, placement.pods);
  const [forward, ...others] = ruleset.chains;
  const [hook, established, ...rest] = forward?.rules ?? [];
  const rules = [
    hook ?? '',
    established ?? '',
    `iifname ${DOOR} ct status dnat accept`,
    `iifname ${DOOR} drop`,
    `oifname ${DOOR} drop`,
    ...nodes(placement.passages),
    ...rest,
  ];
  const chains: Ruleset['chains'] = [{ name: forward?.name ?? 'forward', rules }, ...others];
  return `${rulesetText({ ...ruleset, chains })}${doorRules(placement, door)}`;
}

/** What a pod's own node asks passes every policy. */
function nodes(passages: readonly Passage[]): string[] {
  const entries = passages
    .filter(({ asNode }) => asNode)
    .map(({ source, destination, port }) => `${source} . ${destination} . ${port}`);
  return entries.length === 0 ? [] : [`ip saddr . ip daddr . tcp dport { ${unique(entries).join(', ')} } accept`];
}

/** Link-local addresses of the link between host and router. */
export interface Door {
  readonly host: string;
  readonly router: string;
  /** Address of the platform under which the lab itself appears to the parts. */
  readonly appears: string;
}

function doorRules({ doors }: Placement, { router, host, appears }: Door): string {
  const entries = [...doors].map(([labPort, { address, port }]) => `${labPort} : ${address} . ${port}`);
  return `table ip door {
  chain arrive {
    type nat hook prerouting priority -100; policy accept;
    ${mapped(`iifname ${DOOR} ip daddr ${router} dnat ip to tcp dport map`, entries)}
  }
  chain leave {
    type nat hook postrouting priority 100; policy accept;
    ip saddr ${host} snat to ${appears}
  }
}
`;
}

/** For the host itself: the lab's ports on loopback lead to the router. A table of its own, which goes with the lab. */
export function hostRules(table: string, ports: readonly number[], host: string, door: Door, link: string): string {
  return `table ip ${table} {
  chain out {
    type nat hook output priority -100; policy accept;
    ip daddr { ${LOOPBACK}, ${host} } tcp dport { ${ports.join(', ')} } dnat to ${door.router}
  }
  chain leave {
    type nat hook postrouting priority 100; policy accept;
    oifname ${link} snat to ${door.host}
  }
}
`;
}

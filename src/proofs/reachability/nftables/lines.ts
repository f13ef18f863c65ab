import type { Addresses } from '../addresses.ts';
import type { Protocol } from '../ports.ts';
import type { PodsInput, PortInput, RuleInput } from '../types.ts';
import { elements, type Places } from './places.ts';

/** The peer's address in the packet. */
export type Field = 'saddr' | 'daddr';

/** The lines of one rule for one pod: for each family of its peers' addresses, and each of its ports. */
export function linesOf(rule: RuleInput, pod: PodsInput, field: Field, places: Places, verdict: string): string[] {
  const peers = places.peers(rule.peers, pod.namespace);
  const match = (addresses: Addresses | undefined, ports: string): string[] =>
    addressMatches(addresses, field).map((address) =>
      [address, ports, verdict].filter((part) => part !== '').join(' '),
    );
  if (rule.ports === undefined) return match(peers.addresses, '');
  return rule.ports.flatMap((port) => {
    if (port.name === undefined) return match(peers.addresses, numbered(port));
    // A name means what the receiving pod calls so.
    if (field === 'saddr') return named(port, pod).flatMap((ports) => match(peers.addresses, ports));
    return peers.pods.flatMap((receiver) =>
      named(port, receiver).flatMap((ports) => match(places.of(receiver), ports)),
    );
  });
}

/** Everybody is matched by nothing at all; a set that is empty matches nobody, so there is no line for it. */
function addressMatches(addresses: Addresses | undefined, field: Field): string[] {
  if (addresses === undefined) return [''];
  return elements(addresses).map(({ family, elements: set }) => `${family} ${field} { ${set.join(', ')} }`);
}

function numbered({ protocol = 'TCP', first, last }: PortInput): string {
  if (first === undefined) return `meta l4proto ${protocol.toLowerCase()}`;
  return dport(protocol, last === undefined || last === first ? `${first}` : `${first}-${last}`);
}

function named({ name, protocol }: PortInput, { ports = [] }: PodsInput): string[] {
  return ports
    .filter((port) => port.name === name && (protocol === undefined || port.protocol === protocol))
    .map((port) => dport(port.protocol, `${port.port}`));
}

function dport(protocol: Protocol, ports: string): string {
  return `${protocol.toLowerCase()} dport ${ports}`;
}

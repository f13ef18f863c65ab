import { same, type Intervals } from './intervals.ts';

export const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/**
 * A set of ports of all three protocols in one line of numbers: TCP n is n, UDP n is 65536 + n, SCTP n is 131072 + n. Half-open, so
 * plain data that compares, digests and prints. Other protocols are implementation-defined and not in it.
 */
export type Ports = Intervals<number>;

const SPAN = 65_536;

export const NO_PORTS: Ports = [];
export const ALL_PORTS: Ports = PROTOCOLS.flatMap((_, index) => [index * SPAN + 1, (index + 1) * SPAN]);

/** Ports `first` to `last`, both included; all of the protocol's without bounds. */
export function portRange(protocol: Protocol, first = 1, last = first === 1 ? SPAN - 1 : first): Ports {
  const base = PROTOCOLS.indexOf(protocol) * SPAN;
  return [base + first, base + last + 1];
}

/** One port of a protocol. */
export function onePort(protocol: Protocol, port: number): Ports {
  return portRange(protocol, port, port);
}

export function hasPort(ports: Ports, protocol: Protocol, port: number): boolean {
  const at = PROTOCOLS.indexOf(protocol) * SPAN + port;
  for (let i = 0; i < ports.length; i += 2) if (at >= (ports[i] ?? 0) && at < (ports[i + 1] ?? 0)) return true;
  return false;
}

export function isAll(ports: Ports): boolean {
  return same(ports, ALL_PORTS);
}

/** Whether more ports of a protocol are in it than not: more than any range that somebody means, such as that of node ports or of ephemeral ones. */
export function hasMost(ports: Ports, protocol: Protocol): boolean {
  const own = spans(ports).filter((one) => one.protocol === protocol);
  return own.reduce((sum, { first, last }) => sum + last - first + 1, 0) > SPAN / 2;
}

export interface PortSpan {
  readonly protocol: Protocol;
  readonly first: number;
  readonly last: number;
}

/** The ranges of the set, by protocol. */
export function spans(ports: Ports): PortSpan[] {
  const found: PortSpan[] = [];
  for (let i = 0; i < ports.length; i += 2) {
    const from = ports[i] ?? 0;
    const to = (ports[i + 1] ?? 0) - 1;
    const protocol = PROTOCOLS[Math.floor(from / SPAN)] ?? 'TCP';
    found.push({ protocol, first: from % SPAN, last: to % SPAN });
  }
  return found;
}

/** `All Connections`, `No Connections`, or `TCP 80,8080-8090,UDP 53`: protocols by name, ports ascending. */
export function portsText(ports: Ports): string {
  if (ports.length === 0) return 'No Connections';
  if (isAll(ports)) return 'All Connections';
  const byProtocol = new Map<Protocol, string[]>();
  for (const { protocol, first, last } of spans(ports)) {
    const texts = byProtocol.get(protocol) ?? [];
    texts.push(first === last ? `${first}` : `${first}-${last}`);
    byProtocol.set(protocol, texts);
  }
  return [...byProtocol]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([protocol, texts]) => `${protocol} ${texts.join(',')}`)
    .join(',');
}

import type { Rule } from './compile.ts';
import type { Question } from './evaluate.ts';
import { union } from './intervals.ts';
import { NO_PORTS, onePort, portRange, PROTOCOLS, type Ports } from './ports.ts';

/** A rule's ports towards a destination. A name stands for the ports of that name and protocol that the destination's containers list. */
export function resolvePorts(rule: Rule, { direction, destination, peer }: Question): { sure: Ports; possible: Ports } {
  const { fixed, names } = rule;
  if (names.length === 0) return { sure: fixed, possible: fixed };
  const byAddress = direction === 'egress' && peer.as !== 'pod' && peer.as !== 'anyone';
  let sure = fixed;
  let possible = fixed;
  for (const { protocol, name } of byAddress ? [] : names) {
    const listed = destination?.ports;
    if (listed === undefined) {
      for (const one of protocol === undefined ? PROTOCOLS : [protocol]) possible = union(possible, portRange(one));
      continue;
    }
    const found = listed.filter((port) => port.name === name && (protocol === undefined || port.protocol === protocol));
    const numbers = found.reduce<Ports>((all, port) => union(all, onePort(port.protocol, port.port)), NO_PORTS);
    possible = union(possible, numbers);
    // Two containers may give one name to different ports; which of them is meant is not said.
    if (isUnambiguous(found)) sure = union(sure, numbers);
  }
  return { sure, possible };
}

function isUnambiguous(found: readonly { readonly protocol: string; readonly port: number }[]): boolean {
  return found.every((a) => found.every((b) => a.protocol !== b.protocol || a.port === b.port));
}

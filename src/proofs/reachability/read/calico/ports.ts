/** Protocols and ports of rules (Calico `api/pkg/lib/numorstring`, `libcalico-go/lib/validator/v3`). */
import type { Cursor } from '../../../../model/cursor.ts';
import { subtract, unionAll } from '../../intervals.ts';
import { portRange, PROTOCOLS, spans, type Ports, type Protocol } from '../../ports.ts';
import type { PortInput } from '../../types.ts';
import { Refused } from '../refused.ts';

/** The protocols with ports that a rule is about; none where it is about ICMP, say. */
export function protocolsOf(rule: Cursor): readonly Protocol[] {
  const [wanted, excluded] = [rule.get('protocol'), rule.get('notProtocol')].map(numberAt);
  return PROTOCOLS.filter(
    (one) => (wanted === undefined || NUMBERS[one.toLowerCase()] === wanted) && NUMBERS[one.toLowerCase()] !== excluded,
  );
}

/** IANA's numbers of the protocols that have names. */
const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132, udplite: 136 };

function numberAt(at: Cursor): number | undefined {
  const value = at.integerOrString();
  if (value === undefined) return undefined;
  const number = typeof value === 'number' || /^\d+$/.test(value) ? Number(value) : NUMBERS[value.toLowerCase()];
  if (number === undefined || number < 0 || number > 255)
    throw new Refused(`protocol ${value} is none of TCP, UDP, SCTP, ICMP, ICMPv6, UDPLite, and no number up to 255`);
  return number;
}

/** Ports of the receiving end. `doubt`: why it may be fewer. */
export interface PortsOfRule {
  readonly ports: readonly PortInput[] | undefined;
  readonly doubt?: string;
}

export function portsOf(receiver: Cursor, protocols: readonly Protocol[], hasProtocol: boolean): PortsOfRule {
  const [listed, excluded] = [receiver.get('ports'), receiver.get('notPorts')].map((at) => at.items().map(portAt)) as [
    Port[],
    Port[],
  ];
  if (!hasProtocol && [...listed, ...excluded].some((port) => typeof port !== 'string'))
    throw new Refused('a rule names ports and no protocol of TCP, UDP, SCTP');
  const names = listed.filter((port) => typeof port === 'string');
  const whole = listed.length === 0;
  if (whole && excluded.length === 0)
    return { ports: protocols.length === PROTOCOLS.length ? undefined : protocols.map((protocol) => ({ protocol })) };
  const fixed = protocols.flatMap((protocol) => {
    const wanted = whole ? portRange(protocol) : rangesOf(protocol, listed);
    return spans(subtract(wanted, rangesOf(protocol, excluded)));
  });
  const isNamed = excluded.some((port) => typeof port === 'string');
  return {
    ports: [...fixed, ...names.flatMap((name) => protocols.map((protocol) => ({ protocol, name })))],
    ...((isNamed || (names.length > 0 && excluded.length > 0)) && {
      doubt: 'it leaves out ports, and names stand for others in each pod',
    }),
  };
}

type Port = readonly [first: number, last: number] | string;

function rangesOf(protocol: Protocol, ports: readonly Port[]): Ports {
  const ranges = ports.filter((port) => typeof port !== 'string');
  return unionAll(ranges.map(([first, last]) => portRange(protocol, Math.max(first, 1), last)));
}

/** `80`, `'8000:8080'`, or the name of a port. */
function portAt(at: Cursor): Port {
  const value = at.integerOrString() ?? '';
  const range = /^(\d+)(?::(\d+))?$/.exec(`${value}`);
  if (range === null) {
    if (!/^[a-zA-Z0-9_.-]{1,128}$/.test(`${value}`))
      throw new Refused(`port ${JSON.stringify(value)} is no name of a port`);
    return `${value}`;
  }
  const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
  if (last < first || last > 65_535) throw new Refused(`port ${value} is no port and no range up to 65535`);
  return [first, last];
}

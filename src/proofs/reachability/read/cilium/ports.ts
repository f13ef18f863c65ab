/** What `toPorts` and `icmps` of a rule come to (Cilium `pkg/policy/api/l4.go`, `rule_validation.go`). */
import type { Cursor } from '../../../../model/cursor.ts';
import { isMapping } from '../../../../model/cursor.ts';
import { PROTOCOLS, type Protocol } from '../../ports.ts';
import type { PortInput, RuleInput } from '../../types.ts';
import { Refused } from '../refused.ts';
import type { RuleContext } from './rules.ts';

/** Ports of a rule, those of one doubt together. */
export type PortsOfRule = Pick<RuleInput, 'ports' | 'narrower' | 'resolves' | 'doubt'>;

const MOST = 40;
/** Names are looked up among all pods of the cluster, or among those that the rule is about: versions differ. */
const NAMED = 'which number a name stands for on the way out hangs on all pods of the cluster';

/** No `toPorts`: every port. With `icmps` alone: none of those with numbers. */
export function portsOf(at: Cursor, { direction, action }: RuleContext): PortsOfRule[] {
  const entries = at.get('toPorts').items();
  const icmps = at.get('icmps').items();
  if (icmps.length > 0 && entries.length > 0) throw new Refused('a rule has both toPorts and icmps');
  if (entries.length === 0) return [{ ports: icmps.length > 0 ? [] : undefined }];
  return entries.flatMap((entry) => {
    const read = entryOf(entry, direction === 'ingress', action === 'Deny');
    const named = read.ports?.filter(({ name }) => name !== undefined) ?? [];
    if (direction === 'ingress' || named.length === 0) return [read];
    return [
      { ...read, ports: read.ports?.filter(({ name }) => name === undefined) },
      { ...read, ports: named, doubt: NAMED },
    ];
  });
}

function entryOf(at: Cursor, isIngress: boolean, denies: boolean): PortsOfRule {
  const listed = at.get('ports').items();
  if (listed.length > MOST) throw new Refused(`an entry of toPorts has more than ${MOST} ports`);
  const layer7 = denies ? undefined : at.get('rules');
  const kinds = isMapping(layer7?.value) ? Object.keys(layer7.value).filter((key) => layer7.get(key).exists) : [];
  const dns = kinds.includes('dns') ? at.get('rules', 'dns').items() : [];
  if (isIngress && dns.length > 0) throw new Refused('rules for dns stand in an ingress rule');
  if (kinds.filter((kind) => kind !== 'l7').length > 1)
    throw new Refused(`an entry has rules for ${kinds.join(' and ')}`);
  const ports = listed.flatMap((port) => portOf(port, kinds.length > 0 && dns.length === 0));
  const narrower = kinds.length > 0 || ['serverNames', 'listener'].some((key) => at.get(key).exists);
  return {
    ports: listed.length === 0 ? undefined : ports,
    ...(narrower && { narrower }),
    ...(dns.length > 0 && { resolves: dns.map(patternOf) }),
    ...(listed.length === 0 && {
      doubt: 'an entry of toPorts lists no ports, which versions take for all or for none',
    }),
  };
}

/** Protocols without numbers of ports. */
const PORTLESS = /^(?:ICMP|ICMPV6|VRRP|IGMP|GRE|IPIP|IPV6|ESP|AH)$/i;

function portOf(at: Cursor, isLayer7: boolean): PortInput[] {
  const protocol = at.get('protocol').string() ?? 'ANY';
  if (PORTLESS.test(protocol)) return [];
  if (isLayer7 && protocol !== 'TCP')
    throw new Refused(`rules for requests are for TCP alone, and a port is of ${protocol}`);
  const protocols = protocol === 'ANY' ? PROTOCOLS : PROTOCOLS.filter((one) => one === protocol);
  if (protocols.length === 0) throw new Refused(`protocol ${protocol} is none of TCP, UDP, SCTP, ANY`);
  const text = at.get('port').string() ?? '';
  if (!/^\d+$/.test(text)) return namedPort(text, protocols);
  const first = Number(text);
  const last = at.get('endPort').integer() ?? 0;
  if (first > 65_535 || last > 65_535) throw new Refused(`port ${Math.max(first, last)} is above 65535`);
  if (first === 0) return protocols.map((one) => ({ protocol: one }));
  if (last !== 0 && last < first) throw new Refused(`endPort ${last} is below port ${first}`);
  return protocols.map((one) => ({ protocol: one, first, ...(last !== 0 && { last }) }));
}

/** A name of a service (RFC 6335 §5.1), without regard to case. */
function namedPort(text: string, protocols: readonly Protocol[]): PortInput[] {
  if (!/^(?=[^a-z]*[a-z])[a-z0-9](?:-?[a-z0-9])*$/i.test(text))
    throw new Refused(`port ${text === '' ? 'missing' : text} is neither a number nor a name`);
  const name = text.toLowerCase();
  return protocols.length > 1 ? [{ protocol: undefined, name }] : protocols.map((protocol) => ({ protocol, name }));
}

/** `matchName` or `matchPattern`, of a name that is asked for or called. */
export function patternOf(at: Cursor): string {
  const found = at.get('matchName').string() ?? at.get('matchPattern').string();
  if (found === undefined) throw new Refused('an entry has neither matchName nor matchPattern');
  return found.trim().toLowerCase().replace(/\.$/, '');
}

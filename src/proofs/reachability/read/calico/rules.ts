/** Rules of a policy in one direction (Calico, "NetworkPolicy": Rule, EntityRule). */
import type { Cursor } from '../../../../model/cursor.ts';
import { EVERYTHING } from '../../match.ts';
import type { PeerInput, TierAction, TierRule } from '../../types.ts';
import { Refused } from '../refused.ts';
import { EVERYWHERE } from './nets.ts';
import { peersOf, refuseBesideServices } from './peers.ts';
import { portsOf, protocolsOf } from './ports.ts';
import { serviceHalves } from './services.ts';
import type { RuleContext } from './surroundings.ts';

export function rulesOf(spec: Cursor, context: RuleContext): readonly TierRule[] {
  return spec
    .get(context.direction)
    .items()
    .flatMap((at, index) => ruleOf(at, `${context.direction}[${index}]`, context));
}

const ACTIONS: Readonly<Record<string, TierAction | 'Log'>> = {
  Allow: 'Accept',
  Deny: 'Deny',
  Pass: 'Pass',
  Log: 'Log',
};

/** None where the rule decides about no connection: it logs, or is about a protocol without ports. */
function ruleOf(at: Cursor, place: string, context: RuleContext): TierRule[] {
  const action = ACTIONS[at.get('action').string() ?? ''];
  if (action === undefined)
    throw new Refused(`action ${at.get('action').string() ?? 'missing'} is none of Allow, Deny, Log, Pass`);
  const isIngress = context.direction === 'ingress';
  const [source, destination] = [at.get('source'), at.get('destination')];
  const [peer, self] = isIngress ? [source, destination] : [destination, source];
  const protocols = protocolsOf(at);
  refuseMixed(at, protocols.length);
  if (self.get('services').exists) throw new Refused(`services of an ${context.direction} rule stand at its own end`);
  const ipVersion = ipVersionOf(at);
  const own = peersOf(self, ipVersion, context);
  const { ports, doubt: ofPorts } = portsOf(destination, protocols, at.get('protocol').exists && protocols.length > 0);
  const halves = peer.get('services').exists
    ? (refuseBesideServices(peer), serviceHalves(peer.get('services'), protocols, context))
    : [peerHalf(peer, ports, ipVersion, context)];
  if (action === 'Log' || protocols.length === 0) return [];
  return halves.map(({ doubt: ofPeers, ...half }) => {
    const doubt = [doubtOf(at, source, destination), ofPeers, ofPorts, ...own.doubts].find((one) => one !== undefined);
    return {
      action,
      ...half,
      place,
      origin: at.origin,
      ...(own.peers !== undefined && { own: own.peers }),
      ...(doubt !== undefined && { doubt }),
    };
  });
}

function peerHalf(
  peer: Cursor,
  ports: TierRule['ports'],
  ipVersion: number | undefined,
  context: RuleContext,
): Pick<TierRule, 'peers' | 'ports' | 'doubt'> {
  const {
    peers,
    doubts: [doubt],
  } = peersOf(peer, ipVersion, context);
  const names = peer.get('domains').strings();
  return { peers: names.length === 0 ? peers : namedOrAll(names), ports, ...(doubt !== undefined && { doubt }) };
}

/** An edition that does not know names drops them from the rule, which then is about everybody. */
function namedOrAll(names: readonly string[]): PeerInput[] {
  return [
    { kind: 'domains', names },
    { kind: 'pods', namespaces: EVERYTHING },
    { kind: 'addresses', addresses: EVERYWHERE },
    { kind: 'nodes', selector: EVERYTHING },
    { kind: 'api-server' },
  ];
}

/** What no manifest says of a connection: its requests, the port it comes from, the addresses of a name. */
function doubtOf(at: Cursor, source: Cursor, destination: Cursor): string | undefined {
  if (at.get('http').exists) return 'it is about requests of HTTP, into which only an application layer policy looks';
  if (destination.get('domains').exists)
    return 'it names domains, whose addresses are not known, and which only paid editions of Calico know';
  if (source.get('ports').items().length + source.get('notPorts').items().length > 0)
    return 'it names ports of the sender, which senders choose';
  return undefined;
}

function ipVersionOf(at: Cursor): number | undefined {
  const version = at.get('ipVersion').integer();
  if (version !== undefined && version !== 4 && version !== 6)
    throw new Refused(`ipVersion ${version} is neither 4 nor 6`);
  return version;
}

function refuseMixed(at: Cursor, protocols: number): void {
  const isIcmp = /^(?:icmp(?:v6)?|1|58)$/i.test(`${at.get('protocol').integerOrString() ?? ''}`);
  if ((at.get('icmp').exists || at.get('notICMP').exists) && !isIcmp)
    throw new Refused('a rule has fields for ICMP and another protocol');
  if (at.get('http').exists && protocols === 0) throw new Refused('a rule has fields for HTTP and a protocol without');
}

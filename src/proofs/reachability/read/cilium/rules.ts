/** The rules of a policy in one direction: what it allows, what it denies, and what it requires of whatever else allows. */
import type { Cursor } from '../../../../model/cursor.ts';
import type { Direction, PeerInput, RuleInput } from '../../types.ts';
import { Refused } from '../refused.ts';
import { peersOf, requirementsOf, type Peer } from './peers.ts';
import { portsOf, type PortsOfRule } from './ports.ts';
import type { Surroundings } from './surroundings.ts';

/** Undefined where there are none: then the policy does nothing in the direction. An empty list is as good as none. */
export function rulesOf(
  spec: Cursor,
  direction: Direction,
  namespace: string,
  around: Surroundings,
): readonly RuleInput[] | undefined {
  if (!hasRules(spec, direction)) return undefined;
  const section = (name: string, action: 'Accept' | 'Deny'): RuleInput[] =>
    spec
      .get(name)
      .items()
      .flatMap((at, index) => ruleOf(at, { direction, namespace, around, action, place: `${name}[${index}]` }));
  return [...section(`${direction}Deny`, 'Deny'), ...section(direction, 'Accept')];
}

export function hasRules(spec: Cursor, direction: Direction): boolean {
  return spec.get(direction).items().length + spec.get(`${direction}Deny`).items().length > 0;
}

/** Where a rule stands. */
export interface RuleContext {
  readonly direction: Direction;
  /** Empty for a policy of the whole cluster. */
  readonly namespace: string;
  readonly around: Surroundings;
  readonly action: 'Accept' | 'Deny';
  readonly place: string;
}

function ruleOf(at: Cursor, context: RuleContext): RuleInput[] {
  const base = { action: context.action, place: context.place, origin: at.origin };
  const peers = peersOf(at, context);
  const ports = portsOf(at, context);
  const required = requirementsOf(at, context).map((rule) => ({ ...base, ...rule, ports: undefined }));
  const pairs = ports.flatMap((one) => sorted(peers, one));
  const doubt = authenticationDoubt(at);
  return [...required, ...pairs.map((pair) => ({ ...base, ...pair, ...(doubt !== undefined && { doubt }) }))];
}

type Half = Pick<RuleInput, 'peers' | 'ports' | 'doubt' | 'narrower' | 'resolves'>;

/** Peers that are surely meant as one rule; those that are perhaps meant as rules of their own, each with its doubt. */
function sorted(peers: readonly Peer[] | undefined, { doubt: ofPorts, ...ports }: PortsOfRule): Half[] {
  const doubted = (doubt: string | undefined): Pick<Half, 'doubt'> => (doubt === undefined ? {} : { doubt });
  if (peers === undefined) return [{ peers: undefined, ...ports, ...doubted(ofPorts) }];
  const byDoubt = new Map<string | undefined, PeerInput[]>([[undefined, []]]);
  for (const { peer, doubt } of peers) byDoubt.set(doubt, [...(byDoubt.get(doubt) ?? []), peer]);
  const kept = [...byDoubt].filter(([, some]) => some.length > 0 || byDoubt.size === 1);
  return kept.map(([doubt, some]) => ({ peers: some, ...ports, ...doubted(doubt ?? ofPorts) }));
}

function authenticationDoubt(at: Cursor): string | undefined {
  const mode = at.get('authentication', 'mode').string();
  if (mode === undefined || mode === 'disabled' || mode === 'required') return undefined;
  if (mode !== 'test-always-fail') throw new Refused(`authentication has the mode ${mode}`);
  return 'it asks for an authentication that is made to fail';
}

/** What passes between pods and nobody declared, put together by the rules that let it: a wide rule is one thing to mend, not a thousand. */
import type { Origin } from '../../model/origin.ts';
import type { Step } from '../../model/result.ts';
import {
  explain,
  overGrants,
  portsText,
  spans,
  type Explanation,
  type Flow,
  type PodClass,
  type Ports,
  type Protocol,
  type Reachability,
  type RuleReference,
} from '../reachability/index.ts';
import { nameOf } from './need.ts';

/** Pairs of workloads that may talk beyond what is declared, all by the same rules. */
export interface Excess {
  /** False: whether they may cannot be told, for `reasons`. */
  readonly sure: boolean;
  readonly pairs: number;
  /** The first pair, and on which ports. */
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  readonly namespaces: readonly string[];
  /** `NetworkPolicy shop/allow-all ingress[0]`; empty at an end that no policy closes. */
  readonly egressBy: readonly string[];
  readonly ingressBy: readonly string[];
  readonly reasons: readonly string[];
  readonly steps: readonly Step[];
  readonly origin?: Origin;
}

/** Most groups of pairs that are looked into; beyond, what is there is more than anybody reads. */
const MOST_GROUPS = 5000;

/** Everything in excess, widest first. `isOwn` says of two workloads that they belong together and may talk. */
export function excessOf(
  reach: Reachability,
  covered: readonly Flow[],
  isOwn: (from: PodClass, to: PodClass) => boolean,
): Excess[] {
  const found = new Map<string, Excess & { pairs: number }>();
  const namespaces = new Map<Excess, Set<string>>();
  let groups = 0;
  for (const { from, to, connection } of overGrants(reach, covered)) {
    groups += 1;
    if (groups > MOST_GROUPS) break;
    for (const receiver of to) {
      const senders = from.filter((sender) => !isOwn(sender, receiver));
      const [sender] = senders;
      if (sender === undefined) continue;
      const sure = connection.allowed.length > 0;
      const one = describe(reach, sender, receiver, sure ? connection.allowed : connection.unknown, sure);
      const key = JSON.stringify([sure, one.egressBy, one.ingressBy, sure ? '' : one.reasons]);
      const excess = found.get(key) ?? { ...one, pairs: 0, namespaces: [] };
      const touched = namespaces.get(excess) ?? new Set();
      found.set(key, excess);
      namespaces.set(excess, touched);
      excess.pairs += senders.length;
      touched.add(receiver.namespace.name);
      for (const { namespace } of senders) touched.add(namespace.name);
    }
  }
  return [...found.values()]
    .map((excess) => ({ ...excess, namespaces: [...(namespaces.get(excess) ?? [])].sort() }))
    .sort((a, b) => Number(b.sure) - Number(a.sure) || b.pairs - a.pairs);
}

function describe(
  reach: Reachability,
  sender: PodClass,
  receiver: PodClass,
  ports: Ports,
  sure: boolean,
): Omit<Excess, 'pairs' | 'namespaces'> {
  const { protocol, port } = examplePort(ports, receiver);
  const why = explain(reach, { kind: 'pods', pods: sender }, { kind: 'pods', pods: receiver }, protocol, port);
  const egressBy = acceptedBy(why.egress.rules);
  const ingressBy = acceptedBy(why.ingress.rules);
  const origin =
    [...egressBy, ...ingressBy].find((rule) => rule.origin !== undefined)?.origin ?? receiver.members[0]?.origin;
  return {
    sure,
    from: nameOf(sender),
    to: nameOf(receiver),
    ports: portsText(ports),
    egressBy: egressBy.map(named),
    ingressBy: ingressBy.map(named),
    reasons: [...why.egress.reasons, ...why.ingress.reasons],
    steps: stepsOf(why, nameOf(sender), nameOf(receiver)),
    ...(origin !== undefined && { origin }),
  };
}

/** The way of one packet, end by end. */
export function stepsOf({ egress, ingress, protocol, port, verdict }: Explanation, from: string, to: string): Step[] {
  return [
    { action: `${from} sends to ${to} on ${protocol} ${port}`, state: `egress ${egress.verdict}: ${egress.because}` },
    { action: `${to} is asked`, state: `ingress ${ingress.verdict}: ${ingress.because}; in all ${verdict}` },
  ];
}

/** A port that somebody listens on, where one is known. */
function examplePort(ports: Ports, { ports: listed }: PodClass): { protocol: Protocol; port: number } {
  const ranges = spans(ports);
  const known = (listed ?? []).find(({ protocol, port }) =>
    ranges.some((range) => range.protocol === protocol && range.first <= port && port <= range.last),
  );
  if (known !== undefined) return { protocol: known.protocol, port: known.port };
  return { protocol: ranges[0]?.protocol ?? 'TCP', port: ranges[0]?.first ?? 1 };
}

function acceptedBy(rules: readonly RuleReference[]): readonly RuleReference[] {
  return rules.filter(({ action }) => action === 'Accept');
}

function named({ policy, rule }: RuleReference): string {
  return `${policy} ${rule}`;
}

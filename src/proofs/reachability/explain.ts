/** Why a connection is allowed, denied or unknown: the policies and rules that are about it, at both ends, with their places. */
import type { Origin } from '../../model/origin.ts';
import type { Policy, Rule } from './compile.ts';
import { readingsOf, type Endpoint } from './endpoints.ts';
import type { Side } from './evaluate.ts';
import { whyPerhaps } from './perhaps.ts';
import { intersect } from './intervals.ts';
import { hasPort, type Protocol } from './ports.ts';
import type { Reachability, Verdict } from './reach.ts';
import type { Direction } from './types.ts';

export interface RuleReference {
  /** `NetworkPolicy shop/api`. */
  readonly policy: string;
  /** `ingress[0]`, counted as in the manifest. */
  readonly rule: string;
  readonly action: 'Accept' | 'Deny' | 'Pass';
  /** Whether the rule is surely about the connection; if not, the reasons say why that cannot be told. */
  readonly sure: boolean;
  readonly origin?: Origin;
}

export interface SideExplanation {
  readonly direction: Direction;
  readonly verdict: Verdict;
  /** One sentence. */
  readonly because: string;
  /** Policies that select the pods in this direction; of the outer tiers those with rules in it. */
  readonly policies: readonly { readonly policy: string; readonly origin?: Origin }[];
  /** Rules about this peer and port, in the order in which they are asked. */
  readonly rules: readonly RuleReference[];
  /** What would have to be known; empty unless the verdict is `unknown`. */
  readonly reasons: readonly string[];
}

export interface Explanation {
  readonly verdict: Verdict;
  readonly protocol: Protocol;
  readonly port: number;
  readonly egress: SideExplanation;
  readonly ingress: SideExplanation;
}

/** Explains one connection on one port of the receiving pod (a Service's targetPort, not its port). */
export function explain(
  reach: Reachability,
  source: Endpoint,
  destination: Endpoint,
  protocol: Protocol,
  port: number,
): Explanation {
  const egress = explainSide(reach, 'egress', source, destination, { protocol, port });
  const ingress = explainSide(reach, 'ingress', source, destination, { protocol, port });
  const verdict = reach.verdict(source, destination, protocol, port);
  return { verdict, protocol, port, egress, ingress };
}

/** Why it is unknown whether some ports pass; empty where nothing is. */
export function unknownReasons(reach: Reachability, source: Endpoint, destination: Endpoint): string[] {
  const reasons = new Set<string>();
  for (const direction of ['egress', 'ingress'] as const) {
    const [subject, peer] = direction === 'egress' ? [source, destination] : [destination, source];
    if (subject.kind !== 'pods') continue;
    const rules = new Set<Rule>();
    const side = reach.side(direction, source, destination, (rule, match) => {
      if (match === 1 || rule.names.length > 0) rules.add(rule);
    });
    if (intersect(side.accept, side.deny).length === 0) continue;
    for (const reason of whyPerhaps(reach, subject.pods, peer, reach.asked(subject.pods, direction), [...rules]))
      reasons.add(reason);
  }
  return [...reasons];
}

interface On {
  readonly protocol: Protocol;
  readonly port: number;
}

function explainSide(
  reach: Reachability,
  direction: Direction,
  source: Endpoint,
  destination: Endpoint,
  on: On,
): SideExplanation {
  const [subject, peer] = direction === 'egress' ? [source, destination] : [destination, source];
  const found = new Map<Rule, boolean>();
  const side = reach.side(direction, source, destination, (rule, match, ports) => {
    if (hasPort(ports, on.protocol, on.port)) found.set(rule, (found.get(rule) ?? true) && match === 2);
  });
  const verdict = verdictOf(side, on);
  const policies = subject.kind === 'pods' ? reach.asked(subject.pods, direction) : [];
  const reasons =
    verdict === 'unknown' && subject.kind === 'pods'
      ? whyPerhaps(reach, subject.pods, peer, policies, [...found.keys()])
      : [];
  const rules = [...found].map(([rule, sure]) => reference(rule, sure));
  return {
    direction,
    verdict,
    because: because(subject, peer, verdict, policies, rules),
    policies: policies.map(({ id, input: { origin } }) => ({ policy: id, ...(origin && { origin }) })),
    rules,
    reasons,
  };
}

function verdictOf(side: Side, { protocol, port }: On): Verdict {
  if (!hasPort(side.accept, protocol, port)) return 'denied';
  return hasPort(side.deny, protocol, port) ? 'unknown' : 'allowed';
}

function reference({ policy, direction, index, action, input: { place, origin } }: Rule, sure: boolean): RuleReference {
  return { policy: policy.id, rule: place ?? `${direction}[${index}]`, action, sure, ...(origin && { origin }) };
}

function because(
  subject: Endpoint,
  peer: Endpoint,
  verdict: Verdict,
  policies: readonly Policy[],
  rules: readonly RuleReference[],
): string {
  if (subject.kind !== 'pods') return 'no policy of this cluster governs this end';
  if (verdict === 'allowed' && readingsOf(peer).every(({ as }) => as === 'own-node'))
    return 'a pod and its own node always reach each other';
  if (policies.length === 0) return 'no policy selects these pods in this direction, so everything passes';
  const deciding = rules.find(({ action, sure }) => sure && action !== 'Pass');
  if (verdict === 'allowed')
    return deciding === undefined
      ? 'no rule decides, so it passes'
      : `${deciding.policy} ${deciding.rule} lets it pass`;
  if (verdict === 'unknown') return 'the policies do not settle it';
  if (deciding?.action === 'Deny') return `${deciding.policy} ${deciding.rule} denies it`;
  const isolating = policies.filter(isIsolating).map(({ id }) => id);
  return `${isolating.slice(0, 3).join(', ')}${isolating.length > 3 ? ` and ${isolating.length - 3} more` : ''} ${isolating.length === 1 ? 'isolates' : 'isolate'} these pods, and no rule lets it pass`;
}

function isIsolating({ kind, input }: Policy): boolean {
  return 'subjects' in input ? input.tier.denies : kind === 'namespaced';
}

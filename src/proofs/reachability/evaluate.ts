/**
 * One side of a connection: what the policies of the pods at that side make of it. For each port the outcomes that are possible are
 * kept, not a guess: a port is surely let through where Deny is not among them.
 *
 * Order (network-policy-api, ClusterNetworkPolicySpec.Tier): Admin tier, then NetworkPolicies, which are final for the pods they select,
 * then Baseline tier, then everything is let through. Tiers of Calico stand between, and its policies around the NetworkPolicies.
 */
import type { PodClass } from './classes.ts';
import type { Rule } from './compile.ts';
import { concerns, isAboutOwn, type Places, type Reading } from './endpoints.ts';
import { intersect, subtract, union } from './intervals.ts';
import type { PolicyLookup } from './lookup.ts';
import { both, either, type Match } from './match.ts';
import { resolvePorts } from './named.ts';
import { coversName } from './names.ts';
import { endsAt, everyOrdered, isSettled, type Ordered, type Tier, type Tiers } from './order.ts';
import type { SelectingPolicies } from './shelf.ts';
import { ALL_PORTS, NO_PORTS, type Ports } from './ports.ts';
import type { Direction } from './types.ts';

/** The ports that may be let through and those that may be stopped; every port is in one of them, or in both. */
export interface Side {
  readonly accept: Ports;
  readonly deny: Ports;
}

export const OPEN: Side = { accept: ALL_PORTS, deny: NO_PORTS };

export interface Question {
  /** Whose policies are asked. */
  readonly subject: PodClass;
  readonly direction: Direction;
  readonly peer: Reading;
  /** The pods at the receiving end, whose container ports give names their numbers; none where an address is. */
  readonly destination: PodClass | undefined;
  /** The rules of NetworkPolicies that may be about the peer, where the caller has sorted them out already. */
  readonly rules?: readonly SelectedRule[];
}

/** A rule of a NetworkPolicy, and whether that policy selects the subject surely (2) or perhaps (1). */
export interface SelectedRule {
  readonly rule: Rule;
  readonly match: Match;
}

export interface World {
  readonly lookup: PolicyLookup;
  readonly places: Places;
}

/** Told of every rule that is about the peer, and of the ports that it decided. */
export type Witnessed = (rule: Rule, match: Match, ports: Ports) => void;

export function evaluateSide(question: Question, world: World, witness?: Witnessed): Side {
  if (question.peer.as !== 'own-node') return new Evaluation(question, world, witness).run();
  const asked = asksOfOwnNode(question, world);
  if (asked === 0) return OPEN;
  const evaluation = new Evaluation(question, world, witness);
  // What comes in passes, but versions differ on what a rule denies outright.
  const side = question.direction === 'ingress' ? { accept: ALL_PORTS, deny: evaluation.denied() } : evaluation.run();
  return asked === 2 ? side : { accept: ALL_PORTS, deny: side.deny };
}

/** The standard has a pod and its own node always reach each other; Cilium and Calico hold to that for what comes in alone. */
function asksOfOwnNode({ subject, direction }: Question, { lookup }: World): Match {
  const { own } = lookup.namespaced(subject, direction);
  const ofCilium = own.filter(({ policy }) => policy.input.plugin === 'cilium');
  const ofCalico =
    direction === 'ingress'
      ? []
      : everyOrdered(lookup.tiers(subject)).filter(({ policy }) => policy.kind === 'calico' && policy.egress);
  return [...ofCilium, ...ofCalico].reduce<Match>((known, { match }) => either(known, match), 0);
}

class Evaluation {
  readonly #question: Question;
  readonly #world: World;
  readonly #witness: Witnessed | undefined;
  #accept: Ports = NO_PORTS;
  #deny: Ports = NO_PORTS;

  constructor(question: Question, world: World, witness: Witnessed | undefined) {
    this.#question = question;
    this.#world = world;
    this.#witness = witness;
  }

  run(): Side {
    const { before, after, ...middle } = this.#world.lookup.tiers(this.#question.subject);
    const outer = (open: Ports, tier: Tier): Ports => {
      const { passed, left } = this.#inOrder(tier, open);
      return union(passed, this.#end(endsAt(tier, this.#question.direction), left));
    };
    const left = after.reduce(outer, this.#middle(middle, before.reduce(outer, ALL_PORTS)));
    this.#accept = union(this.#accept, left);
    return { accept: this.#accept, deny: this.#deny };
  }

  /** The ports that a policy beside the outer tiers denies outright, surely or perhaps. */
  denied(): Ports {
    const { subject, direction } = this.#question;
    return this.#sum('Deny', rulesOf(this.#world.lookup.namespaced(subject, direction), direction)).possible;
  }

  /** The NetworkPolicies, and those of Calico that share their tier. */
  #middle({ early, late }: Pick<Tiers, 'early' | 'late'>, open: Ports): Ports {
    const { direction } = this.#question;
    const first = this.#inOrder(early, open);
    const { left, isolates } = this.#policies(first.left);
    const last = this.#inOrder(late, left);
    const ends = either(isolates, either(endsAt(early, direction), endsAt(late, direction)));
    return union(union(first.passed, last.passed), this.#end(ends, last.left));
  }

  /** What nothing in a tier decided is denied at its end, surely or perhaps; answers what may go on. */
  #end(ends: Match, left: Ports): Ports {
    if (ends > 0) this.#decide('Deny', left);
    return ends === 2 ? NO_PORTS : left;
  }

  /** Decides what it can of the open ports: the first rule that matches decides. `passed` may go on to the next tier, `left` is undecided. */
  #inOrder(groups: Tier, open: Ports): { passed: Ports; left: Ports } {
    let passed: Ports = NO_PORTS;
    let undecided = open;
    for (const group of groups) {
      let decided: Ports = NO_PORTS;
      // Policies of equal priority: any of those that match may be the one that is applied, so each is tried from the same start.
      for (const selected of group) {
        const result = this.#tierPolicy(selected, undecided);
        passed = union(passed, result.passed);
        decided = union(decided, result.decided);
      }
      undecided = subtract(undecided, decided);
    }
    return { passed, left: undecided };
  }

  #tierPolicy({ policy, match: selected }: Ordered, open: Ports): { passed: Ports; decided: Ports } {
    const rules = policy[this.#question.direction];
    const isSilent = policy.kind === 'calico' && rules === undefined;
    if (open.length === 0 || isSilent) return { passed: NO_PORTS, decided: NO_PORTS };
    if (rules === undefined || (policy.kind === 'calico' && !isSettled(policy))) {
      this.#decide('Accept', open);
      this.#decide('Deny', open);
      return { passed: open, decided: NO_PORTS };
    }
    let passed: Ports = NO_PORTS;
    let left = open;
    for (const rule of rules) {
      if (left.length === 0) break;
      const { sure, possible } = this.#effect(rule, selected);
      const hit = intersect(possible, left);
      if (rule.action === 'Pass') passed = union(passed, hit);
      else this.#decide(rule.action, hit);
      left = subtract(left, sure);
    }
    // A server of an earlier version takes what later ones refuse; where none does, the policy passes everything on.
    if (policy.refused !== undefined) return { passed: open, decided: NO_PORTS };
    return { passed, decided: subtract(open, left) };
  }

  #decide(action: 'Accept' | 'Deny', ports: Ports): void {
    if (action === 'Accept') this.#accept = union(this.#accept, ports);
    else this.#deny = union(this.#deny, ports);
  }

  /** What policies allow adds up, and what one of them denies none can allow. What they leave is denied in the end where one isolates. */
  #policies(open: Ports): { left: Ports; isolates: Match } {
    const { subject, direction } = this.#question;
    const selecting = this.#world.lookup.namespaced(subject, direction);
    if (open.length === 0 || isNone(selecting)) return { left: open, isolates: 0 };
    const rules = [...(this.#question.rules ?? rulesOf(selecting, direction))];
    const denied = this.#sum('Deny', rules);
    const allowed = this.#sum('Accept', this.#learnt(rules));
    const sure = subtract(allowed.sure, denied.possible);
    const possible = subtract(selecting.refused ? ALL_PORTS : allowed.possible, denied.sure);
    this.#accept = union(this.#accept, intersect(open, possible));
    this.#deny = union(this.#deny, intersect(open, denied.possible));
    const left = subtract(open, union(denied.sure, sure));
    if (!subject.hostNetwork) return { left, isolates: selecting.isolates };
    // For pods on the host's network, policies may have no effect at all.
    if (selecting.isolates > 0) this.#decide('Deny', left);
    return { left: open, isolates: 0 };
  }

  #sum(action: 'Accept' | 'Deny', rules: Iterable<SelectedRule>): { sure: Ports; possible: Ports } {
    let sure: Ports = NO_PORTS;
    let possible: Ports = NO_PORTS;
    for (const { rule, match } of rules) {
      if (rule.action !== action) continue;
      const effect = this.#effect(rule, match);
      sure = union(sure, effect.sure);
      possible = union(possible, effect.possible);
    }
    return { sure, possible };
  }

  /** Names lead to addresses only where a rule lets the plugin look into what is asked of the DNS; without, those that name hosts do nothing. */
  #learnt(rules: readonly SelectedRule[]): readonly SelectedRule[] {
    const { peer } = this.#question;
    if (peer.as !== 'hosts') return rules;
    const patterns = rules.flatMap(({ rule, match }) => (match === 2 ? (rule.input.resolves ?? []) : []));
    return peer.names.every((name) => patterns.some((pattern) => coversName(pattern, name)))
      ? rules
      : rules.filter(({ rule }) => rule.peers === undefined);
  }

  /** The ports that a rule is surely, and those that it is possibly about. */
  #effect(rule: Rule, selected: Match): { sure: Ports; possible: Ports } {
    const { subject, peer } = this.#question;
    const { places } = this.#world;
    const match = both(
      both(selected, isAboutOwn(rule, subject, places)),
      concerns(rule, subject.namespace, peer, places),
    );
    if (match === 0) return NOTHING;
    const ports = resolvePorts(rule, this.#question);
    this.#witness?.(rule, match, ports.possible);
    return match === 2 ? ports : { sure: NO_PORTS, possible: ports.possible };
  }
}

/** The rules of policies in a direction; those of one that would be refused are none. */
export function* rulesOf({ shared, own }: SelectingPolicies, direction: Direction): Generator<SelectedRule> {
  for (const { policies } of shared)
    for (const policy of policies)
      if (policy.refused === undefined) for (const rule of policy[direction] ?? []) yield { rule, match: 2 };
  for (const { policy, match } of own)
    if (policy.refused === undefined) for (const rule of policy[direction] ?? []) yield { rule, match };
}

function isNone({ shared, own }: SelectingPolicies): boolean {
  return shared.length === 0 && own.length === 0;
}

const NOTHING = { sure: NO_PORTS, possible: NO_PORTS };

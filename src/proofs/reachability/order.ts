/**
 * The order in which policies are asked beside the NetworkPolicies. The tiers of the standard stand around these, and those of Calico where
 * their orders place them: Calico has Admin at 1,000, the NetworkPolicies at place 1,000 of a tier `default` at 1,000,000, and Baseline at
 * 10,000,000 (Calico `api/pkg/apis/projectcalico/v3/tier.go`, `felix/calc/policy_sorter.go`).
 */
import { append, type PodClass } from './classes.ts';
import type { Calico, Tiered } from './compile.ts';
import { both, either, matches, type Match } from './match.ts';
import type { Selected } from './shelf.ts';
import type { Direction } from './types.ts';

export const ADMIN_ORDER = 1000;
export const DEFAULT_ORDER = 1_000_000;
export const BASELINE_ORDER = 10_000_000;
/** Of the NetworkPolicies within the tier `default`. */
export const NETWORK_POLICY_ORDER = 1000;

export type Ordered = Selected<Tiered | Calico>;

/** The policies of a tier that select some pods, in order; those of which any may be asked first together. */
export type Tier = readonly (readonly Ordered[])[];

/** The tiers of some pods. */
export interface Tiers {
  readonly before: readonly Tier[];
  /** Policies of Calico in the tier of the NetworkPolicies, before these and after them. */
  readonly early: Tier;
  readonly late: Tier;
  readonly after: readonly Tier[];
}

const NONE: Tiers = { before: [], early: [], late: [], after: [] };

/** Every policy of the tiers, in order. */
export function everyOrdered({ before, early, late, after }: Tiers): Ordered[] {
  return [...before.flat(2), ...early.flat(), ...late.flat(), ...after.flat(2)];
}

/** Whether what none of a tier's policies decided ends there: surely, perhaps or not. Only tiers of Calico drop it. */
export function endsAt(tier: Tier, direction: Direction): Match {
  return tier.flat().reduce<Match>((known, one) => either(known, isolation(one, direction)), 0);
}

function isolation({ policy, match }: Ordered, direction: Direction): Match {
  if (policy.kind !== 'calico' || policy[direction] === undefined || !policy.input.tier.denies) return 0;
  return isSettled(policy) ? match : 1;
}

/** Whether what the policy does is known at all. */
export function isSettled({ refused, input }: Calico): boolean {
  return refused === undefined && input.adrift === undefined;
}

/** Whether it is known which of two policies of Calico with the same tier and order is asked first: names decide, but not in all versions alike. */
export function isOrderKnown(a: Calico, b: Calico): boolean {
  return a.input.namespace === b.input.namespace && !a.id.startsWith(b.id) && !b.id.startsWith(a.id);
}

/** Finds the policies of the tiers by the pods that they are about. */
export class TierLookup {
  readonly #standard: readonly Tiered[];
  /** By their namespace; those of the cluster are under the empty name. */
  readonly #calico = new Map<string, Calico[]>();
  readonly #known = new WeakMap<PodClass, Tiers>();

  constructor(standard: readonly Tiered[], calico: readonly Calico[]) {
    this.#standard = [...standard].sort((a, b) => a.input.priority - b.input.priority || a.order - b.order);
    for (const policy of calico) append(this.#calico, policy.input.namespace, policy);
  }

  of(pods: PodClass): Tiers {
    if (this.#standard.length + this.#calico.size === 0) return NONE;
    let found = this.#known.get(pods);
    if (found === undefined) {
      found = this.#calico.size === 0 ? this.#standardOf(pods) : this.#allOf(pods);
      this.#known.set(pods, found);
    }
    return found;
  }

  /** Pods on the host's network are none to the tiers of the standard. */
  #standardOf(pods: PodClass): Tiers {
    const tier = (wanted: string): Tier[] => {
      const policies = pods.hostNetwork ? [] : this.#standard.filter(({ input }) => input.tier === wanted);
      const selecting = policies.flatMap((policy): Ordered[] => {
        const { namespaces, pods: selector } = policy.input.subject;
        const match = both(matches(namespaces, pods.namespace), matches(selector, pods.labels));
        return match === 0 ? [] : [{ policy, match }];
      });
      return selecting.length === 0 ? [] : [[...Map.groupBy(selecting, priorityOf).values()]];
    };
    return { before: tier('Admin'), early: [], late: [], after: tier('Baseline') };
  }

  #allOf(pods: PodClass): Tiers {
    const { before, after } = this.#standardOf(pods);
    const selecting = [pods.namespace.name, ''].flatMap((namespace) => this.#calico.get(namespace) ?? []);
    const byTier = Map.groupBy(
      selecting.flatMap((policy) => selected(policy, pods)),
      ({ policy: { input } }) => input.tier.name,
    );
    const own = [...byTier]
      .filter(([name]) => name !== 'default')
      .map(([, policies]) => ({ order: tierOrder(policies), tier: inOrder(policies) }))
      .sort((a, b) => a.order - b.order);
    const within = (from: number, to: number): Tier[] =>
      own.filter(({ order }) => order >= from && order < to).map(({ tier }) => tier);
    const middle = byTier.get('default') ?? [];
    const [early, late] = [isEarly, isLate].map((wanted) => inOrder(middle.flatMap(wanted))) as [Tier, Tier];
    return {
      before: [...within(-Infinity, ADMIN_ORDER), ...before, ...within(ADMIN_ORDER, DEFAULT_ORDER)],
      early,
      late,
      after: [
        ...within(DEFAULT_ORDER, BASELINE_ORDER),
        ...after,
        ...own.filter(({ order }) => order >= BASELINE_ORDER).map(({ tier }) => tier),
      ],
    };
  }
}

type OfCalico = Selected<Calico>;

/** What runs on the host's network is selected as a host endpoint, if it is one at all. */
function selected(policy: Calico, pods: PodClass): OfCalico[] {
  const { subjects, hosts, doubt } = policy.input;
  const said = subjects.reduce<Match>(
    (known, { namespaces, pods: selector }) =>
      either(known, both(matches(namespaces, pods.namespace), matches(selector, pods.labels))),
    0,
  );
  const match = pods.hostNetwork ? (hosts ? 1 : 0) : doubt === undefined ? said : both(said, 1);
  return match === 0 ? [] : [{ policy, match }];
}

function tierOrder([first]: readonly OfCalico[]): number {
  return first?.policy.input.tier.order ?? Infinity;
}

/** A policy at the very place of the NetworkPolicies may be asked before them or after. */
function isEarly({ policy, match }: OfCalico): OfCalico[] {
  const { order } = policy.input;
  if (order > NETWORK_POLICY_ORDER) return [];
  return [{ policy, match: order < NETWORK_POLICY_ORDER ? match : both(match, 1) }];
}

function isLate(one: OfCalico): OfCalico[] {
  return one.policy.input.order < NETWORK_POLICY_ORDER ? [] : [one];
}

function inOrder(policies: readonly OfCalico[]): Tier {
  const byOrder = [...Map.groupBy(policies, ({ policy }) => policy.input.order)].sort(([a], [b]) => a - b);
  return byOrder.flatMap(([, equal]) => {
    const byName = equal.toSorted((a, b) => (a.policy.id < b.policy.id ? -1 : 1));
    const isClear = byName.every(({ policy }, index) => {
      const next = byName[index + 1]?.policy;
      return next === undefined || isOrderKnown(policy, next);
    });
    return isClear ? byName.map((one) => [one]) : [byName];
  });
}

function priorityOf({ policy }: Ordered): number {
  return policy.kind === 'tier' ? policy.input.priority : 0;
}

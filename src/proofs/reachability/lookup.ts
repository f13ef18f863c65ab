import { append, labelKey, type Classes, type PodClass } from './classes.ts';
import type { Namespaced, Tiered } from './compile.ts';
import { both, isEverything, matches, type Match } from './match.ts';
import type { Direction } from './types.ts';

/** A policy and whether it selects the pods that were asked about: perhaps (1) or surely (2). */
export interface Selected<P> {
  readonly policy: P;
  readonly match: Match;
}

/** The NetworkPolicies that select pods. Those of the whole namespace are one list that all its pods share. */
export interface SelectingPolicies {
  readonly wide: readonly Namespaced[];
  readonly own: readonly Selected<Namespaced>[];
  /** Whether one of them surely selects the pods, and is in force. */
  readonly sure: boolean;
  /** Whether one of them would be refused by the API server. */
  readonly refused: boolean;
}

interface Shelf {
  readonly wide: Record<Direction, Namespaced[]>;
  /** By `key=value` of the one label of the selector that fewest pods carry. */
  readonly byLabel: Map<string, Namespaced[]>;
  /** Selectors without any such label. */
  readonly rest: Namespaced[];
}

/** Finds the policies of pods by their labels, without asking every policy about every pod. */
export class PolicyLookup {
  readonly #shelves = new Map<string, Shelf>();
  readonly #tiers: readonly Tiered[];
  readonly #known = new Map<PodClass, Record<Direction, SelectingPolicies>>();
  readonly #knownTiers = new Map<PodClass, TierGroups>();

  constructor(policies: readonly Namespaced[], tiers: readonly Tiered[], classes: Classes) {
    this.#tiers = [...tiers].sort((a, b) => a.input.priority - b.input.priority || a.order - b.order);
    for (const policy of policies) this.#shelve(policy, classes);
  }

  namespaced(pods: PodClass, direction: Direction): SelectingPolicies {
    let found = this.#known.get(pods);
    if (found === undefined) {
      found = { ingress: this.#select(pods, 'ingress'), egress: this.#select(pods, 'egress') };
      this.#known.set(pods, found);
    }
    return found[direction];
  }

  /** The policies of the two outer tiers whose subject the pods are, those of equal priority together. */
  tiers(pods: PodClass): TierGroups {
    let found = this.#knownTiers.get(pods);
    if (found === undefined) {
      found = this.#groups(pods);
      this.#knownTiers.set(pods, found);
    }
    return found;
  }

  #shelve(policy: Namespaced, classes: Classes): void {
    const { namespace, pods } = policy.input;
    let shelf = this.#shelves.get(namespace);
    if (shelf === undefined) {
      shelf = { wide: { ingress: [], egress: [] }, byLabel: new Map(), rest: [] };
      this.#shelves.set(namespace, shelf);
    }
    const label = rarest(namespace, pods.matchLabels, classes);
    if (label !== undefined) append(shelf.byLabel, label, policy);
    else if (!isEverything(pods)) shelf.rest.push(policy);
    else for (const direction of DIRECTIONS) if (policy[direction] !== undefined) shelf.wide[direction].push(policy);
  }

  #select(pods: PodClass, direction: Direction): SelectingPolicies {
    const shelf = this.#shelves.get(pods.namespace.name);
    if (shelf === undefined) return NONE;
    const own: Selected<Namespaced>[] = [];
    for (const policy of candidates(shelf, pods)) {
      if (policy[direction] === undefined) continue;
      const match = matches(policy.input.pods, pods.labels);
      if (match > 0) own.push({ policy, match });
    }
    own.sort((a, b) => a.policy.order - b.policy.order);
    const wide = shelf.wide[direction];
    const sure = wide.some(inForce) || own.some(({ policy, match }) => match === 2 && inForce(policy));
    return { wide, own, sure, refused: wide.some(isRefused) || own.some(({ policy }) => isRefused(policy)) };
  }

  #groups(pods: PodClass): TierGroups {
    const groups: { Admin: Selected<Tiered>[][]; Baseline: Selected<Tiered>[][] } = { Admin: [], Baseline: [] };
    const last = new Map<string, number>();
    for (const policy of this.#tiers) {
      const { tier, priority, subject } = policy.input;
      const match = both(matches(subject.namespaces, pods.namespace), matches(subject.pods, pods.labels));
      if (match === 0) continue;
      if (last.get(tier) !== priority) groups[tier].push([]);
      last.set(tier, priority);
      groups[tier].at(-1)?.push({ policy, match });
    }
    return groups;
  }
}

/** By tier, in order of precedence. */
export interface TierGroups {
  readonly Admin: readonly (readonly Selected<Tiered>[])[];
  readonly Baseline: readonly (readonly Selected<Tiered>[])[];
}

export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];
const NONE: SelectingPolicies = { wide: [], own: [], sure: false, refused: false };

function isRefused({ refused }: Namespaced): boolean {
  return refused !== undefined;
}

function inForce(policy: Namespaced): boolean {
  return !isRefused(policy);
}

/** Policies that may select the pods, without those of the whole namespace. */
function candidates({ rest, byLabel }: Shelf, { labels: { labels, complete } }: PodClass): readonly Namespaced[] {
  if (!complete) return [...rest, ...[...byLabel.values()].flat()];
  const found = [...rest];
  for (const key in labels) found.push(...(byLabel.get(`${key}=${labels[key]}`) ?? []));
  return found;
}

function rarest(namespace: string, labels: Readonly<Record<string, string>>, classes: Classes): string | undefined {
  let best: string | undefined;
  let fewest = Infinity;
  for (const key in labels) {
    const carriers = classes.byLabel.get(labelKey(namespace, key, labels[key] ?? ''))?.length ?? 0;
    if (carriers >= fewest) continue;
    fewest = carriers;
    best = `${key}=${labels[key]}`;
  }
  return best;
}

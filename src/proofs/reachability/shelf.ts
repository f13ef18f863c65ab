import type { Selector } from '../../model/selector.ts';
import { labelKey, type Classes, type PodClass } from './classes.ts';
import type { Namespaced } from './compile.ts';
import { both, either, isEverything, matches, type Match } from './match.ts';
import type { Direction } from './types.ts';

/** A policy and whether it selects the pods that were asked about: perhaps (1) or surely (2). */
export interface Selected<P> {
  readonly policy: P;
  readonly match: Match;
}

/** NetworkPolicies that select the same pods, and surely: one list for all of these pods. */
export interface Shared {
  /** Unique among all lists of its reachability. */
  readonly id: string;
  readonly policies: readonly Namespaced[];
}

/** The NetworkPolicies that select pods in one direction. */
export interface SelectingPolicies {
  readonly shared: readonly Shared[];
  readonly own: readonly Selected<Namespaced>[];
  /** Whether one of them isolates the pods: surely, or perhaps, for what is not known of their labels or because it would be refused. */
  readonly isolates: Match;
  /** Whether one of them would be refused by the API server. */
  readonly refused: boolean;
}

export const NONE: SelectingPolicies = { shared: [], own: [], isolates: 0, refused: false };

interface Bin {
  readonly shared: Shared & { readonly policies: Namespaced[] };
  /** Policies that ask for more than this label. */
  readonly mixed: Namespaced[];
}

/** The policies of one namespace in one direction, by what they select, so that not every policy is asked about every pod. */
export class Shelf {
  readonly #place: string;
  readonly #direction: Direction;
  /** Those that select the whole namespace are under the empty label. */
  readonly #bins = new Map<string, Bin>();
  /** Selectors without a label to look under. */
  readonly #rest: Namespaced[] = [];

  constructor(namespace: string, direction: Direction) {
    this.#place = `${namespace} ${direction}`;
    this.#direction = direction;
  }

  add(policy: Namespaced, classes: Classes): void {
    if (policy[this.#direction] === undefined) return;
    const { namespace, pods } = policy.input;
    const label = isEverything(pods) ? '' : rarest(namespace, pods.matchLabels, classes);
    if (label === undefined) this.#rest.push(policy);
    else if (isOneLabel(pods)) this.#bin(label).shared.policies.push(policy);
    else this.#bin(label).mixed.push(policy);
  }

  /** With the policies of a network plugin that select the pods beside those of the shelf. */
  select({ labels }: PodClass, plugin: readonly Selected<Namespaced>[] = []): SelectingPolicies {
    const shared: Shared[] = [];
    const asked = [...this.#rest];
    const take = (label: string, sure: boolean): void => {
      const bin = this.#bins.get(label);
      if (bin === undefined) return;
      asked.push(...bin.mixed);
      if (!sure) asked.push(...bin.shared.policies);
      else if (bin.shared.policies.length > 0) shared.push(bin.shared);
    };
    take('', true);
    if (labels.complete) for (const key in labels.labels) take(`${key}=${labels.labels[key]}`, true);
    else for (const label of this.#bins.keys()) if (label !== '') take(label, false);
    return selecting(this.#direction, shared, [...asked.flatMap((policy) => selected(policy, labels)), ...plugin]);
  }

  #bin(label: string): Bin {
    let bin = this.#bins.get(label);
    if (bin === undefined) {
      bin = { shared: { id: `${this.#place} ${label}`, policies: [] }, mixed: [] };
      this.#bins.set(label, bin);
    }
    return bin;
  }
}

function selected(policy: Namespaced, labels: PodClass['labels']): Selected<Namespaced>[] {
  const match = matches(policy.input.pods, labels);
  return match === 0 ? [] : [{ policy, match }];
}

/** The policies that select the pods in one direction, those of one namespace together. */
export function selecting(
  direction: Direction,
  shared: readonly Shared[],
  own: readonly Selected<Namespaced>[],
): SelectingPolicies {
  const ofShared: Match = shared.some(({ policies }) => policies.some(inForce)) ? 2 : shared.length > 0 ? 1 : 0;
  return {
    shared,
    own: [...own].sort((a, b) => a.policy.order - b.policy.order),
    isolates: own.reduce((known, one) => either(known, isolation(one, direction)), ofShared),
    refused: shared.some(isPartlyRefused) || own.some(({ policy }) => !inForce(policy)),
  };
}

/** Whether a policy isolates the pods that it selects. */
function isolation({ policy, match }: Selected<Namespaced>, direction: Direction): Match {
  if (policy.input.lenient?.includes(direction) === true) return 0;
  return inForce(policy) ? match : both(match, 1);
}

const refusedIn = new WeakMap<Shared, boolean>();

/** Remembered: the list may be long and is asked about for each of its pods. */
function isPartlyRefused(shared: Shared): boolean {
  let refused = refusedIn.get(shared);
  if (refused === undefined) {
    refused = !shared.policies.every(inForce);
    refusedIn.set(shared, refused);
  }
  return refused;
}

function inForce({ refused }: Namespaced): boolean {
  return refused === undefined;
}

function isOneLabel({ matchLabels, matchExpressions }: Selector): boolean {
  return matchExpressions.length === 0 && Object.keys(matchLabels).length <= 1;
}

/** The label of a selector that fewest pods carry. */
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

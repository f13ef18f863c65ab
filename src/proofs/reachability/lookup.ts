import { append, type Classes, type PodClass } from './classes.ts';
import type { Calico, Namespaced, Tiered } from './compile.ts';
import { both, matches } from './match.ts';
import { TierLookup, type Tiers } from './order.ts';
import { NONE, selecting, Shelf, type Selected, type SelectingPolicies } from './shelf.ts';
import type { Direction } from './types.ts';

export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

/** Finds the policies of pods by their labels. */
export class PolicyLookup {
  readonly #shelves = new Map<string, Record<Direction, Shelf>>();
  /** Of network plugins, by their namespace; those about more than one are under the empty name. */
  readonly #plugin = new Map<string, Namespaced[]>();
  readonly #tiers: TierLookup;
  readonly #known = new WeakMap<PodClass, Record<Direction, SelectingPolicies>>();

  constructor(policies: readonly Namespaced[], tiers: readonly Tiered[], calico: readonly Calico[], classes: Classes) {
    this.#tiers = new TierLookup(tiers, calico);
    for (const policy of policies) {
      const { namespace, plugin } = policy.input;
      if (plugin !== undefined) append(this.#plugin, namespace, policy);
      else for (const direction of DIRECTIONS) this.#shelf(namespace)[direction].add(policy, classes);
    }
  }

  namespaced(pods: PodClass, direction: Direction): SelectingPolicies {
    let found = this.#known.get(pods);
    if (found === undefined) {
      found = { ingress: this.#selecting(pods, 'ingress'), egress: this.#selecting(pods, 'egress') };
      this.#known.set(pods, found);
    }
    return found[direction];
  }

  #selecting(pods: PodClass, direction: Direction): SelectingPolicies {
    const plugin = this.#ofPlugin(pods, direction);
    const shelf = this.#shelves.get(pods.namespace.name)?.[direction];
    if (shelf !== undefined) return shelf.select(pods, plugin);
    return plugin.length === 0 ? NONE : selecting(direction, [], plugin);
  }

  /** Policies of a plugin select no pods on the host's network: those are the node's. */
  #ofPlugin(pods: PodClass, direction: Direction): Selected<Namespaced>[] {
    if (pods.hostNetwork || this.#plugin.size === 0) return [];
    const all = [...(this.#plugin.get(pods.namespace.name) ?? []), ...(this.#plugin.get('') ?? [])];
    return all.flatMap((policy) => {
      if (policy[direction] === undefined) return [];
      const { namespaces, pods: selector, doubt } = policy.input;
      const match = both(matches(namespaces, pods.namespace), matches(selector, pods.labels));
      return match === 0 ? [] : [{ policy, match: doubt === undefined ? match : both(match, 1) }];
    });
  }

  /** The policies of the tiers around the NetworkPolicies that select the pods. */
  tiers(pods: PodClass): Tiers {
    return this.#tiers.of(pods);
  }

  #shelf(namespace: string): Record<Direction, Shelf> {
    let shelf = this.#shelves.get(namespace);
    if (shelf === undefined) {
      shelf = { ingress: new Shelf(namespace, 'ingress'), egress: new Shelf(namespace, 'egress') };
      this.#shelves.set(namespace, shelf);
    }
    return shelf;
  }
}

import type { PodClass } from './classes.ts';
import type { Peers, Rule } from './compile.ts';
import { LookSet } from './look-set.ts';
import { DIRECTIONS } from './lookup.ts';
import { Partition } from './partition.ts';
import { namedPorts, usedNames } from './profiles.ts';
import type { Reachability } from './reach.ts';
import { SelectedClasses } from './selected.ts';

type PodsPeer = Peers['pods'][number];

/** Classes of pods sorted by how they look to the peers of all rules: those that no selector tells apart share a look. */
export class Looks {
  /** Looks of pods on the host's network. */
  readonly hostNetwork: readonly number[];
  readonly #members: readonly (readonly PodClass[])[];
  readonly #lookOf: readonly number[];
  /** By look; undefined for pods on the host's network, of which each is a case of its own. */
  readonly #ports: readonly (string | undefined)[];
  readonly #selected: SelectedClasses;
  readonly #sets = new Map<string, LookSet>();
  readonly #setsWith = new Map<number, readonly LookSet[]>();
  #sparse: ReadonlyMap<number, readonly LookSet[]> | undefined;
  #dense: readonly LookSet[] = [];

  constructor(reach: Reachability) {
    const { all } = reach.classes;
    this.#selected = new SelectedClasses(reach.classes);
    const partition = new Partition(all.length);
    const names = usedNames(reach);
    partition.refine(all.map((one) => [one.index, `${one.hostNetwork} ${namedPorts(one, names)}`]));
    for (const [peer, namespace] of distinct(reach, this.#selected))
      partition.refine(this.#selected.of(peer, namespace));
    this.#members = partition.blocks().map((members) => members.map((index) => all[index] as PodClass));
    this.#ports = this.#members.map(([first]) => (first?.hostNetwork === false ? namedPorts(first, names) : undefined));
    this.hostNetwork = [...this.#members.keys()].filter((look) => this.isOnHost(look));
    const lookOf: number[] = [];
    for (const [look, members] of this.#members.entries()) for (const { index } of members) lookOf[index] = look;
    this.#lookOf = lookOf;
    for (const [peer, namespace] of distinct(reach, this.#selected)) this.of(peer, namespace);
  }

  lookOf({ index }: PodClass): number {
    return this.#lookOf[index] as number;
  }

  isOnHost(look: number): boolean {
    return this.#ports[look] === undefined;
  }

  /** Whether peers may select pods of the look more or less surely than others in the same sets. */
  isSpecial(look: number): boolean {
    const { namespace, labels } = this.example(look);
    return this.isOnHost(look) || !namespace.complete || !labels.complete;
  }

  /** What the names that rules use stand for in pods of the look. */
  portsOf(look: number): string {
    return this.#ports[look] ?? '';
  }

  /** Any pods of the look. */
  example(look: number): PodClass {
    return (this.#members[look] as readonly PodClass[])[0] as PodClass;
  }

  /** The looks that a peer selects, surely or perhaps; the same object for the same peer. */
  of(peer: PodsPeer, namespace: string): LookSet {
    const key = this.#selected.key(peer, namespace);
    let set = this.#sets.get(key);
    if (set === undefined) {
      const found = new Set<number>();
      for (const [index] of this.#selected.of(peer, namespace)) found.add(this.#lookOf[index] as number);
      set = new LookSet(this.#sets.size, found, this.#members.length);
      this.#sets.set(key, set);
    }
    return set;
  }

  /** The sets of peers that hold a look. */
  setsWith(look: number): readonly LookSet[] {
    let sets = this.#setsWith.get(look);
    if (sets === undefined) {
      this.#sparse ??= this.#index();
      sets = [...(this.#sparse.get(look) ?? []), ...this.#dense.filter((set) => set.has(look))];
      this.#setsWith.set(look, sets);
    }
    return sets;
  }

  #index(): ReadonlyMap<number, readonly LookSet[]> {
    const index = new Map<number, LookSet[]>();
    this.#dense = [...this.#sets.values()].filter(({ dense }) => dense);
    for (const set of this.#sets.values()) {
      if (set.dense) continue;
      for (const look of set) {
        const sets = index.get(look);
        if (sets === undefined) index.set(look, [set]);
        else sets.push(set);
      }
    }
    return index;
  }
}

/** The peers of all rules, each kind once, with the namespace that they mean by their own. */
function* distinct(reach: Reachability, selected: SelectedClasses): Generator<[PodsPeer, string]> {
  const done = new Set<string>();
  for (const { peers, policy } of everyRule(reach)) {
    const namespace = 'namespace' in policy.input ? policy.input.namespace : '';
    for (const peer of peers?.pods ?? []) {
      const key = selected.key(peer, namespace);
      if (done.has(key)) continue;
      done.add(key);
      yield [peer, namespace];
    }
  }
}

function* everyRule({ policies, tiers, calico }: Reachability): Generator<Rule> {
  for (const policy of [...policies, ...tiers, ...calico])
    for (const direction of DIRECTIONS) yield* policy[direction] ?? [];
}

/**
 * The whole answer, symbolically: what depends on who asks and what depends on whom it is about, apart, so that it grows with pods plus
 * policies and not with their product.
 *
 * What the policies at one end make of a connection depends on the set of policies that select its pods (their profile), and on how the
 * other end looks to peers' selectors (its look). Pods of one look are told apart by no peer, whatever other labels they have. A profile
 * treats alike all looks that none of its rules names, so a row keeps one answer for these and one for each look that is named.
 */
import { append, type PodClass } from './classes.ts';
import type { Peers, Policy, Rule } from './compile.ts';
import { evaluateSide, rulesOf, type SelectedRule, type Side } from './evaluate.ts';
import { union } from './intervals.ts';
import { STRANGER, readingsOf } from './endpoints.ts';
import { DIRECTIONS } from './lookup.ts';
import { Partition } from './partition.ts';
import type { Reachability } from './reach.ts';
import { SelectedClasses } from './selected.ts';
import type { Direction } from './types.ts';

/** Pods that every policy treats alike at one end. */
export interface Profile {
  readonly direction: Direction;
  readonly members: readonly PodClass[];
}

interface Row {
  /** For pods that no rule names; undefined where the answer hangs on each pod's own ports. */
  readonly rest: Side | undefined;
  readonly named: ReadonlyMap<number, Side>;
}

export class ReachTable {
  readonly reach: Reachability;
  readonly profiles: Readonly<Record<Direction, readonly Profile[]>>;
  /** Classes of each look; the index of the list is the look. */
  readonly looks: readonly (readonly PodClass[])[];
  readonly #lookOf: readonly number[];
  readonly #profileOf: Readonly<Record<Direction, readonly Profile[]>>;
  readonly #rows = new Map<Profile, Row>();
  readonly #selected: SelectedClasses;
  readonly #looksOfSelector = new Map<string, readonly number[]>();

  constructor(reach: Reachability) {
    this.reach = reach;
    this.#selected = new SelectedClasses(reach.classes);
    const { all } = reach.classes;
    this.looks = this.#partitionLooks().map((members) => members.map((index) => all[index] as PodClass));
    this.#lookOf = numbered(this.looks);
    this.profiles = { ingress: this.#partitionProfiles('ingress'), egress: this.#partitionProfiles('egress') };
    this.#profileOf = { ingress: assigned(this.profiles.ingress), egress: assigned(this.profiles.egress) };
  }

  lookOf(pods: PodClass): number {
    return this.#lookOf[pods.index] as number;
  }

  profileOf(pods: PodClass, direction: Direction): Profile {
    return this.#profileOf[direction][pods.index] as Profile;
  }

  /** What a profile makes of pods of a look. */
  side(profile: Profile, look: number): Side {
    const { rest, named } = this.row(profile);
    return named.get(look) ?? rest ?? this.#evaluate(profile, this.#example(look));
  }

  row(profile: Profile): Row {
    let row = this.#rows.get(profile);
    if (row === undefined) {
      row = this.#makeRow(profile);
      this.#rows.set(profile, row);
    }
    return row;
  }

  #makeRow(profile: Profile): Row {
    const { general, byLook } = this.#sortRules(profile);
    const named = new Map<number, Side>();
    for (const [look, rules] of byLook)
      named.set(look, this.#evaluate(profile, this.#example(look), [...general, ...rules]));
    const byOwnPorts = profile.direction === 'egress' && general.some(({ rule }) => rule.names.length > 0);
    return { rest: byOwnPorts ? undefined : this.#evaluate(profile, STRANGER, general), named };
  }

  /** Rules of NetworkPolicies that are about every look, and those about each look that is named: by them, a tier, or its host's network. */
  #sortRules(profile: Profile): { general: SelectedRule[]; byLook: Map<number, SelectedRule[]> } {
    const general: SelectedRule[] = [];
    const byLook = new Map<number, SelectedRule[]>();
    for (const look of this.#exceptional(profile)) byLook.set(look, []);
    const pods = profile.members[0] as PodClass;
    const { wide, own } = this.reach.world.lookup.namespaced(pods, profile.direction);
    for (const selected of rulesOf(wide, own, profile.direction)) {
      const { peers } = selected.rule;
      if (peers === undefined || peers.addresses.length > 0) general.push(selected);
      for (const peer of peers?.pods ?? []) {
        for (const look of this.#looksOf(peer, pods.namespace.name)) {
          const rules = byLook.get(look);
          if (rules === undefined) byLook.set(look, [selected]);
          else if (rules.at(-1) !== selected) rules.push(selected);
        }
      }
    }
    return { general, byLook };
  }

  /** Looks of pods on the host's network, which are like no others, and those that the outer tiers name. */
  #exceptional({ direction, members }: Profile): Set<number> {
    const pods = members[0] as PodClass;
    const found = new Set<number>();
    for (const [look, [first]] of this.looks.entries()) if (first?.hostNetwork === true) found.add(look);
    const { Admin, Baseline } = this.reach.world.lookup.tiers(pods);
    for (const { policy } of [...Admin.flat(), ...Baseline.flat()])
      for (const { peers } of policy[direction] ?? [])
        for (const peer of peers?.pods ?? []) for (const look of this.#looksOf(peer, '')) found.add(look);
    return found;
  }

  #example(look: number): PodClass {
    return (this.looks[look] ?? [])[0] as PodClass;
  }

  #looksOf(peer: Peers['pods'][number], namespace: string): readonly number[] {
    const key = this.#selected.key(peer, namespace);
    let looks = this.#looksOfSelector.get(key);
    if (looks === undefined) {
      const found = new Set<number>();
      for (const [index] of this.#selected.of(peer, namespace)) found.add(this.#lookOf[index] as number);
      looks = [...found];
      this.#looksOfSelector.set(key, looks);
    }
    return looks;
  }

  #evaluate({ direction, members }: Profile, other: PodClass, rules?: readonly SelectedRule[]): Side {
    const subject = members[0] as PodClass;
    const destination = direction === 'egress' ? other : subject;
    const sides = readingsOf({ kind: 'pods', pods: other }).map((peer) =>
      evaluateSide({ subject, direction, peer, destination, ...(rules && { rules }) }, this.reach.world),
    );
    return sides.reduce((a, b) => ({ accept: union(a.accept, b.accept), deny: union(a.deny, b.deny) }));
  }

  #partitionLooks(): number[][] {
    const { reach } = this;
    const partition = new Partition(reach.classes.all.length);
    const names = new Set([...everyRule(reach)].flatMap((rule) => rule.names.map(({ name }) => name)));
    partition.refine(reach.classes.all.map((one) => [one.index, `${one.hostNetwork} ${namedPorts(one, names)}`]));
    const done = new Set<string>();
    for (const { peers, policy } of everyRule(reach)) {
      const namespace = 'namespace' in policy.input ? policy.input.namespace : '';
      for (const peer of peers?.pods ?? []) {
        const key = this.#selected.key(peer, namespace);
        if (done.has(key)) continue;
        done.add(key);
        partition.refine(this.#selected.of(peer, namespace));
      }
    }
    return partition.blocks();
  }

  /** Classes by the policies that select them, with the ports that names stand for where their own are asked. */
  #partitionProfiles(direction: Direction): Profile[] {
    const { reach } = this;
    const byKey = new Map<string, PodClass[]>();
    const names = new Set([...everyRule(reach)].flatMap((rule) => rule.names.map(({ name }) => name)));
    for (const pods of reach.classes.all) append(byKey, profileKey(reach, pods, direction, names), pods);
    return [...byKey.values()].map((members) => ({ direction, members }));
  }
}

function profileKey(reach: Reachability, pods: PodClass, direction: Direction, names: ReadonlySet<string>): string {
  const { own, wide } = reach.world.lookup.namespaced(pods, direction);
  const { Admin, Baseline } = reach.world.lookup.tiers(pods);
  const tiers = [...Admin.flat(), ...Baseline.flat()].map(({ policy, match }) => `${policy.order}:${match}`);
  const policies = own.map(({ policy, match }) => `${policy.order}:${match}`);
  const ports = direction === 'ingress' ? namedPorts(pods, names) : '';
  // A rule may speak of "this namespace", so the namespace matters wherever any policy applies.
  const place = own.length + wide.length === 0 ? '' : pods.namespace.name;
  return [pods.hostNetwork, place, policies.join(), tiers.join(), ports].join('|');
}

/** What names that rules use stand for in these pods. */
function namedPorts({ ports }: PodClass, names: ReadonlySet<string>): string {
  if (names.size === 0) return '';
  if (ports === undefined) return '?';
  return ports
    .flatMap(({ name, protocol, port }) =>
      name !== undefined && names.has(name) ? [`${name}=${protocol}/${port}`] : [],
    )
    .join();
}

function* everyRule(reach: Reachability): Generator<Rule> {
  for (const policy of [...reach.policies, ...reach.tiers])
    for (const direction of DIRECTIONS) yield* (policy as Policy)[direction] ?? [];
}

function numbered(groups: readonly (readonly PodClass[])[]): number[] {
  const numbers: number[] = [];
  for (const [number, members] of groups.entries()) for (const { index } of members) numbers[index] = number;
  return numbers;
}

function assigned(profiles: readonly Profile[]): Profile[] {
  const found: Profile[] = [];
  for (const profile of profiles) for (const { index } of profile.members) found[index] = profile;
  return found;
}

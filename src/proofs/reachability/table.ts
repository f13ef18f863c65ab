/**
 * The whole answer, symbolically: what depends on who asks and what depends on whom it is about, apart, so that it grows with pods plus
 * policies and not with their product.
 *
 * What the policies at one end make of a connection depends on the set of policies that select its pods (their profile), and on how the
 * other end looks to peers' selectors (its look). Pods of one look are told apart by no peer, whatever other labels they have. A profile
 * treats alike all looks that none of its selectors holds.
 */
import { append, type PodClass } from './classes.ts';
import type { Peers, Rule } from './compile.ts';
import { readingsOf, STRANGER } from './endpoints.ts';
import { evaluateSide, rulesOf, type SelectedRule, type Side } from './evaluate.ts';
import { union } from './intervals.ts';
import type { LookSet } from './look-set.ts';
import { Looks } from './looks.ts';
import { everyOrdered } from './order.ts';
import { profilesOf, type Profile } from './profiles.ts';
import type { Reachability } from './reach.ts';
import type { Direction } from './types.ts';

/** What a profile's rules are about. */
export interface Row {
  /** What becomes of pods that no rule names; undefined where that hangs on each pod's own ports. */
  readonly rest: Side | undefined;
  /** Rules of NetworkPolicies about whatever pods there are. */
  readonly general: readonly SelectedRule[];
  /** Rules of NetworkPolicies by the sets of looks they name; for the outer tiers' rules the sets alone. */
  readonly named: ReadonlyMap<LookSet, readonly SelectedRule[]>;
}

/** Up to so many sets are asked one by one; beyond, a look is asked for the sets that hold it. */
const FEW = 8;
/** Answers that are remembered for a profile. */
const MOST_SIDES = 64;

export class ReachTable {
  readonly reach: Reachability;
  readonly looks: Looks;
  readonly profiles: Readonly<Record<Direction, readonly Profile[]>>;
  readonly #rows = new Map<Profile, Row>();
  readonly #sides = new Map<Profile, Map<string, Side>>();

  constructor(reach: Reachability) {
    this.reach = reach;
    this.looks = new Looks(reach);
    this.profiles = { ingress: profilesOf(reach, 'ingress'), egress: profilesOf(reach, 'egress') };
  }

  row(profile: Profile): Row {
    let row = this.#rows.get(profile);
    if (row === undefined) {
      row = this.#makeRow(profile);
      this.#rows.set(profile, row);
    }
    return row;
  }

  /** What a profile makes of pods of a look. */
  side(profile: Profile, look: number): Side {
    const { rest, general, named } = this.row(profile);
    const onHost = this.looks.isOnHost(look);
    if (named.size === 0 && rest !== undefined && !onHost) return rest;
    const held = named.size > FEW ? this.looks.setsWith(look) : named.keys();
    const sets: LookSet[] = [];
    for (const set of held) if (named.has(set) && set.has(look)) sets.push(set);
    if (sets.length === 0 && rest !== undefined && !onHost) return rest;
    const key = `${sets.map(({ id }) => id).join()} ${this.looks.isSpecial(look) ? look : ''} ${profile.direction === 'egress' ? this.looks.portsOf(look) : ''}`;
    return this.#remembered(profile, key, () =>
      this.#evaluate(profile, this.looks.example(look), [...general, ...sets.flatMap((set) => named.get(set) ?? [])]),
    );
  }

  #remembered(profile: Profile, key: string, evaluate: () => Side): Side {
    let sides = this.#sides.get(profile);
    if (sides === undefined || sides.size > MOST_SIDES) {
      sides = new Map();
      this.#sides.set(profile, sides);
    }
    let side = sides.get(key);
    if (side === undefined) {
      side = evaluate();
      sides.set(key, side);
    }
    return side;
  }

  #makeRow(profile: Profile): Row {
    const pods = profile.members[0];
    const general: SelectedRule[] = [];
    const named = new Map<LookSet, SelectedRule[]>();
    const selecting = this.reach.world.lookup.namespaced(pods, profile.direction);
    for (const selected of rulesOf(selecting, profile.direction)) {
      const { peers } = selected.rule;
      if (isAboutAny(selected.rule)) general.push(selected);
      for (const peer of peers?.pods ?? []) append(named, this.looks.of(peer, pods.namespace.name), selected);
    }
    const tierRules = everyOrdered(this.reach.world.lookup.tiers(pods)).flatMap(
      ({ policy }) => policy[profile.direction] ?? [],
    );
    for (const { peers } of tierRules)
      for (const peer of peers?.pods ?? []) {
        const set = this.looks.of(peer, '');
        if (!named.has(set)) named.set(set, []);
      }
    const rules = [...general.map(({ rule }) => rule), ...tierRules.filter(isAboutAny)];
    const byOwnPorts = profile.direction === 'egress' && rules.some(({ names }) => names.length > 0);
    return { rest: byOwnPorts ? undefined : this.#evaluate(profile, STRANGER, general), general, named };
  }

  #evaluate({ direction, members: [subject] }: Profile, other: PodClass, rules: readonly SelectedRule[]): Side {
    const destination = direction === 'egress' ? other : subject;
    const sides = readingsOf({ kind: 'pods', pods: other }).map((peer) =>
      evaluateSide({ subject, direction, peer, destination, rules }, this.reach.world),
    );
    return sides.reduce((a, b) => ({ accept: union(a.accept, b.accept), deny: union(a.deny, b.deny) }));
  }
}

/** Whether a rule may be about pods that none of its selectors holds. */
function isAboutAny({ peers }: Rule): boolean {
  return peers === undefined || peers.addresses.length > 0 || knowsNodes(peers);
}

/** Rules about nodes are about pods on their network. */
function knowsNodes({ nodes, ownNode, apiServer, perhapsNodes, noPods }: Peers): boolean {
  return nodes.length > 0 || ownNode || apiServer || perhapsNodes.length + noPods.length > 0;
}

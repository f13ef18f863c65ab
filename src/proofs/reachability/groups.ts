import { ALL_V4, ALL_V6, type Addresses } from './addresses.ts';
import { append, type PodClass } from './classes.ts';
import type { Rule } from './compile.ts';
import { evaluateSide, OPEN, rulesOf, type Side } from './evaluate.ts';
import { intersect, same, subtract, union } from './intervals.ts';
import { connectionOf, type Connection, type Reachability } from './reach.ts';
import { ReachTable, type Profile } from './table.ts';

/** Pods that are alike as senders, pods that are alike as receivers, and what may pass between any two of them. */
export interface Group {
  readonly from: readonly PodClass[];
  readonly to: readonly PodClass[];
  readonly connection: Connection;
}

/** What may pass between pods and addresses outside; all addresses of the set alike. */
export interface OutsideGroup {
  readonly direction: 'ingress' | 'egress';
  readonly pods: readonly PodClass[];
  readonly addresses: Addresses;
  readonly connection: Connection;
}

interface Alike {
  readonly profile: Profile;
  readonly look: number;
  readonly members: readonly PodClass[];
}

/** Every pair of pods between which something passes or may pass, in groups, one after the other as they are asked for. */
export function* podGroups(reach: Reachability): Generator<Group> {
  const table = tableOf(reach);
  const senders = alike(table, 'egress');
  const index = new SenderIndex(table, senders);
  for (const receiver of alike(table, 'ingress')) {
    for (const sender of index.candidates(receiver)) {
      const egress = table.side(sender.profile, receiver.look);
      if (egress.accept.length === 0) continue;
      const connection = connectionOf(egress, table.side(receiver.profile, sender.look));
      if (connection.allowed.length + connection.unknown.length === 0) continue;
      yield { from: sender.members, to: receiver.members, connection };
    }
  }
}

/** What may pass between pods and addresses outside of the cluster. Sets of addresses cover all there are but the cluster's own. */
export function* outsideGroups(reach: Reachability): Generator<OutsideGroup> {
  const { profiles } = tableOf(reach);
  for (const direction of ['ingress', 'egress'] as const) {
    for (const profile of profiles[direction]) {
      for (const { addresses, side } of outsideSides(reach, profile)) {
        const connection = connectionOf(side, OPEN);
        if (connection.allowed.length + connection.unknown.length > 0)
          yield { direction, pods: profile.members, addresses, connection };
      }
    }
  }
}

const tables = new WeakMap<Reachability, ReachTable>();

/** The table of a reachability, made once. */
export function tableOf(reach: Reachability): ReachTable {
  let table = tables.get(reach);
  if (table === undefined) {
    table = new ReachTable(reach);
    tables.set(reach, table);
  }
  return table;
}

function alike(table: ReachTable, direction: 'ingress' | 'egress'): Alike[] {
  return table.profiles[direction].flatMap((profile) => {
    const byLook = new Map<number, PodClass[]>();
    for (const pods of profile.members) append(byLook, table.lookOf(pods), pods);
    return [...byLook].map(([look, members]) => ({ profile, look, members }));
  });
}

/** Finds the senders that may get through to a receiver, without asking all of them about each. */
class SenderIndex {
  readonly #table: ReachTable;
  readonly #byLook = new Map<number, Alike[]>();
  /** Senders that may send to pods that none of their rules names. */
  readonly #open: Alike[] = [];
  /** Of the others, those that may send to pods of a look. */
  readonly #closed = new Map<number, Alike[]>();

  constructor(table: ReachTable, senders: readonly Alike[]) {
    this.#table = table;
    for (const sender of senders) {
      append(this.#byLook, sender.look, sender);
      const { rest, named } = table.row(sender.profile);
      if (rest === undefined || rest.accept.length > 0) this.#open.push(sender);
      else for (const look of named.keys()) append(this.#closed, look, sender);
    }
  }

  candidates({ profile, look }: Alike): Iterable<Alike> {
    const { rest, named } = this.#table.row(profile);
    if (rest !== undefined && rest.accept.length === 0)
      return [...named.keys()].flatMap((from) => this.#byLook.get(from) ?? []);
    return [...this.#open, ...(this.#closed.get(look) ?? [])];
  }
}

const EVERYWHERE = union(ALL_V4, ALL_V6);

/** What a profile makes of the addresses outside: sets that lie in the same blocks of its rules, those with the same answer joined. */
export function outsideSides(reach: Reachability, profile: Profile): { addresses: Addresses; side: Side }[] {
  const subject = profile.members[0] as PodClass;
  const { direction } = profile;
  const found: { addresses: Addresses; side: Side }[] = [];
  for (const addresses of partition(subtract(EVERYWHERE, reach.clusterAddresses), blocksOf(reach, profile))) {
    const peer = { as: 'address', addresses } as const;
    const destination = direction === 'egress' ? undefined : subject;
    const side = evaluateSide({ subject, direction, peer, destination }, reach.world);
    const known = found.find((other) => same(other.side.accept, side.accept) && same(other.side.deny, side.deny));
    if (known === undefined) found.push({ addresses, side });
    else known.addresses = union(known.addresses, addresses);
  }
  return found;
}

function blocksOf(reach: Reachability, { direction, members }: Profile): Addresses[] {
  const pods = members[0] as PodClass;
  const { wide, own } = reach.world.lookup.namespaced(pods, direction);
  const { Admin, Baseline } = reach.world.lookup.tiers(pods);
  const rules: Rule[] = [...rulesOf(wide, own, direction)].map(({ rule }) => rule);
  for (const { policy } of [...Admin.flat(), ...Baseline.flat()]) rules.push(...(policy[direction] ?? []));
  const byText = new Map<string, Addresses>();
  for (const { peers } of rules)
    if (peers !== undefined && peers.addresses.length > 0) byText.set(peers.addresses.join(), peers.addresses);
  return [...byText.values()];
}

/** Splits a set so that each part lies wholly within or wholly outside of each block. */
function partition(whole: Addresses, blocks: readonly Addresses[]): Addresses[] {
  const bounds = [...new Set(blocks.flat())].sort((a, b) => (a < b ? -1 : 1));
  const byKey = new Map<string, Addresses>();
  const edges = [0n, ...bounds, EVERYWHERE.at(-1) as bigint];
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const [from, to] = [edges[i] as bigint, edges[i + 1] as bigint];
    const part = from < to ? intersect(whole, [from, to]) : [];
    if (part.length === 0) continue;
    const key = blocks.map((block) => (inside(block, from) ? '1' : '0')).join('');
    byKey.set(key, union(byKey.get(key) ?? [], part));
  }
  return [...byKey.values()];
}

function inside(block: Addresses, at: bigint): boolean {
  for (let i = 0; i < block.length; i += 2)
    if (at >= (block[i] as bigint) && at < (block[i + 1] as bigint)) return true;
  return false;
}

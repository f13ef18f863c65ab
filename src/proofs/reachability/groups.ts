import type { Addresses } from './addresses.ts';
import { append, type PodClass } from './classes.ts';
import { OPEN, type Side } from './evaluate.ts';
import type { LookSet } from './look-set.ts';
import { outsideSides } from './outside.ts';
import type { Profile } from './profiles.ts';
import { connectionOf, type Connection, type Reachability } from './reach.ts';
import { ReachTable } from './table.ts';

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

/** Which pods are wanted at either end; all by default. */
export interface Wanted {
  readonly from?: (pods: PodClass) => boolean;
  readonly to?: (pods: PodClass) => boolean;
}

/** Every pair of pods between which something passes or may pass, in groups, one after the other as they are asked for. */
export function* podGroups(reach: Reachability, { from = everyone, to = everyone }: Wanted = {}): Generator<Group> {
  const table = tableOf(reach);
  const senders = new SenderIndex(table, alike(table, 'egress', from));
  for (const receiver of alike(table, 'ingress', to)) {
    for (const sender of senders.candidates(receiver)) {
      const egress = table.side(sender.profile, receiver.look);
      if (egress.accept.length === 0) continue;
      const connection = joint(egress, table.side(receiver.profile, sender.look));
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

const joints = new WeakMap<Side, WeakMap<Side, Connection>>();

/** As `connectionOf`, remembered: few answers of one end meet few of the other, over and over. */
function joint(egress: Side, ingress: Side): Connection {
  let known = joints.get(egress);
  if (known === undefined) {
    known = new WeakMap();
    joints.set(egress, known);
  }
  let connection = known.get(ingress);
  if (connection === undefined) {
    connection = connectionOf(egress, ingress);
    known.set(ingress, connection);
  }
  return connection;
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

function everyone(): boolean {
  return true;
}

function alike(
  { profiles, looks }: ReachTable,
  direction: 'ingress' | 'egress',
  wanted: (pods: PodClass) => boolean,
): Alike[] {
  return profiles[direction].flatMap((profile) => {
    const byLook = new Map<number, PodClass[]>();
    for (const pods of profile.members) if (wanted(pods)) append(byLook, looks.lookOf(pods), pods);
    return [...byLook].map(([look, members]) => ({ profile, look, members }));
  });
}

/** Finds the senders that may get through to a receiver, without asking all of them about each. */
class SenderIndex {
  readonly #table: ReachTable;
  readonly #all: readonly Alike[];
  readonly #byLook = new Map<number, Alike[]>();
  /** Senders that may send to pods that none of their rules names. */
  readonly #open: Alike[] = [];
  /** The others, by the sets of looks that their rules name. */
  readonly #closed = new Map<LookSet, Alike[]>();

  constructor(table: ReachTable, senders: readonly Alike[]) {
    this.#table = table;
    this.#all = senders;
    for (const sender of senders) {
      append(this.#byLook, sender.look, sender);
      const { rest, named } = table.row(sender.profile);
      if (rest === undefined || rest.accept.length > 0) this.#open.push(sender);
      else for (const set of named.keys()) append(this.#closed, set, sender);
    }
  }

  /** Each sender once. */
  *candidates({ profile, look }: Alike): Generator<Alike> {
    const { looks } = this.#table;
    const { rest, named } = this.#table.row(profile);
    const done = new Set<number | Alike>();
    if (rest !== undefined && rest.accept.length === 0) {
      for (const from of [...looks.hostNetwork, ...[...named.keys()].flatMap((set) => [...set])]) {
        if (done.has(from)) continue;
        done.add(from);
        yield* this.#byLook.get(from) ?? [];
      }
      return;
    }
    if (looks.isOnHost(look)) {
      for (const sender of this.#all) yield sender;
      return;
    }
    yield* this.#open;
    for (const set of looks.setsWith(look)) {
      for (const sender of this.#closed.get(set) ?? []) {
        if (done.has(sender)) continue;
        done.add(sender);
        yield sender;
      }
    }
  }
}

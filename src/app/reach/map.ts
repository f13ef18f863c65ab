import {
  outsideGroups,
  podGroups,
  portsText,
  rangesText,
  unknownReasons,
  type Connection,
  type Endpoint,
  type PodClass,
  type Reachability,
} from '../../proofs/reachability/index.ts';
import type { ReachMap } from '../../report/reach/schema.ts';
import { endNamed, matchesId, type NamedEnd } from './ends.ts';
import { controllerRows } from './controllers.ts';
import type { ReachSubject } from './read.ts';

export interface MapOptions {
  readonly from?: string;
  readonly to?: string;
  /** Rows beyond which the map is not expanded; none: whatever it takes. */
  readonly limit?: number;
}

export interface Rows {
  readonly rows: ReachMap['rows'];
  readonly unknown: ReachMap['unknown'];
  /** False where the limit was met: then the lists are its beginning. */
  readonly whole: boolean;
}

/** The map as rows, sorted. */
export function reachMap(subject: ReachSubject, options: MapOptions): { report: ReachMap; whole: boolean } {
  const { reach, head } = subject;
  const found = rowsOf(subject, options);
  const { rows, unknown, whole } = found;
  return { report: { ...head, kind: 'ReachReport', counts: countsOf(reach), rows, unknown }, whole };
}

export function rowsOf(subject: ReachSubject, { from, to, limit = Infinity }: MapOptions): Rows {
  const list = new RowList(subject.reach, limit);
  const source = from === undefined ? undefined : special(subject.reach, from);
  const target = to === undefined ? undefined : special(subject.reach, to);
  if (source !== undefined || target !== undefined) addPoints(subject.reach, list, { source, target, from, to });
  else addGroups(subject.reach, list, wants(subject.reach, from), wants(subject.reach, to));
  if (from === undefined)
    for (const row of controllerRows(subject)) if (wants(subject.reach, to)(row.dst)) list.push(row);
  return list.sorted();
}

/** An end that is no workload: it is asked about by itself, against every workload. */
function special(reach: Reachability, text: string): NamedEnd | undefined {
  if ([...reach.classes.byId.keys()].some((id) => matchesId(id, text))) return undefined;
  const end = endNamed(reach, text);
  return end.endpoint.kind === 'pods' && end.endpoint.pods.index >= 0 ? undefined : end;
}

/** A filter on ids; a usage error when it is about nothing. */
function wants(reach: Reachability, text: string | undefined): (id: string) => boolean {
  if (text === undefined) return () => true;
  const ids = new Set([...reach.classes.byId.keys()].filter((id) => matchesId(id, text)));
  if (ids.size === 0) ids.add(endNamed(reach, text).label);
  return (id) => ids.has(id);
}

function addGroups(
  reach: Reachability,
  list: RowList,
  isSource: (id: string) => boolean,
  isTarget: (id: string) => boolean,
): void {
  for (const { from, to, connection } of podGroups(reach, { from: hasAny(isSource), to: hasAny(isTarget) })) {
    for (const a of from) {
      for (const b of to) {
        for (const source of a.members) {
          if (!isSource(source.id)) continue;
          for (const target of b.members) {
            if (source === target || !isTarget(target.id)) continue;
            if (list.full) return;
            list.add(source.id, target.id, connection, pods(a), pods(b));
          }
        }
      }
    }
  }
  for (const { direction, pods: classes, addresses, connection } of outsideGroups(reach)) {
    for (const range of rangesText(addresses)) {
      for (const one of classes) {
        for (const { id } of one.members) {
          if (list.full) return;
          const end: Endpoint = { kind: 'addresses', addresses };
          if (direction === 'ingress' && isTarget(id) && isSource(range))
            list.add(range, id, connection, end, pods(one));
          if (direction === 'egress' && isSource(id) && isTarget(range))
            list.add(id, range, connection, pods(one), end);
        }
      }
    }
  }
}

function hasAny(wanted: (id: string) => boolean): (pods: PodClass) => boolean {
  return ({ members }) => members.some(({ id }) => wanted(id));
}

interface Points {
  readonly source: NamedEnd | undefined;
  readonly target: NamedEnd | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

function addPoints(reach: Reachability, list: RowList, { source, target, from, to }: Points): void {
  const sources = source === undefined ? workloads(reach, wants(reach, from)) : [source];
  const targets = target === undefined ? workloads(reach, wants(reach, to)) : [target];
  for (const a of sources)
    for (const b of targets)
      list.add(a.label, b.label, reach.connection(a.endpoint, b.endpoint), a.endpoint, b.endpoint);
}

function workloads(reach: Reachability, wanted: (id: string) => boolean): NamedEnd[] {
  return [...reach.classes.byId].filter(([id]) => wanted(id)).map(([label, one]) => ({ label, endpoint: pods(one) }));
}

function pods(one: PodClass): Endpoint {
  return { kind: 'pods', pods: one };
}

class RowList {
  readonly #reach: Reachability;
  readonly #limit: number;
  readonly #rows: ReachMap['rows'] = [];
  readonly #unknown: ReachMap['unknown'] = [];
  readonly #reasons = new Map<PodClass | string, Map<PodClass | string, string[]>>();

  constructor(reach: Reachability, limit: number) {
    this.#reach = reach;
    this.#limit = limit;
  }

  get full(): boolean {
    return this.#rows.length + this.#unknown.length > this.#limit;
  }

  push(row: ReachMap['unknown'][number] | ReachMap['rows'][number]): void {
    if ('because' in row) this.#unknown.push(row);
    else this.#rows.push(row);
  }

  add(src: string, dst: string, { allowed, unknown }: Connection, from: Endpoint, to: Endpoint): void {
    if (allowed.length > 0) this.#rows.push({ src, dst, conn: portsText(allowed) });
    if (unknown.length > 0)
      this.#unknown.push({ src, dst, conn: portsText(unknown), because: this.#because(src, dst, from, to) });
  }

  /** Worked out once for pods that are alike. */
  #because(src: string, dst: string, from: Endpoint, to: Endpoint): string[] {
    const [a, b] = [from.kind === 'pods' ? from.pods : src, to.kind === 'pods' ? to.pods : dst];
    const row = this.#reasons.get(a) ?? new Map<PodClass | string, string[]>();
    this.#reasons.set(a, row);
    let reasons = row.get(b);
    if (reasons === undefined) {
      reasons = unknownReasons(this.#reach, from, to);
      row.set(b, reasons);
    }
    return reasons;
  }

  sorted(): Rows {
    const order = (a: { src: string; dst: string }, b: { src: string; dst: string }): number =>
      a.src === b.src ? compare(a.dst, b.dst) : compare(a.src, b.src);
    return { rows: this.#rows.sort(order), unknown: this.#unknown.sort(order), whole: !this.full };
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function countsOf(reach: Reachability): ReachMap['counts'] {
  const isolated = (direction: 'ingress' | 'egress'): number =>
    reach.classes.all
      .filter((one) => reach.isIsolated(one, direction) === 'yes')
      .reduce((sum, { members }) => sum + members.length, 0);
  return {
    workloads: reach.classes.byId.size,
    namespaces: reach.classes.byNamespace.size,
    policies: reach.policies.length + reach.tiers.length + new Set(reach.calico.map(({ id }) => id)).size,
    isolated: { ingress: isolated('ingress'), egress: isolated('egress') },
  };
}

/** Gives every part its addresses, one for each role, from the spec's own subnets, and decides how each connection looks between parts. */
import { isIPv4 } from 'node:net';
import type { Spec } from '../../../model/spec.ts';
import {
  outside,
  OWN_NODE,
  podsOf,
  Reachability,
  type Endpoint,
  type ReachInput,
} from '../../../proofs/reachability/index.ts';
import type { PlacedPod } from '../../../proofs/reachability/nftables/index.ts';
import { rolesOf } from './roles.ts';
import type { PartRoles, Passage, Place, Role, SegmentPart } from './types.ts';

export interface Placement {
  /** Every address of each part; the first is the one that it has when nothing else is said. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  readonly pods: readonly PlacedPod[];
  readonly passages: readonly Passage[];
  /** By port of the lab: where the router finds it for the lab itself. */
  readonly doors: ReadonlyMap<number, { readonly address: string; readonly port: number }>;
}

/** Where a spec says nothing of its subnets (RFC 2544 and RFC 5737: never routed anywhere else). */
const FALLBACK = { pods: '198.18.0.0', public: '198.18.64.0', data: '198.18.128.0', gpu: '198.18.192.0' } as const;
const INTERNET = '203.0.113.0';
const FIRST = 10;

/** Names under which containers list their ports, for platforms whose manifests do not. */
const USUAL: Readonly<Record<string, number>> = { https: 8443, health: 8081, metrics: 9090 };

export function place(parts: readonly SegmentPart[], spec: Spec, input: ReachInput): Placement {
  return new Placer(parts, spec, input).place();
}

class Placer {
  readonly #parts: readonly SegmentPart[];
  readonly #spec: Spec;
  readonly #input: ReachInput;
  readonly #reach: Reachability;
  readonly #roles: ReadonlyMap<string, PartRoles>;
  readonly #given = new Map<string, string>();
  readonly #next = new Map<string, number>();

  constructor(parts: readonly SegmentPart[], spec: Spec, input: ReachInput) {
    this.#parts = parts;
    this.#spec = spec;
    this.#input = input;
    this.#reach = new Reachability(input);
    const services = new Set(spec.services.map(({ name }) => name));
    this.#roles = new Map(parts.map(({ name }) => [name, rolesOf(name, services)]));
  }

  place(): Placement {
    const addresses = new Map(
      this.#parts.map(({ name }) => [name, this.allRoles(name).map((role) => this.addressOf(name, role))]),
    );
    const passages = this.#parts.flatMap((from) =>
      this.#parts.flatMap((to) => (from === to ? [] : this.passagesBetween(from, to))),
    );
    return { addresses, pods: this.placedPods(), passages, doors: this.doors() };
  }

  private passagesBetween(from: SegmentPart, to: SegmentPart): Passage[] {
    return Object.entries(to.ports).flatMap(([name, labPort]): Passage[] => {
      const candidates = this.rolesOf(from.name).sends.flatMap((sender) =>
        (this.rolesOf(to.name).receives[name] ?? [])
          .filter(() => sender.kind !== 'node' || name === 'health')
          .map((place) => this.passage(from.name, sender, to.name, place, labPort)),
      );
      const best = candidates.find(({ verdict }) => verdict === 'allowed') ?? candidates[0];
      return best === undefined ? [] : [best];
    });
  }

  private passage(from: string, sender: Role, to: string, { role, port }: Place, labPort: number): Passage {
    const source = this.addressOf(from, sender);
    const destination = this.addressOf(to, role);
    const number = this.portOf(role, port);
    const ends = [this.endOf(sender, source), this.endOf(role, destination)] as const;
    const verdict = this.verdict(...ends, number);
    return { from, to, labPort, source, destination, port: number, asNode: sender.kind === 'node', verdict };
  }

  /** Between two that are both outside, no policy of the platform says anything. */
  private verdict(from: Endpoint, to: Endpoint, port: number): Passage['verdict'] {
    if (from.kind !== 'pods' && to.kind !== 'pods') return 'allowed';
    return this.#reach.verdict(from, to, 'TCP', port);
  }

  private endOf(role: Role, address: string): Endpoint {
    if (role.kind === 'node') return OWN_NODE;
    const end = role.kind === 'pods' ? podsOf(this.#reach, this.podId(role.subject)) : outside(address);
    if (end === undefined) throw new RangeError(`${address} stands for nobody`);
    return end;
  }

  private rolesOf(part: string): PartRoles {
    return this.#roles.get(part) ?? { sends: [], receives: {} };
  }

  private allRoles(part: string): Role[] {
    const { sends, receives } = this.rolesOf(part);
    const all = [...sends, ...Object.values(receives).flatMap((places) => places.map(({ role }) => role))];
    return [...new Map(all.map((role) => [JSON.stringify(role), role])).values()];
  }

  private addressOf(part: string, role: Role): string {
    const key = `${part} ${JSON.stringify(role)}`;
    const known = this.#given.get(key);
    if (known !== undefined) return known;
    const base = this.baseOf(role);
    const number = this.#next.get(base) ?? FIRST;
    this.#next.set(base, number + 1);
    const address = plus(base, number);
    this.#given.set(key, address);
    return address;
  }

  private baseOf(role: Role): string {
    const subnet = (tier: string): string | undefined =>
      this.#spec.subnets
        .find((one) => one.tier === tier)
        ?.cidrs.find((cidr) => isIPv4(cidr.split('/')[0] ?? ''))
        ?.split('/')[0];
    if (role.kind === 'internet') return INTERNET;
    if (role.kind === 'subnet') return subnet(role.tier) ?? FALLBACK[role.tier];
    const holder = this.#spec.subnets.find(({ holds }) => holds?.includes('pods') === true)?.cidrs[0];
    return holder?.split('/')[0] ?? FALLBACK.pods;
  }

  /** The workload of a service or store, as the policies know it. */
  private podId(subject: string): string {
    const [kind, name] = subject.split('/');
    const owner = (kind === 'store' ? this.#spec.stores : this.#spec.services).find((one) => one.name === name);
    const workload = owner?.workloads?.[0];
    const id =
      workload === undefined ? undefined : `${workload.namespace ?? 'default'}/${workload.name}[${workload.kind}]`;
    if (id !== undefined && this.#input.pods.some((one) => one.id === id)) return id;
    throw new RangeError(`the manifests have no workload for ${subject}, whose part the lab plays`);
  }

  private portOf(role: Role, port: number | string): number {
    if (typeof port === 'number') return port;
    const pods = role.kind === 'pods' ? this.#input.pods.find(({ id }) => id === this.podId(role.subject)) : undefined;
    const number = pods?.ports?.find(({ name }) => name === port)?.port ?? USUAL[port];
    if (number === undefined) throw new RangeError(`no port is called ${port}`);
    return number;
  }

  private placedPods(): PlacedPod[] {
    const placed = [...this.#given].flatMap(([key, address]) => {
      const role = JSON.parse(key.slice(key.indexOf(' ') + 1)) as Role;
      return role.kind === 'pods' ? [{ id: this.podId(role.subject), address }] : [];
    });
    return [...Map.groupBy(placed, ({ id }) => id)].map(([id, own]) => ({
      id,
      addresses: own.map(({ address }) => address),
    }));
  }

  /** The lab's own way to each port: an address of the part and a port there that nothing else of it has. */
  private doors(): Placement['doors'] {
    const doors = this.#parts.flatMap(({ name, ports }) => {
      const [address] = this.allRoles(name).map((role) => this.addressOf(name, role));
      return address === undefined ? [] : Object.values(ports).map((port) => [port, { address, port }] as const);
    });
    return new Map(doors);
  }
}

function plus(base: string, number: number): string {
  const value = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + number;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** What leaves the cluster: for each workload the addresses outside that its policies let it reach, less those it is declared to reach. */
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { ALL_V4, ALL_V6, blockOf } from '../reachability/addresses.ts';
import {
  declaredFlows,
  explain,
  INTERNET,
  outside,
  outsideGroups,
  portsText,
  spans,
  type Addresses,
  type Endpoint,
  type Flow,
  type PodClass,
  type Ports,
  type Reachability,
} from '../reachability/index.ts';
import { covers, intersect, subtract, union, unionAll } from '../reachability/intervals.ts';
import { onePort, portRange } from '../reachability/ports.ts';
import { cidrsOf } from './cidrs.ts';
import { nameOf } from './need.ts';

/** Workloads that may reach addresses nobody declared, all by the same rules. */
export interface Leak {
  readonly sure: boolean;
  readonly workloads: readonly string[];
  /** `every address`, or the first of the blocks. */
  readonly addresses: string;
  readonly ports: string;
  readonly by: readonly string[];
  readonly reasons: readonly string[];
  readonly namespaces: readonly string[];
  readonly origin?: Origin;
}

/** What nobody means by the internet: private and link-local addresses (RFC 1918, 3927, 4193, 4291), the metadata service among them. */
const SITE = blocks('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7');
const LINK = blocks('169.254.0.0/16', 'fe80::/10');
/** `to: internet`, and externals that are known by name alone. */
const PUBLIC: Addresses = subtract(union(ALL_V4, ALL_V6), union(SITE, LINK));
/** What leads nowhere: this host, multicast, and the cache of the cluster's DNS on the pod's own node. */
const NOWHERE = blocks('0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '169.254.20.10/32', '::/127', 'ff00::/8');

/** Everything that may leave, or come in from outside, beyond `flows`; the addresses of `exempt` do not count, nor pods that `asked` leaves out. */
export function leaksOf(
  reach: Reachability,
  flows: readonly Flow[],
  way: 'ingress' | 'egress' = 'egress',
  exempt: Addresses = [],
  asked: (pods: PodClass) => boolean = () => true,
): Leak[] {
  const declared = declaredByPods(flows, way);
  const found = new Map<string, Leak & { workloads: string[]; namespaces: string[] }>();
  for (const { direction, pods, addresses, connection } of outsideGroups(reach)) {
    if (direction !== way) continue;
    const sure = connection.allowed.length > 0;
    const whole = { addresses: subtract(addresses, exempt), ports: sure ? connection.allowed : connection.unknown };
    // Pods of a group have the same rules: those with the same rest are described once.
    const alike = new Map<string, Leak & { workloads: string[]; namespaces: string[] }>();
    for (const one of pods.filter(asked)) {
      const rest = beyond(whole, declared.get(one) ?? []);
      const [first] = rest;
      if (first === undefined) continue;
      const key = rest.map((part) => `${part.addresses.join()} ${part.ports.join()}`).join('; ');
      const leak =
        alike.get(key) ??
        merged(found, describe(reach, one, way, unionAll(rest.map((part) => part.addresses)), first, sure));
      alike.set(key, leak);
      leak.workloads.push(nameOf(one));
      if (!leak.namespaces.includes(one.namespace.name)) leak.namespaces.push(one.namespace.name);
    }
  }
  return [...found.values()].sort((a, b) => Number(b.sure) - Number(a.sure) || b.workloads.length - a.workloads.length);
}

/** The leak that reads the same, if there is one. */
function merged(
  found: Map<string, Leak & { workloads: string[]; namespaces: string[] }>,
  leak: Omit<Leak, 'workloads' | 'namespaces'>,
): Leak & { workloads: string[]; namespaces: string[] } {
  const key = JSON.stringify([leak.sure, leak.addresses, leak.ports, leak.by]);
  const known = found.get(key) ?? { ...leak, workloads: [], namespaces: [] };
  found.set(key, known);
  return known;
}

interface Part {
  readonly addresses: Addresses;
  readonly ports: Ports;
}

/** Flows between pods and addresses, by the pods. */
function declaredByPods(flows: readonly Flow[], way: 'ingress' | 'egress'): Map<PodClass, Part[]> {
  const declared = new Map<PodClass, Part[]>();
  for (const { from, to, protocol, ports } of flows) {
    const allowed = ports.length === 0 ? portRange(protocol) : unionAll(ports.map((port) => onePort(protocol, port)));
    const [own, others] = way === 'egress' ? [from, to] : [to, from];
    const addresses = unionAll(others.map((end) => addressesOf(end, way)));
    for (const end of own)
      if (end.kind === 'pods')
        declared.set(end.pods, [...(declared.get(end.pods) ?? []), { addresses, ports: allowed }]);
  }
  return declared;
}

/** Who takes from the internet takes from anywhere; who may call it may not call what is private. */
function addressesOf(end: Endpoint, way: 'ingress' | 'egress'): Addresses {
  if (end === INTERNET) return way === 'egress' ? PUBLIC : union(ALL_V4, ALL_V6);
  return end.kind === 'addresses' ? end.addresses : [];
}

/** What of a set of addresses and ports none of the declared parts covers. */
function beyond(whole: Part, declared: readonly Part[]): Part[] {
  let rest: Part[] = [{ addresses: subtract(whole.addresses, NOWHERE), ports: whole.ports }];
  for (const { addresses, ports } of declared) {
    rest = rest.flatMap((part) => [
      { addresses: intersect(part.addresses, addresses), ports: subtract(part.ports, ports) },
      { addresses: subtract(part.addresses, addresses), ports: part.ports },
    ]);
    rest = rest.filter((part) => part.addresses.length > 0 && part.ports.length > 0);
  }
  return rest.filter((part) => part.addresses.length > 0);
}

function describe(
  reach: Reachability,
  pods: PodClass,
  way: 'ingress' | 'egress',
  addresses: Addresses,
  { ports, addresses: example }: Part,
  sure: boolean,
): Omit<Leak, 'workloads' | 'namespaces'> {
  const [range] = spans(ports);
  const peer = outside(cidrsOf(example)[0] ?? '0.0.0.0/0');
  const own: Endpoint = { kind: 'pods', pods };
  const [from, to] = way === 'egress' ? [own, peer] : [peer, own];
  const why =
    from === undefined || to === undefined
      ? undefined
      : explain(reach, from, to, range?.protocol ?? 'TCP', range?.first ?? 1)[way];
  const rules = (why?.rules ?? []).filter(({ action }) => action === 'Accept');
  const origin = rules.find((rule) => rule.origin !== undefined)?.origin ?? pods.members[0]?.origin;
  return {
    sure,
    addresses: addressesText(addresses, way),
    ports: portsText(ports),
    by: rules.map(({ policy, rule }) => `${policy} ${rule}`),
    reasons: why?.reasons ?? [],
    ...(origin !== undefined && { origin }),
  };
}

/** `the whole internet`, `every private address`, the metadata service, and blocks for what is left. */
function addressesText(addresses: Addresses, way: 'ingress' | 'egress'): string {
  const known: readonly (readonly [Addresses, string])[] = [
    [intersect(subtract(PUBLIC, NOWHERE), ALL_V4), 'the whole internet'],
    [blocks('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'), 'every private address'],
    ...(way === 'egress' ? [[blocks('169.254.169.254/32'), 'the metadata service at 169.254.169.254'] as const] : []),
  ];
  const held = known.filter(([set]) => covers(addresses, set));
  const isWide = held.some(([, text]) => text === 'the whole internet');
  const said = union(
    union(isWide ? PUBLIC : [], held.length > 0 ? union(LINK, SITE) : []),
    unionAll(held.map(([set]) => set)),
  );
  const rest = cidrsOf(subtract(addresses, said));
  const left =
    rest.length > 20
      ? ['almost the whole internet']
      : rest.length > 3
        ? [...rest.slice(0, 3), `${rest.length - 3} more blocks`]
        : rest;
  const all = [...left, ...held.map(([, text]) => text)];
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

function blocks(...texts: readonly string[]): Addresses {
  return unionAll(texts.map((text) => blockOf(text) ?? []));
}

/** Flows of the spec, resolved. */
export function specFlows(view: PlatformView, reach: Reachability): Flow[] {
  return declaredFlows(view, reach).flatMap(({ flows }) => flows);
}

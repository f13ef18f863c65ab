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
import { intersect, subtract, union, unionAll } from '../reachability/intervals.ts';
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

/** `to: internet` and externals known by name alone mean every public address. */
const PUBLIC: Addresses = union(INTERNET.kind === 'addresses' ? INTERNET.addresses : [], blockOf('2000::/3') ?? []);
const DNS = unionAll([blockOf('169.254.20.10/32') ?? []]);

/** Everything that may leave, or come in from outside, beyond `flows`; the addresses of `exempt` do not count. */
export function leaksOf(
  reach: Reachability,
  flows: readonly Flow[],
  way: 'ingress' | 'egress' = 'egress',
  exempt: Addresses = [],
): Leak[] {
  const declared = declaredByPods(flows, way);
  const found = new Map<string, Leak & { workloads: string[]; namespaces: string[] }>();
  for (const { direction, pods, addresses, connection } of outsideGroups(reach)) {
    if (direction !== way) continue;
    for (const one of pods) {
      const sure = connection.allowed.length > 0;
      const rest = beyond(
        { addresses: subtract(addresses, exempt), ports: sure ? connection.allowed : connection.unknown },
        declared.get(one) ?? [],
      );
      const [first] = rest;
      if (first === undefined) continue;
      const leak = describe(reach, one, way, unionAll(rest.map((part) => part.addresses)), first, sure);
      const key = JSON.stringify([sure, leak.addresses, leak.ports, leak.by]);
      const known = found.get(key);
      if (known === undefined) found.set(key, { ...leak, workloads: [nameOf(one)], namespaces: [one.namespace.name] });
      else {
        known.workloads.push(nameOf(one));
        if (!known.namespaces.includes(one.namespace.name)) known.namespaces.push(one.namespace.name);
      }
    }
  }
  return [...found.values()].sort((a, b) => Number(b.sure) - Number(a.sure) || b.workloads.length - a.workloads.length);
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
  let rest: Part[] = [{ addresses: subtract(whole.addresses, DNS), ports: whole.ports }];
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
  const blocks = cidrsOf(addresses);
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
    addresses:
      blocks.length > 40
        ? 'almost every address'
        : `${blocks.slice(0, 3).join(', ')}${blocks.length > 3 ? ` and ${blocks.length - 3} more blocks` : ''}`,
    ports: portsText(ports),
    by: rules.map(({ policy, rule }) => `${policy} ${rule}`),
    reasons: why?.reasons ?? [],
    ...(origin !== undefined && { origin }),
  };
}

/** Flows of the spec, resolved. */
export function specFlows(view: PlatformView, reach: Reachability): Flow[] {
  return declaredFlows(view, reach).flatMap(({ flows }) => flows);
}

/** What holds services to the names of the hosts that they call: a proxy's list, or policies that know names. */
import type { Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import {
  beyondPorts,
  hostNames,
  leaksOf,
  nameOf,
  perhapsNames,
  proxyNames,
  withoutNames,
  type HeldNames,
  type HostNames,
} from '../../proofs/network/index.ts';
import { declaredFlows, podsId, type Flow, type PodClass, type Reachability } from '../../proofs/reachability/index.ts';

/** A service that calls others by name, or a workload that may, and what holds it to the names. */
export interface Named {
  readonly service: string;
  /** Those that flows declare. */
  readonly names: readonly string[];
  /** Undefined where nothing that is understood knows names. */
  readonly held?: HeldNames;
  /** Names on ports that no flow has. */
  readonly beyond: readonly string[];
  /** Declared names that lead nowhere, as no rule lets the plugin see them asked for. */
  readonly unlearnt: readonly string[];
  /** Why it cannot be told whether addresses are let through beside the names. */
  readonly unsettled?: string;
}

/** Services with declared names, and workloads that policies let reach names which nobody declares for them. */
export function namedServices(view: PlatformView, reach: Reachability): Named[] {
  const named = declaredNames(view);
  const services = [...named].map(([service, names]) => {
    const workloads = view.service(service.slice('service/'.length))?.workloads ?? [];
    const proxy = workloads.flatMap((workload) => proxyNames(view, workload) ?? [])[0];
    const base = { service, names: [...names].sort(), beyond: [], unlearnt: [] };
    return proxy === undefined
      ? { ...base, ...byPolicies(view, reach, base.names, workloads) }
      : { ...base, held: proxy };
  });
  return [...services, ...undeclared(view, reach, named)];
}

function declaredNames({ spec: { externals, flows = [] } }: PlatformView): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { from, to } of flows) {
    const external = externals.find(({ name }) => to === `external/${name}`);
    if (!from.startsWith('service/') || external === undefined || external.cidrs.length > 0) continue;
    const names = found.get(from) ?? new Set<string>();
    found.set(from, names);
    for (const host of external.hosts) names.add(host.toLowerCase());
  }
  return found;
}

/** Rules about names hold a service only where no rule about addresses lets more of the internet through. */
function byPolicies(
  view: PlatformView,
  reach: Reachability,
  names: readonly string[],
  workloads: readonly Workload[],
): Partial<Named> {
  const all = workloads.flatMap((workload) => reach.pods(podsId(workload)) ?? []);
  const found = all.flatMap((pods) => hostNames(reach, pods) ?? []);
  const [unsettled] = found.length > 0 ? [] : all.flatMap((pods) => perhapsNames(reach, pods) ?? []);
  if (found.length === 0) return unsettled === undefined ? {} : { unsettled };
  const ids = new Set(all.flatMap(({ members }) => members.map(({ id }) => id)));
  const plain = withoutNames(reach);
  const leaks = leaksOf(plain, flowsToAddresses(view, plain), 'egress', [], (pods) => hasOne(pods, ids));
  const [leak] = leaks;
  if (leak?.sure === true)
    return {
      held: {
        names: undefined,
        list: listOf(found),
        because: `by address it reaches ${leak.addresses} on ${leak.ports}, ${leak.by.length === 0 ? 'as no policy closes its egress' : `which ${leak.by.join(', ')} lets pass`}`,
        ...(leak.origin !== undefined && { origin: leak.origin }),
      },
    };
  const flows = declaredFlows(view, reach)
    .flatMap((declared) => declared.flows)
    .filter(({ from }) => from.some((end) => end.kind === 'pods' && hasOne(end.pods, ids)));
  return {
    held: heldBy(found),
    beyond: found.flatMap((one) => beyondPorts(one, flows)),
    unlearnt: names.filter((name) => !found.every(({ learns }) => learns(name))),
    ...(leak !== undefined && { unsettled: leak.reasons[0] ?? 'the policies do not settle it' }),
  };
}

/** The declared flows but those to hosts by their names. */
function flowsToAddresses(view: PlatformView, reach: Reachability): Flow[] {
  return declaredFlows(view, reach)
    .flatMap(({ flows }) => flows)
    .filter(({ to }) => !to.some(({ kind }) => kind === 'hosts'));
}

/** Workloads that may reach names though no flow from them leads to one, or to the internet. */
function undeclared(view: PlatformView, reach: Reachability, named: ReadonlyMap<string, unknown>): Named[] {
  const free = new Set([
    ...named.keys(),
    ...(view.spec.flows ?? []).filter(({ to }) => to === 'internet').map(({ from }) => from),
  ]);
  const ids = new Set(
    [...free].flatMap((service) => (view.service(service.replace('service/', ''))?.workloads ?? []).map(podsId)),
  );
  return reach.classes.all
    .filter((pods) => !hasOne(pods, ids))
    .flatMap((pods) => {
      const found = hostNames(reach, pods);
      return found === undefined
        ? []
        : [{ service: nameOf(pods), names: [], held: heldBy([found]), beyond: [], unlearnt: [] }];
    });
}

function hasOne({ members }: PodClass, ids: ReadonlySet<string>): boolean {
  return members.some(({ id }) => ids.has(id));
}

function heldBy(found: readonly HostNames[]): HeldNames {
  const names = [...new Set(found.flatMap(({ hosts }) => hosts.map(({ pattern }) => pattern)))].sort();
  const origin = found.find((one) => one.origin !== undefined)?.origin;
  return {
    names,
    list: listOf(found),
    because: `${listOf(found)} lets these names pass and no address beside`,
    ...(origin !== undefined && { origin }),
  };
}

function listOf(found: readonly HostNames[]): string {
  return [...new Set(found.flatMap(({ by }) => by))].join(', ');
}

import type { Patch, Query, Subject } from '../../model/control.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { theEnvironment, workloadsOfStore } from '../../model/subjects.ts';
import {
  enforcementOf,
  foreignPolicies,
  leaksOf,
  bothWays,
  mendPolicies,
  withPatches,
  ownFlows,
  specFlows,
  wantedFlows,
  withoutNames,
  type Enforcement,
  type ForeignPolicy,
  type Leak,
} from '../../proofs/network/index.ts';
import {
  blockOf,
  joined,
  podsId,
  reachabilityOf,
  type Addresses,
  type PodClass,
  type Flow,
  type Reachability,
} from '../../proofs/reachability/index.ts';
import { namedServices, type Named } from './names.ts';

export interface Egress {
  readonly isDeclared: boolean;
  readonly workloads: number;
  readonly flows: number;
  /** What may leave beyond the declared names and ranges. */
  readonly leaks: readonly Leak[];
  /** What the data tier may reach outside of the network, declared or not. */
  readonly dataLeaks: readonly Leak[];
  readonly named: readonly Named[];
  /** Services declared to reach the whole internet. */
  readonly everywhere: readonly string[];
  readonly namespaces: readonly string[];
  readonly foreign: readonly ForeignPolicy[];
  readonly enforcement: Enforcement;
}

export function whereWorkloadsRun(view: PlatformView): Subject[] {
  return view.workloads().length > 0 ? theEnvironment(view) : [];
}

export function egress(_subject: Subject): Query<Egress> {
  return (view) => answer(view);
}

const answer = oncePerPlatform((view: PlatformView): Egress => {
  const reach = reachabilityOf(view);
  const { spec } = view;
  const leaving = (spec.flows ?? []).filter(
    ({ from, to }) => /^(?:service|store)\//.test(from) && /^(?:external|subnet)\/|^internet$/.test(to),
  );
  const data = dataLeaks(view, reach);
  const ofData = new Set(data.flatMap(({ workloads }) => workloads));
  // What names lead to is judged by the names.
  const leaks = leaksIn(view, withoutNames(reach)).filter(({ workloads }) => !workloads.every((id) => ofData.has(id)));
  const named = namedServices(view, reach);
  const answered: Egress = {
    isDeclared: !view.provisional && (spec.flows ?? []).length > 0,
    workloads: reach.classes.all.reduce((sum, { members }) => sum + members.length, 0),
    flows: leaving.length,
    leaks,
    dataLeaks: data,
    named,
    everywhere: [...new Set(leaving.filter(({ to }) => to === 'internet').map(({ from }) => from))],
    namespaces: [...new Set(reach.classes.all.map(({ namespace }) => namespace.name))].sort(),
    foreign: foreignPolicies(view),
    enforcement: enforcementOf(view),
  };
  return withPatches(answered, () => (named.every(isHeld) ? patches(view, reach, [...leaks, ...data]) : []));
});

function leaksIn(view: PlatformView, reach: Reachability): Leak[] {
  return leaksOf(reach, specFlows(view, reach));
}

/** Addresses of the network itself are not outside for the data tier: an endpoint inside, another member in another zone. */
function dataLeaks(view: PlatformView, reach: Reachability): Leak[] {
  const ids = new Set(view.spec.stores.flatMap((store) => workloadsOfStore(view, store).map(podsId)));
  const isStore = ({ members }: PodClass): boolean => members.some(({ id }) => ids.has(id));
  return ids.size === 0 ? [] : leaksOf(reach, [], 'egress', networkOf(view), isStore);
}

/** Addresses of the declared subnets. */
function networkOf({ spec }: PlatformView): Addresses {
  return joined(spec.subnets.flatMap(({ cidrs }) => cidrs.flatMap((cidr) => [blockOf(cidr) ?? []])));
}

/** Policies mend nothing of a list of names. */
function isHeld({ names, held, beyond, unlearnt }: Named): boolean {
  return held?.names !== undefined && held.names.join(' ') === names.join(' ') && beyond.length + unlearnt.length === 0;
}

function patches(view: PlatformView, reach: Reachability, leaks: readonly Leak[]): Patch[] {
  const sure = leaks.filter((leak) => leak.sure);
  if (
    sure.length === 0 ||
    view.provisional ||
    enforcementOf(view).enforced === 'no' ||
    (view.spec.flows ?? []).length === 0
  )
    return [];
  const closed = sure.filter(({ by }) => by.length === 0).flatMap(({ namespaces }) => namespaces);
  const wanted = (one: Reachability): Flow[] => [...wantedFlows(view, one), ...ownFlows(view, one)];
  return mendPolicies(view, reach, {
    isolate: bothWays(closed),
    tooWide: (one) => [...leaksIn(view, one), ...dataLeaks(view, one)].flatMap((leak) => (leak.sure ? leak.by : [])),
    wanted,
    holds: (one) => [...leaksIn(view, one), ...dataLeaks(view, one)].every((leak) => !leak.sure),
  });
}

import type { Patch, Query, Subject } from '../../model/control.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { theEnvironment } from '../../model/subjects.ts';
import {
  belongTogether,
  excessOf,
  foreignPolicies,
  leaksOf,
  bothWays,
  mendPolicies,
  withPatches,
  ownFlows,
  scrapingPods,
  straysOf,
  wantedFlows,
  type Excess,
  type ForeignPolicy,
  type Leak,
  type Stray,
} from '../../proofs/network/index.ts';
import { declaredFlows, reachabilityOf, type Reachability } from '../../proofs/reachability/index.ts';
import { tenantPaths, type TenantPath } from './tenants.ts';
import { underGrants, type UnderGrant } from './under.ts';

export interface Held {
  /** Flows of the spec that touch the cluster; undefined where it declares none. */
  readonly declared?: number;
  readonly workloads: number;
  /** Declared flows that do not pass, or of which it cannot be told. */
  readonly under: readonly UnderGrant[];
  /** Declared flows with an end that is nowhere. */
  readonly placeless: readonly string[];
  /** What passes between workloads and is not declared. */
  readonly excess: readonly Excess[];
  /** What comes in from outside and is not declared. */
  readonly arrivals: readonly Leak[];
  /** What passes to or from pods that somebody else runs, on more ports than anybody can mean. */
  readonly strays: readonly Stray[];
  readonly tenants: readonly TenantPath[];
  readonly namespaces: readonly string[];
  readonly foreign: readonly ForeignPolicy[];
}

export function whereWorkloadsRun(view: PlatformView): Subject[] {
  return view.workloads().length > 0 ? theEnvironment(view) : [];
}

export function held(_subject: Subject): Query<Held> {
  return (view) => answer(view);
}

const answer = oncePerPlatform((view: PlatformView): Held => {
  const reach = reachabilityOf(view);
  const base = {
    workloads: reach.classes.all.reduce((sum, { members }) => sum + members.length, 0),
    tenants: tenantPaths(reach),
    namespaces: [...new Set(reach.classes.all.map(({ namespace }) => namespace.name))].sort(),
    foreign: foreignPolicies(view),
  };
  if ((view.spec.flows ?? []).length === 0)
    return { ...base, under: [], placeless: [], excess: [], arrivals: [], strays: [] };
  const flows = declaredFlows(view, reach);
  const under = underGrants(reach, flows);
  const excess = excessIn(view, reach);
  const arrivals = arrivalsIn(view, reach);
  const strays = straysIn(view, reach);
  const answered: Held = {
    ...base,
    declared: flows.length,
    under,
    placeless: flows.flatMap(({ name, placeless }) => (placeless === undefined ? [] : [`${name} (${placeless})`])),
    excess,
    arrivals,
    strays,
  };
  return withPatches(answered, () => patches(view, reach, answered));
});

function excessIn(view: PlatformView, reach: Reachability): Excess[] {
  return excessOf(reach, wantedFlows(view, reach), belongTogether(view));
}

function arrivalsIn(view: PlatformView, reach: Reachability): Leak[] {
  return leaksOf(reach, wantedFlows(view, reach), 'ingress');
}

function straysIn(view: PlatformView, reach: Reachability): Stray[] {
  return straysOf(reach, scrapingPods(view, reach));
}

type Wrongs = Pick<Held, 'under' | 'excess' | 'arrivals' | 'strays'>;

function isWrong({ under, excess, arrivals, strays }: Wrongs): boolean {
  return (
    strays.length > 0 ||
    under.some(({ verdict }) => verdict === 'denied') ||
    [...excess, ...arrivals].some(({ sure }) => sure)
  );
}

/** None where a rule leads to pods of others: which of their ports are meant, nobody here knows but of the cluster's DNS. */
function patches(view: PlatformView, reach: Reachability, found: Wrongs): Patch[] {
  if (!isWrong(found) || found.strays.some(({ isDns }) => !isDns)) return [];
  const wide = [...found.excess, ...found.arrivals].filter(({ sure }) => sure);
  const touched = new Set(wide.flatMap(({ namespaces }) => namespaces));
  const isolate = reach.classes.all
    .filter((pods) => touched.has(pods.namespace.name) && !pods.hostNetwork)
    .filter((pods) => (['ingress', 'egress'] as const).some((way) => reach.isolation(pods, way).isolated === 'no'))
    .map(({ namespace }) => namespace.name);
  return mendPolicies(view, reach, {
    isolate: bothWays(isolate),
    tooWide: (one) => [
      ...excessIn(view, one).flatMap(({ sure, egressBy, ingressBy }) => (sure ? [...egressBy, ...ingressBy] : [])),
      ...arrivalsIn(view, one).flatMap(({ sure, by }) => (sure ? by : [])),
      ...straysIn(view, one).flatMap(({ by }) => by),
    ],
    wanted: (one) => [...wantedFlows(view, one), ...ownFlows(view, one)],
    holds: (one) =>
      tenantPaths(one).every(({ sure }) => !sure) &&
      !isWrong({
        under: underGrants(one, declaredFlows(view, one)),
        excess: excessIn(view, one),
        arrivals: arrivalsIn(view, one),
        strays: straysIn(view, one),
      }),
  });
}

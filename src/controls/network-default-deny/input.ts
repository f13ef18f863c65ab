import type { Patch, Query, Subject } from '../../model/control.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { theEnvironment } from '../../model/subjects.ts';
import {
  bothWays,
  enforcementOf,
  foreignPolicies,
  mendPolicies,
  withPatches,
  needsOf,
  ownFlows,
  wantedFlows,
  type Closing,
  type Enforcement,
  type ForeignPolicy,
} from '../../proofs/network/index.ts';
import { reachabilityOf, type Flow, type Reachability } from '../../proofs/reachability/index.ts';
import { blockedNeeds, isOfOthers, type Blocked } from './needs.ts';
import { newcomers, type Newcomer } from './newcomers.ts';
import { openings, type Opening } from './openings.ts';

export interface DefaultDeny {
  /** Whether the spec has flows. */
  readonly declared: boolean;
  readonly workloads: number;
  readonly namespaces: readonly string[];
  readonly openings: readonly Opening[];
  readonly newcomers: readonly Newcomer[];
  readonly needs: number;
  /** Those of them whose sender is not in the repository: of them only is known whether anybody gets through. */
  readonly needsOfOthers: number;
  readonly blocked: readonly Blocked[];
  readonly foreign: readonly ForeignPolicy[];
  readonly enforcement: Enforcement;
}

export function whereWorkloadsRun(view: PlatformView): Subject[] {
  return view.workloads().length > 0 ? theEnvironment(view) : [];
}

export function isolation(_subject: Subject): Query<DefaultDeny> {
  return (view) => answer(view);
}

const answer = oncePerPlatform((view: PlatformView): DefaultDeny => {
  const reach = reachabilityOf(view);
  const open = openings(reach);
  const blocked = blockedNeeds(view, reach);
  const needs = needsOf(view, reach);
  const found: DefaultDeny = {
    declared: (view.spec.flows ?? []).length > 0,
    workloads: reach.classes.all.reduce((sum, { members }) => sum + members.length, 0),
    namespaces: [...new Set(reach.classes.all.map(({ namespace }) => namespace.name))].sort(),
    openings: open,
    newcomers: newcomers(reach, open),
    needs: needs.length,
    needsOfOthers: needs.filter(isOfOthers).length,
    blocked,
    foreign: foreignPolicies(view),
    enforcement: enforcementOf(view),
  };
  return withPatches(found, () => patches(view, reach, found));
});

/**
 * Without declared flows nobody knows what pods that are open must still let pass, and they stay so. Closing a namespace to newcomers
 * alone takes nothing from anybody.
 */
function patches(
  view: PlatformView,
  reach: Reachability,
  { openings: open, newcomers: fresh, blocked }: DefaultDeny,
): Patch[] {
  if (enforcementOf(view).enforced === 'no') return [];
  const found = open.filter(({ state }) => state === 'open');
  const closes = (view.spec.flows ?? []).length > 0 && found.length > 0;
  const harmless = closesToNewcomers(open, fresh);
  if (!closes && harmless.length === 0 && !blocked.some(({ verdict }) => verdict === 'denied')) return [];
  const closed = closes ? bothWays(found.filter(({ by }) => by.length === 0).map(({ namespace }) => namespace)) : [];
  const wanted = (one: Reachability): Flow[] =>
    closes ? [...wantedFlows(view, one), ...needsOf(view, one), ...ownFlows(view, one)] : [...needsOf(view, one)];
  return mendPolicies(view, reach, {
    isolate: [...closed, ...harmless.filter((one) => closed.every(({ namespace }) => namespace !== one.namespace))],
    tooWide: (one) => (closes ? openings(one).flatMap(({ by }) => by) : []),
    wanted,
    holds: (one) => holds(view, one, closes),
  });
}

/** The directions in which nothing but newcomers would be closed. */
function closesToNewcomers(open: readonly Opening[], fresh: readonly Newcomer[]): Closing[] {
  const found = new Map<string, Newcomer['direction'][]>();
  for (const { namespace, direction, state, by } of fresh) {
    const touches = open.some((one) => one.namespace === namespace && one.direction === direction);
    if (state !== 'open' || by.length > 0 || touches) continue;
    found.set(namespace, [...(found.get(namespace) ?? []), direction]);
  }
  return [...found].map(([namespace, directions]) => ({ namespace, directions }));
}

function holds(view: PlatformView, reach: Reachability, closes: boolean): boolean {
  if (blockedNeeds(view, reach).some(({ verdict }) => verdict === 'denied')) return false;
  const open = openings(reach);
  return (
    closesToNewcomers(open, newcomers(reach, open)).length === 0 &&
    (!closes || open.every(({ state }) => state !== 'open'))
  );
}

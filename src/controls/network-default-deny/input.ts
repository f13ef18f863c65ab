import type { Patch, Query, Subject } from '../../model/control.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { theEnvironment } from '../../model/subjects.ts';
import {
  enforcementOf,
  foreignPolicies,
  mendPolicies,
  withPatches,
  needsOf,
  ownFlows,
  wantedFlows,
  type Enforcement,
  type ForeignPolicy,
} from '../../proofs/network/index.ts';
import { reachabilityOf, type Flow, type Reachability } from '../../proofs/reachability/index.ts';
import { blockedNeeds, type Blocked } from './needs.ts';
import { openings, type Opening } from './openings.ts';

export interface DefaultDeny {
  readonly workloads: number;
  readonly namespaces: readonly string[];
  readonly openings: readonly Opening[];
  readonly needs: number;
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
  const found: DefaultDeny = {
    workloads: reach.classes.all.reduce((sum, { members }) => sum + members.length, 0),
    namespaces: [...new Set(reach.classes.all.map(({ namespace }) => namespace.name))].sort(),
    openings: open,
    needs: needsOf(view, reach).length,
    blocked,
    foreign: foreignPolicies(view),
    enforcement: enforcementOf(view),
  };
  return withPatches(found, () => patches(view, reach, open, blocked));
});

/** Without declared flows nobody knows what a closed namespace must still let pass: then only what is blocked is mended. */
function patches(
  view: PlatformView,
  reach: Reachability,
  open: readonly Opening[],
  blocked: readonly Blocked[],
): Patch[] {
  if (enforcementOf(view).enforced === 'no') return [];
  const found = open.filter(({ state }) => state === 'open');
  const isDeclared = (view.spec.flows ?? []).length > 0;
  const closes = isDeclared && found.length > 0;
  if (!closes && !blocked.some(({ verdict }) => verdict === 'denied')) return [];
  const wanted = (one: Reachability): Flow[] =>
    closes ? [...wantedFlows(view, one), ...needsOf(view, one), ...ownFlows(view, one)] : [...needsOf(view, one)];
  return mendPolicies(view, reach, {
    isolate: closes ? [...new Set(found.filter(({ by }) => by.length === 0).map(({ namespace }) => namespace))] : [],
    tooWide: (one) => (closes ? openings(one).flatMap(({ by }) => by) : []),
    wanted,
    holds: (one) =>
      blockedNeeds(view, one).every(({ verdict }) => verdict !== 'denied') &&
      (!closes || openings(one).every(({ state }) => state !== 'open')),
  });
}

import type { Cursor } from '../../../model/cursor.ts';
import { podSpec, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { readSelector, selects } from '../../../model/selector.ts';
import { autoscalersOf } from '../../disruption/read/index.ts';
import { present } from '../../disruption/read/present.ts';
import { disruptedWorkload } from '../../disruption/read/workload.ts';
import { replicaRange } from '../../disruption/scaling.ts';
import type { Bond, PlacementRules, Spread, Topology, Wish } from '../types.ts';

/** What the scheduler must obey for the workload's pods with regard to each other. */
export function placementRules(view: PlatformView, workload: Workload): PlacementRules {
  const spec = podSpec(workload);
  const spreads = spec
    .get('topologySpreadConstraints')
    .items()
    .map((at) => readSpread(view, workload, at));
  const affinity = (kind: 'podAffinity' | 'podAntiAffinity') => bonds(workload, spec.get('affinity', kind));
  const apart = affinity('podAntiAffinity');
  const together = affinity('podAffinity');
  return {
    spread: spreads.filter((one) => 'topology' in one),
    apart: apart.bonds,
    together: together.bonds,
    wishes: [...spreads.flatMap((one) => ('text' in one ? [one] : [])), ...apart.wishes, ...together.wishes],
  };
}

/** Keys by which zones and nodes are told apart; other keys say nothing of either. */
function topologyOf(key: string | undefined): Topology | undefined {
  if (key === 'kubernetes.io/hostname') return 'node';
  return key === 'topology.kubernetes.io/zone' || key === 'failure-domain.beta.kubernetes.io/zone' ? 'zone' : undefined;
}

/**
 * A constraint without a selector counts nothing (`LabelSelectorAsSelector(nil)`), and one that misses the pods'
 * own labels never sees them: both hold nothing apart.
 */
function readSpread(view: PlatformView, workload: Workload, at: Cursor): Spread | Wish {
  const key = at.get('topologyKey').string() ?? '';
  const topology = topologyOf(key);
  if (at.get('whenUnsatisfiable').string() === 'ScheduleAnyway')
    return { text: `${key} is spread with ScheduleAnyway`, origin: at.origin };
  if (topology === undefined) return { text: `${key} is neither zone nor node`, origin: at.origin };
  const selector = readSelector(at.get('labelSelector'));
  if (selector === undefined)
    return { text: `the spread over ${key} has no labelSelector and counts no pod`, origin: at.origin };
  if (!selects(selector, workload.podLabels))
    return { text: `the labelSelector of the spread over ${key} does not match the pods`, origin: at.origin };
  const ownKeys = at.get('matchLabelKeys').strings();
  const others = view
    .workloads()
    .filter((other) => other.object !== workload.object && other.namespace === workload.namespace)
    .filter((other) => selects(selector, other.podLabels))
    .filter((other) => ownKeys.every((name) => !isHash(name) && other.podLabels[name] === workload.podLabels[name]))
    .filter((other) => mostPods(view, other) !== 0);
  return present<Spread>({
    topology,
    maxSkew: at.get('maxSkew').integer() ?? 1,
    minDomains: at.get('minDomains').integer(),
    taintsHonored: at.get('nodeTaintsPolicy').string() === 'Honor',
    others: others.length === 0 ? undefined : counted(view, others),
    origin: at.origin,
  });
}

/** Labels that controllers put on the pods of one version. */
function isHash(key: string): boolean {
  return ['pod-template-hash', 'rollouts-pod-template-hash', 'controller-revision-hash'].includes(key);
}

/** The most pods that other workloads add to what a constraint counts. */
function counted(view: PlatformView, others: readonly Workload[]): { readonly max?: number } {
  const most = others.map((other) => mostPods(view, other));
  if (most.some((max) => max === undefined)) return {};
  return { max: most.reduce<number>((sum, max) => sum + (max ?? 0), 0) };
}

/** None where it is scaled to zero, as what only lends its template is; undefined where nothing bounds it. */
function mostPods(view: PlatformView, workload: Workload): number | undefined {
  return replicaRange(disruptedWorkload(workload, autoscalersOf(view, workload)[0]?.autoscaler))?.max;
}

function bonds(workload: Workload, at: Cursor): { bonds: Bond[]; wishes: Wish[] } {
  const required = at.get('requiredDuringSchedulingIgnoredDuringExecution').items();
  const preferred = at.get('preferredDuringSchedulingIgnoredDuringExecution').items();
  const found = required.flatMap((term): Bond[] => {
    const topology = topologyOf(term.get('topologyKey').string());
    if (topology === undefined || !bindsOwn(workload, term)) return [];
    const perVersion = term.get('matchLabelKeys').strings().some(isHash);
    return [{ topology, perVersion, origin: term.origin }];
  });
  const wishes = preferred.map((term) => ({
    text: `${term.get('podAffinityTerm', 'topologyKey').string() ?? 'a topology'} is only preferred by its affinity`,
    origin: term.origin,
  }));
  return { bonds: found, wishes };
}

/** Whether a term of pod affinity speaks of the workload's own pods, in its own namespace. */
function bindsOwn(workload: Workload, term: Cursor): boolean {
  const selector = readSelector(term.get('labelSelector'));
  if (selector === undefined || !selects(selector, workload.podLabels)) return false;
  if (term.get('mismatchLabelKeys').strings().some(isHash)) return false;
  const namespaces = term.get('namespaces').strings();
  const elsewhere = term.get('namespaceSelector');
  return (namespaces.length === 0 && !elsewhere.exists) || namespaces.includes(workload.namespace) || elsewhere.exists;
}

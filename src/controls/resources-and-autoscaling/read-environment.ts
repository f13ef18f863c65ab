import { cursor, workloadName, type KubeObject, type Workload, type WorkloadKind } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isKnown } from '../../proofs/capacity/figure.ts';
import { peakOf, podsAt, type Peak } from '../../proofs/capacity/pods.ts';
import { groupOf, isGroupOf, readDisruption, scaleTarget } from '../../proofs/disruption/read/index.ts';
import { replicaRange } from '../../proofs/disruption/scaling.ts';
import { amounts, quotaName, readWorkload } from '../../proofs/resources/read-workload.ts';
import { objectCount } from './object-counts.ts';
import type { DanglingScaler, Demand, EnvironmentCapacity, Quota } from './types.ts';

export function environmentCapacity(view: PlatformView): EnvironmentCapacity {
  const scalers = [...view.objects('HorizontalPodAutoscaler'), ...view.objects('ScaledObject.keda.sh')];
  return {
    about: 'environment',
    quotas: view.objects('ResourceQuota').map((object) => quota(view, object)),
    scalers: scalers.length,
    dangling: scalers.flatMap((object) => dangling(view, object) ?? []),
  };
}

function quota(view: PlatformView, object: KubeObject): Quota {
  const spec = cursor(object).get('spec');
  const namespace = object.namespace ?? 'default';
  const hard = Object.entries(amounts(spec.get('hard'))).map(([name, amount]) => [quotaName(name), amount] as const);
  const workloads = view.workloads().filter((workload) => workload.namespace === namespace);
  const objects = hard.flatMap(([name]): [string, number][] => {
    const count = objectCount(view, name, namespace, () => claimsOf(view, workloads));
    return count === undefined ? [] : [[name, count]];
  });
  return {
    id: `ResourceQuota ${namespace}/${object.name}`,
    hard: Object.fromEntries(hard),
    scoped: spec.get('scopes').exists || spec.get('scopeSelector').exists,
    demands: workloads.map((workload) => demand(view, workload)),
    objects: Object.fromEntries(objects),
    origin: object.origin,
  };
}

/** Claims that StatefulSets make, each for as many pods as it may have, as far as that is known. */
function claimsOf(view: PlatformView, workloads: readonly Workload[]): number {
  return workloads
    .filter(({ kind }) => kind === 'StatefulSet')
    .reduce((sum, workload) => {
      const { input } = readDisruption(view, workload);
      const range = replicaRange(input.workload);
      const claims = cursor(workload.object).get('spec', 'volumeClaimTemplates').items().length;
      return sum + claims * (range?.max ?? range?.min ?? 0);
    }, 0);
}

/** Jobs count only at the most: they run and end. */
function demand(view: PlatformView, workload: Workload): Demand {
  const { input } = readDisruption(view, workload);
  const range = replicaRange(input.workload);
  const least = input.workload.kind === 'Job' ? 0 : (range?.min ?? 0);
  const peak = peakOf(input.workload);
  const most = isKnown<Peak>(peak) ? podsAt(peak) : undefined;
  return { workload: readWorkload(view, workload), least, ...(most !== undefined && { most }) };
}

const SCALED: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'Rollout'];

/** Groups of Kubernetes itself, whose kinds that can be scaled are all read here. */
const OWN_GROUPS: readonly string[] = ['', 'apps', 'extensions', 'batch'];

/** Targets of kinds that are not read here (custom resources with a scale) are left alone. */
function dangling(view: PlatformView, object: KubeObject): DanglingScaler | undefined {
  const { apiVersion, kind, name, origin } = scaleTarget(object);
  const namespace = object.namespace ?? 'default';
  const target = `${kind} ${namespace}/${name}`;
  const found = { id: `${object.kind} ${namespace}/${object.name}`, target, origin };
  if (!SCALED.some((scaled) => scaled === kind))
    return OWN_GROUPS.includes(groupOf(apiVersion)) ? { ...found, because: 'no-scale' } : undefined;
  const there = view.workloads().find((workload) => workloadName(workload) === target);
  const borrower = view
    .workloads()
    .find(({ lender, namespace: own }) => lender?.name === name && lender.kind === kind && own === namespace);
  if (there === undefined && borrower !== undefined)
    return { ...found, because: 'lends', borrower: workloadName(borrower) };
  if (there === undefined) return { ...found, because: 'absent' };
  if (isGroupOf(apiVersion, there)) return undefined;
  return {
    ...found,
    because: 'other-group',
    has: there.object.apiVersion,
    ...(apiVersion !== undefined && { asked: apiVersion }),
  };
}

import { cursor, workloadName, type KubeObject, type Workload, type WorkloadKind } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isKnown } from '../../proofs/capacity/figure.ts';
import { peakOf, podsAt, type Peak } from '../../proofs/capacity/pods.ts';
import { readDisruption } from '../../proofs/disruption/read/index.ts';
import { replicaRange } from '../../proofs/disruption/scaling.ts';
import { amounts, quotaName, readWorkload } from '../../proofs/resources/read-workload.ts';
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
  const hard = Object.entries(amounts(spec.get('hard'))).map(([name, amount]) => [quotaName(name), amount] as const);
  return {
    id: `ResourceQuota ${object.namespace ?? 'default'}/${object.name}`,
    hard: Object.fromEntries(hard),
    scoped: spec.get('scopes').exists || spec.get('scopeSelector').exists,
    demands: view
      .workloads()
      .filter(({ namespace }) => namespace === (object.namespace ?? 'default'))
      .map((workload) => demand(view, workload)),
    origin: object.origin,
  };
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

/** Targets of kinds that are not read here (custom resources with a scale) are left alone. */
function dangling(view: PlatformView, object: KubeObject): DanglingScaler | undefined {
  const target = cursor(object).get('spec', 'scaleTargetRef');
  const kind = target.get('kind').string() ?? (object.kind === 'ScaledObject' ? 'Deployment' : '');
  const namespace = object.namespace ?? 'default';
  const id = `${object.kind} ${namespace}/${object.name}`;
  const name = `${kind} ${namespace}/${target.get('name').string() ?? ''}`;
  if (kind === 'DaemonSet' || kind === 'Job' || kind === 'CronJob')
    return { id, target: name, because: 'no-scale', origin: target.origin };
  if (!SCALED.some((scaled) => scaled === kind)) return undefined;
  const there = view.workloads().some((workload) => workloadName(workload) === name);
  return there ? undefined : { id, target: name, because: 'absent', origin: target.origin };
}

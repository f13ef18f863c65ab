import { amount, effective, isExtended } from '../../proofs/resources/effective.ts';
import { ofPod } from '../../proofs/resources/pod-level.ts';
import { flaw, type Flaw } from './flaw.ts';
import type { ContainerResources, Metric, Scaler, WorkloadResources } from '../../proofs/resources/types.ts';
import type { Params } from './types.ts';

const SERVING: readonly string[] = ['api', 'gateway', 'frontend', 'worker'];
const BY_RESOURCE: readonly string[] = ['Resource', 'ContainerResource'];

/** What is wrong with how a workload is scaled. Jobs, DaemonSets and bare pods are not scaled by number. */
export function autoscalingFlaws(workload: WorkloadResources, serviceKind: string | undefined, params: Params): Flaw[] {
  const [scaler, second] = workload.scalers;
  if (scaler === undefined) return unscaled(workload, serviceKind, params);
  if (second !== undefined) {
    const message = `${scaler.id} and ${second.id} both scale ${workload.id} and undo each other`;
    return [flaw('high', message, 'Keep one autoscaler; give it all the metrics.', scaler.origin)];
  }
  return [
    ...refusedFlaws(scaler),
    ...boundFlaws(scaler),
    ...stoppedFlaws(scaler, workload),
    ...scaler.metrics.flatMap((metric) => metricFlaws(workload, scaler, metric)),
    ...resizedFlaws(workload, scaler),
    ...fixedReplicas(workload, scaler),
    ...fitFlaws(workload, scaler, serviceKind, params),
  ];
}

function unscaled(workload: WorkloadResources, serviceKind: string | undefined, { autoscaler }: Params): Flaw[] {
  const replicas = workload.replicas?.value ?? 1;
  const scalable = workload.kind === 'Deployment' || workload.kind === 'Rollout';
  const wanted = serviceKind === undefined ? replicas > 1 : SERVING.includes(serviceKind);
  if (autoscaler === 'none' || !scalable || !wanted || replicas === 0) return [];
  const message = `${workload.id} stays at ${replicas} ${replicas === 1 ? 'pod' : 'pods'} whatever the load: no autoscaler scales it`;
  const remedy = 'Add a HorizontalPodAutoscaler or ScaledObject on the metric that its load shows in.';
  return [flaw('low', message, remedy, workload.origin, { fromAbsence: true })];
}

/** Nothing scales the workload, or what the cluster still holds does. */
function refusedFlaws({ id, refused }: Scaler): Flaw[] {
  if (refused === undefined) return [];
  const message = `the API server refuses ${id}: ${refused.value}`;
  return [flaw('high', message, 'Write it in autoscaling/v2.', refused.origin)];
}

/** Bounds as the API server checks them, and bounds that leave nothing to scale. */
function boundFlaws({ kind, id, min, max, metrics, origin }: Scaler): Flaw[] {
  const least = min ?? (kind === 'ScaledObject' ? 0 : 1);
  const most = max ?? (kind === 'ScaledObject' ? 100 : undefined);
  if (most === undefined)
    return [flaw('high', `${id} has no maximum, which the API server refuses`, 'Set maxReplicas.', origin)];
  if (least > most)
    return [
      flaw(
        'high',
        `the API server refuses ${id}: its minimum ${least} is above its maximum ${most}`,
        'Set the minimum below the maximum.',
        origin,
      ),
    ];
  if (least <= 0 && !metrics.some((metric) => measuresWithoutPods(kind, metric)))
    return [
      flaw(
        'high',
        `${kind === 'ScaledObject' ? 'KEDA' : 'the API server'} refuses ${id}: its minimum is ${least}, and it has no metric that is there without pods`,
        'Set the minimum to 1 or more, or add a metric from outside of the pods.',
        origin,
      ),
    ];
  if (least < most) return [];
  return [
    flaw(
      'medium',
      `${id} has ${least} as minimum and maximum: it never scales`,
      'Raise the maximum, or remove the autoscaler and set replicas.',
      origin,
    ),
  ];
}

/** Of none of the pods: `validateMetrics` of kubernetes pkg/apis/autoscaling, and KEDA's `verifyCPUMemoryScalers`. */
function measuresWithoutPods(kind: Scaler['kind'], { type }: Metric): boolean {
  return kind === 'ScaledObject' ? !BY_RESOURCE.includes(type) : type === 'Object' || type === 'External';
}

function stoppedFlaws({ id, stopped }: Scaler, workload: WorkloadResources): Flaw[] {
  if (stopped === undefined) return [];
  const message = `${id} adds no pods to ${workload.id} whatever the load: ${stopped.value}`;
  return [flaw('high', message, 'Let it scale up, or remove the autoscaler and set replicas.', stopped.origin)];
}

/**
 * A share of the request cannot be computed where a container has none: one is enough to stop the whole metric
 * (`calculateRequests` of kubernetes pkg/controller/podautoscaler/replica_calculator.go). Init containers are not asked.
 */
function metricFlaws(workload: WorkloadResources, scaler: Scaler, metric: Metric): Flaw[] {
  const { resource, container } = metric;
  if (!BY_RESOURCE.includes(metric.type) || resource === undefined) return [];
  const running = workload.containers.filter(({ role }) => role !== 'init');
  const asked = container === undefined ? running : running.filter((one) => one.container === container);
  if (asked.length === 0) {
    const message = `${scaler.id} scales ${workload.id} on its container ${container}, which it does not have`;
    return [flaw('high', message, 'Name a container of the pods.', scaler.origin)];
  }
  const without =
    metric.utilization && !(container === undefined && podRequests(workload, resource))
      ? asked.find((one) => !requests(workload, one, resource))
      : undefined;
  if (without === undefined) return unreached(workload, scaler, metric, asked);
  const message = `${scaler.id} cannot compute its ${resource} utilization: container ${without.container} of ${workload.id} has no request of ${resource}`;
  return [
    flaw('high', message, `Set a request of ${resource} on every container of the pods.`, without.origin, {
      fromAbsence: true,
    }),
  ];
}

/** At their limits containers use so much of their requests, and no more. */
function unreached(
  { id, limitRange, pod }: WorkloadResources,
  { id: scaler, tolerance = 0, metrics }: Scaler,
  { resource = '', target, utilization }: Metric,
  asked: readonly ContainerResources[],
): Flaw[] {
  if (!utilization || target === undefined || pod !== undefined) return [];
  const sizes = asked.map((one) => effective(one, limitRange));
  if (sizes.some(({ limits }) => limits[resource] === undefined)) return [];
  const sum = (which: 'requests' | 'limits'): number =>
    sizes.reduce((total, size) => total + Number(amount(size[which], resource)), 0);
  const most = Math.floor((sum('limits') / sum('requests')) * 100);
  const above = Math.round(target.value * (1 + tolerance) * 10) / 10;
  if (most > above) return [];
  return [
    flaw(
      metrics.length === 1 ? 'high' : 'medium',
      `${scaler} aims at ${target.value}% of the ${resource} that ${id} requests and adds pods above ${above}%, and its limits let it use ${most}% at most`,
      `Aim lower, or raise the limits of ${resource}.`,
      target.origin,
    ),
  ];
}

function requests(workload: WorkloadResources, container: ContainerResources, resource: string): boolean {
  return effective(container, workload.limitRange).requests[resource] !== undefined;
}

/** A pod with requests of its own is measured as a whole (`calculatePodLevelRequests`), unless the metric names a container. */
function podRequests(workload: WorkloadResources, resource: string): boolean {
  const ofItsOwn = ofPod(workload, 'requests');
  if (Object.keys(ofItsOwn).length === 0) return false;
  return ofItsOwn[resource] !== undefined || workload.containers.some((one) => requests(workload, one, resource));
}

/**
 * Utilization is a share of the request: a bigger one lowers it, the pods become fewer, and the request grows again. "VPA should not be used with the
 * HPA on the same resource metric": https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/known-limitations.md
 */
function resizedFlaws({ resizers }: WorkloadResources, scaler: Scaler): Flaw[] {
  const measured = scaler.metrics.flatMap(({ utilization, resource }) => (utilization ? (resource ?? []) : []));
  return resizers.flatMap(({ id, resources, origin }) => {
    const both = resources.filter((resource) => measured.includes(resource));
    if (both.length === 0) return [];
    const message = `${id} changes the requests of ${both.join(' and ')} by which ${scaler.id} measures utilization: the two undo each other`;
    const remedy = `Take ${both.join(' and ')} out of controlledResources, let it only recommend (updateMode: "Off"), or scale on another metric.`;
    return [flaw('medium', message, remedy, origin)];
  });
}

/** Every apply sets the number back that the autoscaler has chosen. */
function fixedReplicas({ id, replicas }: WorkloadResources, scaler: Scaler): Flaw[] {
  if (replicas === undefined) return [];
  const message = `${id} sets replicas to ${replicas.value}, so each apply undoes what ${scaler.id} has chosen`;
  const patches = [{ op: 'remove', origin: replicas.origin, reason: `${scaler.id} sets the replicas` } as const];
  return [
    flaw('medium', message, `Remove replicas from the manifest and leave them to ${scaler.id}.`, replicas.origin, {
      patches,
    }),
  ];
}

/** CPU and memory say nothing of a GPU's load, and little of a queue's length. */
function fitFlaws(
  workload: WorkloadResources,
  scaler: Scaler,
  serviceKind: string | undefined,
  params: Params,
): Flaw[] {
  if (!scaler.metrics.every(({ type }) => BY_RESOURCE.includes(type))) return [];
  const gpu = workload.containers
    .flatMap(({ limits }) => Object.keys(limits))
    .find((name) => isExtended(name) && name.includes('gpu'));
  if (gpu !== undefined) {
    const message = `${scaler.id} scales ${workload.id} on CPU or memory, while its work is done on ${gpu}`;
    return [flaw('medium', message, 'Scale on GPU utilization or on the queue of the work.', scaler.origin)];
  }
  if (serviceKind !== 'worker' || !params.workersScaleOnQueue) return [];
  const message = `${scaler.id} scales the worker ${workload.id} on CPU or memory, not on its queue`;
  return [flaw('low', message, 'Add a metric of the queue: its length or the age of its oldest entry.', scaler.origin)];
}

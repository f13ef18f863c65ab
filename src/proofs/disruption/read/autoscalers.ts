import { cursor, workloadName, type KubeObject, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { Autoscaler } from '../types.ts';
import { present } from './present.ts';

/** An autoscaler with the object it was read from. */
export interface FoundAutoscaler {
  readonly autoscaler: Autoscaler;
  readonly object: KubeObject;
}

/** HorizontalPodAutoscalers and KEDA ScaledObjects that scale the workload. More than one is possible and a mistake. */
export function autoscalersOf(view: PlatformView, workload: Workload): FoundAutoscaler[] {
  const { namespace } = workload;
  const hpas = view
    .objects('HorizontalPodAutoscaler', namespace)
    .filter((object) => targets(object, workload, undefined));
  const scaled = view
    .objects('ScaledObject.keda.sh', namespace)
    .filter((object) => targets(object, workload, 'Deployment'));
  return [
    ...hpas.map((object) => found('HorizontalPodAutoscaler', object, 'minReplicas', 'maxReplicas')),
    ...scaled.map((object) => found('ScaledObject', object, 'minReplicaCount', 'maxReplicaCount')),
  ];
}

function targets(object: KubeObject, workload: Workload, defaultKind: string | undefined): boolean {
  const target = cursor(object).get('spec', 'scaleTargetRef');
  const kind = target.get('kind').string() ?? defaultKind;
  return kind === workload.kind && target.get('name').string() === workload.name;
}

function found(kind: Autoscaler['kind'], object: KubeObject, min: string, max: string): FoundAutoscaler {
  const spec = cursor(object).get('spec');
  const autoscaler = present<Autoscaler>({
    kind,
    id: `${kind} ${object.namespace ?? 'default'}/${object.name}`,
    min: spec.get(min).integer(),
    max: spec.get(max).integer(),
    origin: object.origin,
  });
  return { autoscaler, object };
}

/** `Deployment shop/api and HorizontalPodAutoscaler …`, for messages about several. */
export function autoscalerNames(workload: Workload, found: readonly FoundAutoscaler[]): string {
  return `${found.map(({ autoscaler }) => autoscaler.id).join(' and ')} all scale ${workloadName(workload)}`;
}

import { cursor, workloadName, type KubeObject, type Workload } from '../../../model/kube.ts';
import { oncePer } from '../../../model/once.ts';
import type { Origin } from '../../../model/origin.ts';
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
  const hpas = view.objects('HorizontalPodAutoscaler', namespace).filter((object) => targets(object, workload));
  const scaled = view.objects('ScaledObject.keda.sh', namespace).filter((object) => targets(object, workload));
  return [
    ...hpas.map((object) => found('HorizontalPodAutoscaler', object, 'minReplicas', 'maxReplicas')),
    ...scaled.map((object) => found('ScaledObject', object, 'minReplicaCount', 'maxReplicaCount')),
  ];
}

/** What an autoscaler names as its target. */
export interface ScaleTarget {
  /** Undefined where none is named, which is the core group for Kubernetes. KEDA means `apps/v1` then. */
  readonly apiVersion: string | undefined;
  readonly kind: string;
  readonly name: string;
  readonly origin: Origin;
}

/** Of every autoscaler once, which each workload of its namespace asks. */
export const scaleTarget = oncePer((object: KubeObject): ScaleTarget => {
  const target = cursor(object).get('spec', 'scaleTargetRef');
  const [apiVersion, kind] = object.kind === 'ScaledObject' ? ['apps/v1', 'Deployment'] : [undefined, ''];
  return {
    apiVersion: target.get('apiVersion').string() ?? apiVersion,
    kind: target.get('kind').string() ?? kind,
    name: target.get('name').string() ?? '',
    origin: target.origin,
  };
});

/** The API group of an `apiVersion`, empty for the core group. The version does not count: Kubernetes maps group and kind. */
export function groupOf(apiVersion = ''): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Whether a workload is found in the group of an `apiVersion`; what was written for `extensions` is served as `apps` too. */
export function isGroupOf(apiVersion: string | undefined, workload: Workload): boolean {
  const [asked, has] = [groupOf(apiVersion), groupOf(workload.object.apiVersion)];
  return asked === has || (has === 'extensions' && asked === 'apps');
}

function targets(object: KubeObject, workload: Workload): boolean {
  const { apiVersion, kind, name } = scaleTarget(object);
  return kind === workload.kind && name === workload.name && isGroupOf(apiVersion, workload);
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

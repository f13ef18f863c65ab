import { MalformedValue, type Cursor } from '../../model/cursor.ts';
import { containers, cursor, podSpec, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { parseQuantity } from '../../model/quantity.ts';
import { autoscalersOf } from '../disruption/read/index.ts';
import { resizersOf } from './read-resizer.ts';
import { readScaler } from './read-scaler.ts';
import type { Amounts, ContainerResources, LimitItem, WorkloadResources } from './types.ts';

export function readWorkload(view: PlatformView, workload: Workload): WorkloadResources {
  const replicas = cursor(workload.object).get('spec', 'replicas');
  const count = replicas.integer();
  return {
    id: workloadName(workload),
    kind: workload.kind,
    containers: containers(workload).map(({ name, at, role }) => readContainer(name, role, at)),
    ...podLevel(podSpec(workload).get('resources')),
    ...(count !== undefined && { replicas: replicas.at(count) }),
    scalers: autoscalersOf(view, workload).map(readScaler),
    resizers: resizersOf(view, workload),
    limitRange: view.objects('LimitRange', workload.namespace).flatMap(limitItems),
    compelled: compelled(view, workload.namespace),
    origin: workload.object.origin,
  };
}

/** Of a pod as a whole: on by default since Kubernetes 1.34 (KEP-2837). */
function podLevel(resources: Cursor): Pick<WorkloadResources, 'pod'> {
  const read = (kind: string): Amounts =>
    Object.fromEntries(
      Object.entries(amounts(resources.get(kind))).filter(([name]) => /^(?:cpu|memory|hugepages-.*)$/.test(name)),
    );
  const pod = { requests: read('requests'), limits: read('limits') };
  return Object.keys({ ...pod.requests, ...pod.limits }).length === 0 ? {} : { pod };
}

function readContainer(container: string, role: ContainerResources['role'], at: Cursor): ContainerResources {
  const resources = at.get('resources');
  return {
    container,
    role,
    requests: amounts(resources.get('requests')),
    limits: amounts(resources.get('limits')),
    origin: at.origin,
  };
}

/** Quantities, which YAML may hold as numbers. What Kubernetes cannot parse is malformed. */
export function amounts(at: Cursor): Amounts {
  return Object.fromEntries(
    at.entries().map(([name, value]) => {
      const text = typeof value.value === 'number' ? String(value.value) : (value.string() ?? '');
      if (parseQuantity(text) === undefined)
        throw new MalformedValue(value.origin, 'a quantity such as 250m or 1Gi', value.value);
      return [name, text];
    }),
  );
}

/** `SetDefaults_LimitRangeItem`: the maximum is the default limit, that the default request, else the minimum is. */
function limitItems(object: KubeObject): LimitItem[] {
  return cursor(object)
    .get('spec', 'limits')
    .items()
    .map((item) => {
      const max = amounts(item.get('max'));
      const min = amounts(item.get('min'));
      const byDefault = { ...max, ...amounts(item.get('default')) };
      const forContainers = item.get('type').string() === 'Container';
      return {
        id: `LimitRange ${object.namespace ?? 'default'}/${object.name}`,
        type: item.get('type').string() ?? '',
        default: forContainers ? byDefault : {},
        defaultRequest: forContainers ? { ...min, ...byDefault, ...amounts(item.get('defaultRequest')) } : {},
        min,
        max,
        maxLimitRequestRatio: amounts(item.get('maxLimitRequestRatio')),
      };
    });
}

/** A quota over compute resources makes every container of the namespace state them. A scoped one may not count this pod. */
function compelled(view: PlatformView, namespace: string): string[] {
  const names = view.objects('ResourceQuota', namespace).flatMap((quota) => {
    const spec = cursor(quota).get('spec');
    const scoped = spec.get('scopes').exists || spec.get('scopeSelector').exists;
    return scoped
      ? []
      : spec
          .get('hard')
          .entries()
          .map(([name]) => quotaName(name));
  });
  return [...new Set(names)].filter((name) => /^(?:requests|limits)\.(?:cpu|memory)$/.test(name)).sort();
}

/** `cpu`, `memory` and `ephemeral-storage` of a quota mean requests. */
export function quotaName(name: string): string {
  return /^(?:cpu|memory|ephemeral-storage)$/.test(name) ? `requests.${name}` : name;
}

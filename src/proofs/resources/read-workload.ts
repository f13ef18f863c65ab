import { MalformedValue, type Cursor } from '../../model/cursor.ts';
import { containers, cursor, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { parseQuantity } from '../../model/quantity.ts';
import { autoscalersOf, type FoundAutoscaler } from '../disruption/read/index.ts';
import type { Amounts, ContainerResources, LimitItem, Metric, Scaler, WorkloadResources } from './types.ts';

export function readWorkload(view: PlatformView, workload: Workload): WorkloadResources {
  const replicas = cursor(workload.object).get('spec', 'replicas');
  const count = replicas.integer();
  const borrowed = workload.kind === 'Rollout' && cursor(workload.object).get('spec', 'workloadRef').exists;
  return {
    id: workloadName(workload),
    kind: workload.kind,
    containers: containers(workload).map(({ name, at, role }) => readContainer(name, role, at)),
    ...(count !== undefined && { replicas: replicas.at(count) }),
    scalers: autoscalersOf(view, workload).map(readScaler),
    limitRange: view.objects('LimitRange', workload.namespace).flatMap(limitItems),
    compelled: compelled(view, workload.namespace),
    ...(borrowed && { unclear: `${workloadName(workload)} takes its pods from another workload by workloadRef` }),
    origin: workload.object.origin,
  };
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

/** `cpu` and `memory` of a quota mean requests. */
export function quotaName(name: string): string {
  return name === 'cpu' || name === 'memory' ? `requests.${name}` : name;
}

function readScaler({ autoscaler, object }: FoundAutoscaler): Scaler {
  const { kind, id, min, max } = autoscaler;
  const spec = cursor(object).get('spec');
  const metrics = kind === 'ScaledObject' ? spec.get('triggers').items().map(trigger) : hpaMetrics(object, spec);
  return {
    kind,
    id,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    metrics,
    origin: object.origin,
  };
}

/** Without metrics an HPA aims at 80% of the CPU request (`SetDefaults_HorizontalPodAutoscaler`); version 1 knows nothing else. */
function hpaMetrics(object: KubeObject, spec: Cursor): Metric[] {
  const metrics = spec.get('metrics').items();
  if (object.apiVersion === 'autoscaling/v1' || metrics.length === 0)
    return [{ type: 'Resource', resource: 'cpu', utilization: true }];
  return metrics.map((metric) => {
    const type = metric.get('type').string() ?? '';
    const at = metric.get(type.charAt(0).toLowerCase() + type.slice(1));
    const byResource = type === 'Resource' || type === 'ContainerResource';
    const resource = byResource ? at.get('name').string() : undefined;
    const container = at.get('container').string();
    return {
      type,
      ...(resource !== undefined && { resource }),
      ...(container !== undefined && { container }),
      utilization: byResource && at.get('target', 'type').string() === 'Utilization',
    };
  });
}

function trigger(at: Cursor): Metric {
  const type = at.get('type').string() ?? '';
  const metadata = at.get('metadata');
  const byResource = type === 'cpu' || type === 'memory';
  const container = byResource ? metadata.get('containerName').string() : undefined;
  const how = at.get('metricType').string() ?? metadata.get('type').string() ?? 'Utilization';
  return {
    type: byResource ? (container === undefined ? 'Resource' : 'ContainerResource') : type,
    ...(byResource && { resource: type }),
    ...(container !== undefined && { container }),
    utilization: byResource && how === 'Utilization',
  };
}

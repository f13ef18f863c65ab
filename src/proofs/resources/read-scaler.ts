import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import { removalOf } from '../../model/removed-versions.ts';
import type { FoundAutoscaler } from '../disruption/read/index.ts';
import type { Metric, Scaler } from './types.ts';

/** What an autoscaler measures, between which bounds, and whether it does anything at all. */
export function readScaler({ autoscaler, object }: FoundAutoscaler): Scaler {
  const { kind, id, min, max } = autoscaler;
  const spec = cursor(object).get('spec');
  const metrics = kind === 'ScaledObject' ? spec.get('triggers').items().map(trigger) : hpaMetrics(object, spec);
  const stopped = stopOf(object);
  const removal = removalOf(object.apiVersion);
  const isTuned = behaviorOf(object).get('scaleUp', 'tolerance').exists;
  return {
    kind,
    id,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    metrics,
    tolerance: isTuned ? 0 : TOLERANCE,
    ...(removal !== undefined && { refused: cursor(object).get('apiVersion').at(removal) }),
    ...(stopped !== undefined && { stopped }),
    origin: object.origin,
  };
}

/** KEDA takes any value but a false one as a pause (`NeedToBePausedByAnnotation`). */
const FALSE = /^(?:0|f|F|false|FALSE|False)$/;

/** `--horizontal-pod-autoscaler-tolerance` where nothing else is said. */
const TOLERANCE = 0.1;

function behaviorOf(object: KubeObject): Cursor {
  const spec = cursor(object).get('spec');
  return object.kind === 'ScaledObject'
    ? spec.get('advanced', 'horizontalPodAutoscalerConfig', 'behavior')
    : spec.get('behavior');
}

function stopOf(object: KubeObject): Scaler['stopped'] {
  const root = cursor(object);
  const isKeda = object.kind === 'ScaledObject';
  const policy = behaviorOf(object).get('scaleUp', 'selectPolicy');
  if (policy.string() === 'Disabled') return policy.at('its scaleUp.selectPolicy is Disabled');
  if (!isKeda) return undefined;
  const annotations = root.get('metadata', 'annotations');
  const paused = ['autoscaling.keda.sh/paused-replicas', 'autoscaling.keda.sh/paused']
    .map((name) => ({ name, at: annotations.get(name) }))
    .find(({ name, at }) => at.exists && (name.endsWith('-replicas') || !FALSE.test(String(at.value))));
  return paused?.at.at(`the annotation ${paused.name} pauses it`);
}

/** Without metrics an HPA aims at 80% of the CPU request (`SetDefaults_HorizontalPodAutoscaler`); version 1 knows nothing else. */
function hpaMetrics(object: KubeObject, spec: Cursor): Metric[] {
  const metrics = spec.get('metrics').items();
  if (object.apiVersion === 'autoscaling/v1' || metrics.length === 0)
    return [
      { type: 'Resource', resource: 'cpu', utilization: true, ...targetAt(spec.get('targetCPUUtilizationPercentage')) },
    ];
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
      ...targetAt(at.get('target', 'averageUtilization')),
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
    ...(byResource && targetAt(metadata.get('value'))),
  };
}

/** KEDA writes numbers as text. */
function targetAt(at: Cursor): Pick<Metric, 'target'> {
  const value = at.exists ? Number(at.value) : Number.NaN;
  return Number.isFinite(value) ? { target: at.at(value) } : {};
}

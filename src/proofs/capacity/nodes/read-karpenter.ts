import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { parseQuantity } from '../../../model/quantity.ts';
import type { NodePool, Taint } from './types.ts';

const UNIT = 1_000_000_000n;
/** What has no limit holds anything. */
const NO_LIMIT = 1e15;

/**
 * NodePools of Karpenter: their `limits` bound the capacity of all their nodes together (karpenter.sh/v1; docs, "NodePools"). Labels are
 * those of the template and of requirements with a single value.
 */
export function karpenterPools(view: PlatformView): NodePool[] {
  return view.objects('NodePool.karpenter.sh').map((object) => {
    const template = cursor(object).get('spec', 'template');
    return {
      name: object.name,
      from: `NodePool ${object.name}`,
      min: 0,
      max: 1,
      elastic: true,
      node: {
        cpu: limit(object, 'cpu', 1000n),
        memory: limit(object, 'memory', 1n),
        gpus: limit(object, 'nvidia.com/gpu', 1n),
        pods: NO_LIMIT,
      },
      labels: { ...required(object), ...template.get('metadata', 'labels').stringMap() },
      taints: template
        .get('spec', 'taints')
        .items()
        .map((at): Taint => ({
          key: at.get('key').string() ?? '',
          value: at.get('value').string() ?? '',
          effect: at.get('effect').string() ?? '',
        })),
      origin: object.origin,
    };
  });
}

function limit(object: KubeObject, resource: string, scale: bigint): number {
  const value = cursor(object).get('spec', 'limits', resource).value;
  const parsed = value === undefined ? undefined : parseQuantity(String(value));
  return parsed === undefined ? NO_LIMIT : Number((parsed * scale) / UNIT);
}

function required(object: KubeObject): Record<string, string> {
  const requirements = cursor(object).get('spec', 'template', 'spec', 'requirements').items();
  return Object.fromEntries(
    requirements.flatMap((at) => {
      const [value, second] = at.get('values').strings();
      const key = at.get('key').string();
      const single = at.get('operator').string() === 'In' && value !== undefined && second === undefined;
      return single && key !== undefined ? [[key, value]] : [];
    }),
  );
}

/** Pools that objects of Kubernetes make. */
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { Cursor } from '../../model/cursor.ts';
import type { PlatformView } from '../../model/platform.ts';
import { parseQuantity } from '../../model/quantity.ts';
import { present } from '../disruption/read/present.ts';
import { taintsAt } from './taints.ts';
import type { NodePool } from './types.ts';
import { isZoneKey } from './zone-key.ts';

const UNIT = 1_000_000_000n;
/** What has no limit holds anything. */
const NO_LIMIT = 1e15;

/**
 * Nodes are made when pods wait for them; `limits` bound the capacity of all nodes of a pool together (karpenter.sh/v1; docs,
 * "NodePools"). Labels are those of the template and of requirements with a single value.
 */
export function karpenterPools(view: PlatformView): NodePool[] {
  return view.objects('NodePool.karpenter.sh').map((object) => {
    const template = cursor(object).get('spec', 'template');
    const allowed = allowedValues(template.get('spec', 'requirements'));
    const zones = allowed.find(({ key }) => isZoneKey(key))?.values;
    const single = allowed.flatMap(({ key, values: [value, second] }) =>
      value === undefined || second !== undefined ? [] : [[key, value] as const],
    );
    return {
      name: object.name,
      source: `NodePool ${object.name}`,
      labels: { ...Object.fromEntries(single), ...template.get('metadata', 'labels').stringMap() },
      taints: taintsAt(template.get('spec', 'taints')),
      onDemand: {
        limits: {
          cpu: limit(object, 'cpu', 1000n),
          memory: limit(object, 'memory', 1n),
          gpus: limit(object, 'nvidia.com/gpu', 1n),
          pods: NO_LIMIT,
        },
      },
      origin: object.origin,
      ...(zones && { zones }),
    };
  });
}

function allowedValues(requirements: Cursor): { key: string; values: readonly string[] }[] {
  return requirements
    .items()
    .filter((one) => one.get('operator').string() === 'In')
    .map((one) => ({ key: one.get('key').string() ?? '', values: one.get('values').strings() }));
}

function limit(object: KubeObject, resource: string, scale: bigint): number {
  const value = cursor(object).get('spec', 'limits', resource).value;
  const parsed = value === undefined ? undefined : parseQuantity(String(value));
  return parsed === undefined ? NO_LIMIT : Number((parsed * scale) / UNIT);
}

/** https://cluster-api.sigs.k8s.io: a MachineDeployment stands in one failure domain. */
export function machinePools(view: PlatformView): NodePool[] {
  return view.objects('MachineDeployment.cluster.x-k8s.io').map((object) => {
    const root = cursor(object);
    const annotations = root.get('metadata', 'annotations').stringMap();
    const bound = (name: string): number | undefined => {
      const text = annotations[`cluster.x-k8s.io/cluster-api-autoscaler-node-group-${name}-size`];
      return text === undefined ? root.get('spec', 'replicas').integer() : Number(text);
    };
    const zone = root.get('spec', 'template', 'spec', 'failureDomain').string();
    return present<NodePool>({
      name: object.name,
      source: `MachineDeployment ${object.name}`,
      labels: root.get('spec', 'template', 'metadata', 'labels').stringMap(),
      taints: [],
      open: undefined,
      zones: zone === undefined ? undefined : [zone],
      min: bound('min'),
      max: bound('max'),
      onDemand: undefined,
      instanceType: undefined,
      room: undefined,
      origin: object.origin,
    });
  });
}

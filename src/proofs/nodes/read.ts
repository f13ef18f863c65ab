/** Pools of nodes: as the spec declares them, or as Terraform, Karpenter and Cluster API make them. */
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { parseQuantity } from '../../model/quantity.ts';
import { present } from '../disruption/read/present.ts';
import { karpenterPools, machinePools } from './objects.ts';
import { parseTaint } from './taints.ts';
import { terraformPools } from './terraform.ts';
import type { NodePool, Room } from './types.ts';

/**
 * What is known of the nodes. A pool of the spec takes the place of one that the repository makes under its name. Classes `spec`,
 * `kubernetes` and `terraform`.
 */
export const nodePools: (view: PlatformView) => readonly NodePool[] = oncePerPlatform((view: PlatformView) => {
  const declared = declaredPools(view);
  const names = new Set(declared.map(({ name }) => name));
  const made = [...karpenterPools(view), ...machinePools(view), ...terraformPools(view)];
  return [...declared, ...made.filter(({ name }) => !names.has(name))];
});

function declaredPools({ environment }: PlatformView): NodePool[] {
  return (environment.nodePools ?? []).map(({ cpu, memory, gpus, pods, ...pool }) =>
    present<NodePool>({
      name: pool.name,
      source: `pool ${pool.name} of environment ${environment.name}`,
      labels: pool.labels,
      taints: pool.taints.map(parseTaint),
      open: undefined,
      zones: pool.zones ?? environment.zones,
      min: pool.min,
      max: pool.max,
      onDemand: undefined,
      instanceType: pool.instanceType,
      room: present<Partial<Room>>({
        cpu: cpu === undefined ? undefined : cpu * 1000,
        memory: bytesOf(memory),
        gpus,
        pods,
      }),
      origin: undefined,
    }),
  );
}

function bytesOf(quantity: string | undefined): number | undefined {
  const parsed = quantity === undefined ? undefined : parseQuantity(quantity);
  return parsed === undefined ? undefined : Number(parsed / 1_000_000_000n);
}

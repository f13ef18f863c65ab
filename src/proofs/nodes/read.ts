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
 * What is known of the nodes: what the spec declares, and what else the repository makes and can be read. A declaration stands in for a
 * pool of its name, and for what is computed. Classes `spec`, `kubernetes` and `terraform`.
 */
export const nodePools: (view: PlatformView) => readonly NodePool[] = oncePerPlatform((view: PlatformView) => {
  const declared = declaredPools(view);
  const names = new Set(declared.map(({ name }) => name));
  const made = [...karpenterPools(view), ...machinePools(view), ...terraformPools(view)];
  if (declared.length === 0) return made;
  return [
    ...declared,
    ...made.filter((pool) => pool.open === undefined && !namesOf(pool).some((name) => names.has(name))),
  ];
});

/** Its own name, and that of the resource that makes it: `aws_eks_node_group.general`. */
function namesOf({ name, source }: NodePool): string[] {
  return [
    name,
    source
      .replace(/\[[^\]]*\]$/, '')
      .split('.')
      .at(-1) ?? name,
  ];
}

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

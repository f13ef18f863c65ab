import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { nodePools, type NodePool, type Room } from '../../nodes/index.ts';
import { instanceSize } from '../instances.ts';
import type { SizedPool } from './types.ts';

/** The node pools of the environment with the room that one node of each has for pods. */
export const sizedPools: (view: PlatformView) => readonly SizedPool[] = oncePerPlatform((view: PlatformView) =>
  nodePools(view).map(sized),
);

function sized(pool: NodePool): SizedPool {
  if (pool.onDemand !== undefined) return { ...pool, min: 0, max: 1, elastic: true, node: pool.onDemand.limits };
  const node = roomOf(pool);
  return {
    ...pool,
    min: pool.min ?? 0,
    max: pool.max ?? 0,
    // How much there is of a pool without a bound is not known.
    ...(node && pool.max !== undefined && { node }),
  };
}

function roomOf({ instanceType, room = {} }: NodePool): Room | undefined {
  const { cpu, memory, gpus = 0, pods } = room;
  const size = instanceType === undefined ? undefined : onEks(instanceType, gpus);
  return cpu === undefined || memory === undefined ? size : { cpu, memory, gpus, pods: pods ?? size?.pods ?? 110 };
}

/** Pods by network interfaces and their addresses, of the sizes that `c`, `m` and `r` share (amazon-eks-ami, `eni-max-pods.txt`). */
const MAX_PODS: Readonly<Record<string, number>> = {
  medium: 8,
  large: 29,
  xlarge: 58,
  '2xlarge': 58,
  '4xlarge': 234,
  '8xlarge': 234,
};

/**
 * What a node of EKS leaves to pods: kube-reserved is 255 MiB and 11 MiB for each pod it may hold, and 6 %, 1 %, 0.5 %, 0.5 % and
 * then 0.25 % of the cores one by one; 100 MiB are kept for eviction (amazon-eks-ami `nodeadm/internal/kubelet/config.go`). The
 * machine and its kernel keep some more of the memory, here 4 % of the first 8 GiB and 2 % of the rest, which is on the high side.
 */
function onEks(instanceType: string, gpus: number): Room | undefined {
  const size = instanceSize(instanceType);
  if (size === undefined) return undefined;
  const pods = MAX_PODS[instanceType.split('.')[1] ?? ''] ?? 110;
  const MiB = 1024 ** 2;
  const firmware = Math.min(size.memoryGiB, 8) * 0.04 + Math.max(0, size.memoryGiB - 8) * 0.02;
  const memory = (size.memoryGiB - firmware) * 1024 * MiB - (255 + 11 * pods + 100) * MiB;
  return { cpu: size.vcpu * 1000 - reservedCores(size.vcpu), memory: Math.floor(memory), gpus, pods };
}

function reservedCores(vcpu: number): number {
  const shares = [60, 10, 5, 5];
  const first = shares.slice(0, vcpu).reduce((sum, share) => sum + share, 0);
  return Math.ceil(first + Math.max(0, vcpu - 4) * 2.5);
}

import { isMapping } from '../../../model/cursor.ts';
import type { HclBlock } from '../../../model/document.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { instanceSize } from '../instances.ts';
import { attributeOf, resources, valueOf, type Resource } from '../terraform.ts';
import { bytesOf } from '../bytes.ts';
import { karpenterPools } from './read-karpenter.ts';
import type { NodePool, Room, Taint } from './types.ts';

/** The node pools of the environment: those of the spec, and the managed node groups of EKS in Terraform. */
export function readNodePools(view: PlatformView): NodePool[] {
  const declared = (view.environment.nodePools ?? []).map((pool): NodePool => {
    const { name, min, max, instanceType, labels, cpu, memory, gpus = 0, pods } = pool;
    const size = instanceType === undefined ? undefined : onEks(instanceType, gpus);
    const node =
      cpu === undefined || memory === undefined
        ? size
        : { cpu: cpu * 1000, memory: bytesOf(memory), gpus, pods: pods ?? size?.pods ?? 110 };
    return {
      name,
      from: 'environments[].nodePools',
      min: min ?? 0,
      max: max ?? 0,
      labels,
      taints: pool.taints.map(taintOf),
      ...(instanceType && { instanceType }),
      // How much there is of a pool without a bound is not known.
      ...(node && max !== undefined && { node }),
    };
  });
  const names = new Set(declared.map(({ name }) => name));
  return [
    ...declared,
    ...karpenterPools(view).filter(({ name }) => !names.has(name)),
    ...resources(view, 'aws_eks_node_group')
      .flatMap((group) => nodeGroup(view, group))
      .filter(({ name }) => !names.has(name)),
  ];
}

/** `dedicated=data:NoSchedule`. */
function taintOf(text: string): Taint {
  const [, key = '', value = '', effect = 'NoSchedule'] = /^([^=:]+)(?:=([^:]*))?(?::(\w+))?$/.exec(text) ?? [];
  return { key, value, effect };
}

function nodeGroup(view: PlatformView, group: Resource): NodePool[] {
  const { block, address } = group;
  const scaling = block.blocks.find(({ type }) => type === 'scaling_config');
  const number = (name: string): number | undefined => {
    const value = valueOf(view, group, scaling?.attributes[name]);
    return typeof value === 'number' ? value : undefined;
  };
  const [min, max] = [number('min_size'), number('max_size')];
  if (min === undefined || max === undefined) return [];
  const types = attributeOf(view, group, 'instance_types')?.value;
  const [type] = Array.isArray(types) ? types : [];
  const node = typeof type === 'string' ? onEks(type, 0) : undefined;
  return [
    {
      name: group.each?.key ?? String(attributeOf(view, group, 'node_group_name')?.value ?? block.labels[1] ?? ''),
      from: address,
      min,
      max,
      labels: labelsOf(view, group),
      taints: taintsOf(view, group),
      ...(typeof type === 'string' && { instanceType: type }),
      ...(node && { node }),
      origin: scaling?.origin ?? block.origin,
    },
  ];
}

/** `{ "pool" = each.key }` is not a literal, but simple enough to read. */
function labelsOf(view: PlatformView, group: Resource): Record<string, string> {
  const labels = attributeOf(view, group, 'labels')?.value;
  if (isMapping(labels)) return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
  const text = group.block.attributes['labels']?.text ?? '';
  return Object.fromEntries(
    [...text.matchAll(/"?([\w./-]+)"?\s*[=:]\s*("[^"$]*"|[\w.]+)/g)].flatMap(([, key = '', written = '']) => {
      const value = expression(view, group, written);
      return typeof value === 'string' ? [[key, value]] : [];
    }),
  );
}

function expression(view: PlatformView, group: Resource, written: string): unknown {
  if (written.startsWith('"')) return written.slice(1, -1);
  return valueOf(view, group, { text: written });
}

/** Taints written as blocks; and `dynamic "taint"` whose condition is a flag of the pool itself. */
function taintsOf(view: PlatformView, group: Resource): Taint[] {
  return group.block.blocks.flatMap((block): Taint[] => {
    if (block.type === 'taint') return [taintIn(view, group, block)];
    if (block.type !== 'dynamic' || block.labels[0] !== 'taint') return [];
    const [, flag] = /^(each\.value\.[\w.]+)\s*\?\s*\[/.exec(block.attributes['for_each']?.text.trim() ?? '') ?? [];
    const content = block.blocks.find(({ type }) => type === 'content');
    const applies = flag === undefined ? undefined : valueOf(view, group, { text: flag });
    return content === undefined || applies === false ? [] : [taintIn(view, group, content)];
  });
}

const EFFECTS: Readonly<Record<string, string>> = {
  NO_SCHEDULE: 'NoSchedule',
  NO_EXECUTE: 'NoExecute',
  PREFER_NO_SCHEDULE: 'PreferNoSchedule',
};

function taintIn(view: PlatformView, group: Resource, block: HclBlock): Taint {
  const text = (name: string): string => String(valueOf(view, group, block.attributes[name]) ?? '');
  return { key: text('key'), value: text('value'), effect: EFFECTS[text('effect')] ?? 'NoSchedule' };
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

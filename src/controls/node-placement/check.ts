import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Placement, PoolTaint } from './input.ts';
import type { PlacedWorkload, Toleration } from './pods.ts';

interface Params {
  readonly gpuTaints: readonly string[];
  readonly tolerationsAdded: 'yes' | 'no' | 'unknown';
  readonly dataPools: boolean;
  readonly exempt: readonly string[];
}

export function check(subject: Subject, input: Placement, params: Params): Result {
  const judged = input.workloads.filter(({ id }) => !params.exempt.includes(id));
  const taints = [...params.gpuTaints.map(namedTaint), ...input.taints];
  const stores = subject.kind === 'store' && params.dataPools;
  const findings = [
    ...judged.flatMap((workload) => intrudes(workload, taints)),
    ...(stores ? judged.flatMap(standsOpen) : []),
    ...(stores ? neighbours(input.exposedNeighbours) : []),
    ...(params.tolerationsAdded === 'no' ? judged.filter(isUntolerant).map(untolerant) : []),
  ];
  const open = params.tolerationsAdded === 'unknown' ? judged.find(isUntolerant) : undefined;
  if (findings.length === 0 && open !== undefined)
    return inconclusive(
      `${open.id} asks for ${open.gpu?.value ?? 'a GPU'} and tolerates no taint: either its nodes are open to every pod, or the cluster adds the toleration, which cannot be seen here`,
      open.gpu?.origin,
    );
  return failOr(findings, summary(judged), { workloads: judged.length, gpu: judged.filter(({ gpu }) => gpu).length });
}

function namedTaint(text: string): PoolTaint {
  const [key = text, value] = text.split('=');
  return { key, ...(value === undefined ? {} : { value }), of: 'GPU workloads' };
}

/** A workload without a GPU that may take the room of those that need one, or of a store. Node agents run everywhere. */
function intrudes(workload: PlacedWorkload, taints: readonly PoolTaint[]): Finding[] {
  if (workload.kind === 'DaemonSet' || workload.system) return [];
  return workload.tolerations.flatMap((toleration) => {
    if (toleration.key === undefined)
      return [
        finding(
          `${workload.id} tolerates every taint: it may run on the nodes of GPUs, stores and the control plane`,
          'Name the taints it needs to tolerate.',
          toleration,
        ),
      ];
    const pool = taints.find((taint) => accepts(toleration, taint));
    if (pool === undefined || (workload.gpu !== undefined && pool.of === 'GPU workloads')) return [];
    return [
      finding(
        `${workload.id} ${pool.of === 'GPU workloads' ? 'asks for no GPU and ' : ''}tolerates ${shown(toleration)}: it may take the nodes of ${pool.of}`,
        'Remove the toleration.',
        toleration,
      ),
    ];
  });
}

function accepts(toleration: Toleration, taint: PoolTaint): boolean {
  if (toleration.key !== taint.key) return false;
  return toleration.value === undefined || taint.value === undefined || toleration.value === taint.value;
}

/** Its pool can be tainted only if it tolerates a taint, and it stays there only if it is pinned. */
function standsOpen(workload: PlacedWorkload): Finding[] {
  if (workload.kind === 'CronJob' || workload.kind === 'Job') return [];
  const { id, pins, origin } = workload;
  if (pins.length === 0)
    return [
      finding(
        `${id} is held to no node pool: it shares its nodes with every other workload`,
        'Pin it to the pool of the data tier by nodeSelector or a required node affinity.',
        { origin },
      ),
    ];
  if (workload.tolerations.some(({ key }) => key === undefined || !key.startsWith('node.kubernetes.io/'))) return [];
  return [
    finding(
      `${id} is pinned to ${pins.map(shown).join(', ')} and tolerates no taint: nothing can keep other workloads off these nodes`,
      'Taint the pool with NoSchedule, and tolerate that taint here.',
      { origin },
    ),
  ];
}

function neighbours(exposed: readonly string[]): Finding[] {
  if (exposed.length === 0) return [];
  return [
    {
      message: `it shares its namespace with ${exposed.join(', ')}, which ${exposed.length === 1 ? 'is' : 'are'} reached from outside`,
      severity: 'medium',
      remediation: 'Give stores a namespace of their own.',
    },
  ];
}

function isUntolerant({ gpu, tolerations }: PlacedWorkload): boolean {
  return gpu !== undefined && tolerations.length === 0;
}

function untolerant({ id, gpu, origin }: PlacedWorkload): Finding {
  return finding(
    `${id} asks for ${gpu?.value ?? 'a GPU'} and tolerates no taint: its nodes are open to every pod`,
    'Taint the GPU nodes with NoSchedule, and tolerate that taint here.',
    { origin: gpu?.origin ?? origin },
  );
}

function summary(workloads: readonly PlacedWorkload[]): string {
  return workloads.map((workload) => `${workload.id} ${standing(workload)}`).join('; ');
}

function standing({ kind, pins, gpu, tolerations, system }: PlacedWorkload): string {
  if (pins.length > 0) return `keeps to ${pins.map(shown).join(', ')}`;
  if (gpu !== undefined) return `keeps to nodes with ${gpu.value}`;
  const anywhere = (kind === 'DaemonSet' || system) && tolerations.length > 0;
  return anywhere ? 'is part of the nodes it runs on' : 'stays off reserved nodes';
}

function shown({ key, value }: { key?: string; value?: string }): string {
  return value === undefined ? (key ?? 'every taint') : `${key ?? ''}=${value}`;
}

function finding(message: string, remediation: string, { origin }: Pick<Toleration, 'origin'>): Finding {
  return { message, severity: 'medium', origin, remediation };
}

import type { Origin } from '../../model/origin.ts';
import type { Amounts, WorkloadResources } from '../../proofs/resources/types.ts';

export interface Params {
  readonly cpuLimits: boolean;
  readonly autoscaler: 'serving' | 'none';
  readonly workersScaleOnQueue: boolean;
}

export interface ServiceResources {
  readonly about: 'service';
  /** Of the spec: `api`, `worker`; absent where nobody said. */
  readonly serviceKind?: string;
  readonly workloads: readonly WorkloadResources[];
}

/** Pods a workload can have at once: at rest, and at its most while a rollout surges. `most` absent: not known. */
export interface Demand {
  readonly workload: WorkloadResources;
  readonly least: number;
  readonly most?: number;
}

export interface Quota {
  readonly id: string;
  readonly hard: Amounts;
  /** Set when it counts only some pods, by priority class or kind. */
  readonly scoped: boolean;
  readonly demands: readonly Demand[];
  /** Objects of the repository, by what the quota counts them as; more may be in the cluster. */
  readonly objects: Readonly<Record<string, number>>;
  readonly origin: Origin;
}

/** An autoscaler whose target is not there, cannot be scaled or keeps no pods. */
export interface DanglingScaler {
  readonly id: string;
  readonly target: string;
  readonly because: 'absent' | 'no-scale' | 'other-group' | 'lends';
  /** The Rollout that has the pods in place of a target that lends it its template. */
  readonly borrower?: string;
  /** The apiVersion that it asks for, and that of the workload, where the groups differ. */
  readonly asked?: string;
  readonly has?: string;
  readonly origin: Origin;
}

export interface EnvironmentCapacity {
  readonly about: 'environment';
  readonly quotas: readonly Quota[];
  readonly scalers: number;
  readonly dangling: readonly DanglingScaler[];
}

export type Capacity = ServiceResources | EnvironmentCapacity;

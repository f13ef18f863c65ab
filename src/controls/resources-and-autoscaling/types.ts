import type { At, Origin } from '../../model/origin.ts';

export interface Params {
  readonly cpuLimits: boolean;
  readonly autoscaler: 'serving' | 'none';
  readonly workersScaleOnQueue: boolean;
}

/** Quantities by resource name, as they are written. */
export type Amounts = Readonly<Record<string, string>>;

export interface ContainerResources {
  readonly container: string;
  readonly role: 'main' | 'init' | 'sidecar';
  readonly requests: Amounts;
  readonly limits: Amounts;
  readonly origin: Origin;
}

/** One item of a LimitRange, with the defaults that Kubernetes derives filled in. */
export interface LimitItem {
  readonly id: string;
  readonly type: string;
  readonly default: Amounts;
  readonly defaultRequest: Amounts;
  readonly min: Amounts;
  readonly max: Amounts;
  readonly maxLimitRequestRatio: Amounts;
}

export interface Metric {
  /** `Resource`, `ContainerResource`, `Pods`, `Object`, `External`; of KEDA: the trigger's own type. */
  readonly type: string;
  readonly resource?: string;
  readonly container?: string;
  /** Measured against the request. */
  readonly utilization: boolean;
}

export interface Scaler {
  readonly kind: 'HorizontalPodAutoscaler' | 'ScaledObject';
  readonly id: string;
  readonly min?: number;
  readonly max?: number;
  readonly metrics: readonly Metric[];
  readonly origin: Origin;
}

export interface WorkloadResources {
  readonly id: string;
  readonly kind: string;
  readonly containers: readonly ContainerResources[];
  /** `spec.replicas` as written. */
  readonly replicas?: At<number>;
  readonly scalers: readonly Scaler[];
  readonly limitRange: readonly LimitItem[];
  /** What quotas of the namespace make every container state: `requests.cpu`, `limits.memory`. */
  readonly compelled: readonly string[];
  readonly unclear?: string;
  readonly origin: Origin;
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
  readonly origin: Origin;
}

/** An autoscaler whose target is not there or cannot be scaled. */
export interface DanglingScaler {
  readonly id: string;
  readonly target: string;
  readonly because: 'absent' | 'no-scale';
  readonly origin: Origin;
}

export interface EnvironmentCapacity {
  readonly about: 'environment';
  readonly quotas: readonly Quota[];
  readonly scalers: number;
  readonly dangling: readonly DanglingScaler[];
}

export type Capacity = ServiceResources | EnvironmentCapacity;

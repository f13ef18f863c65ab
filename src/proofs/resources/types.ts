import type { At, Origin } from '../../model/origin.ts';

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
  /** Percent of the request that it aims at. */
  readonly target?: At<number>;
}

export interface Scaler {
  readonly kind: 'HorizontalPodAutoscaler' | 'ScaledObject';
  readonly id: string;
  readonly min?: number;
  readonly max?: number;
  readonly metrics: readonly Metric[];
  /** By how much a metric must be above its target before pods are added, as a share. */
  readonly tolerance?: number;
  /** Why the cluster does not take it in the version it is written in; absent where it does. */
  readonly refused?: At<string>;
  /** Why it adds no pods whatever it measures, and where that is said. */
  readonly stopped?: At<string>;
  readonly origin: Origin;
}

/** A VerticalPodAutoscaler that changes requests by itself: of which resources, in any of the containers. */
export interface Resizer {
  readonly id: string;
  readonly resources: readonly string[];
  readonly origin: Origin;
}

export interface WorkloadResources {
  readonly id: string;
  readonly kind: string;
  readonly containers: readonly ContainerResources[];
  /** What the pod asks for as a whole, of what a pod can; absent where it says nothing. */
  readonly pod?: { readonly requests: Amounts; readonly limits: Amounts };
  /** `spec.replicas` as written. */
  readonly replicas?: At<number>;
  readonly scalers: readonly Scaler[];
  readonly resizers: readonly Resizer[];
  readonly limitRange: readonly LimitItem[];
  /** What quotas of the namespace make every container state: `requests.cpu`, `limits.memory`. */
  readonly compelled: readonly string[];
  readonly origin: Origin;
}

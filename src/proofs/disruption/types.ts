import type { Origin } from '../../model/origin.ts';

/** Kubernetes' IntOrString: a whole number, or a percentage such as `25%`. */
export type IntOrPercent = number | string;

/** What sets the number of replicas instead of the manifest. Bounds that are absent take the kind's own defaults. */
export interface Autoscaler {
  readonly kind: 'HorizontalPodAutoscaler' | 'ScaledObject';
  readonly id: string;
  readonly min?: number;
  readonly max?: number;
  readonly origin?: Origin;
}

interface WorkloadBase {
  /** As messages name it: `Deployment production/api`. */
  readonly id: string;
  /** `spec.replicas`; absent where the manifest leaves it to an autoscaler or to the default of 1. */
  readonly replicas?: number;
  /** The field that sets them, where that is another: `spec.instances`. */
  readonly setBy?: string;
  readonly autoscaler?: Autoscaler;
  readonly minReadySeconds?: number;
  /** Why its selector is refused, or does not take the pods of its own template; absent where it fits. */
  readonly selectorFault?: string;
  readonly origin?: Origin;
}

export type DeploymentStrategy =
  | { readonly type: 'RollingUpdate'; readonly maxSurge?: IntOrPercent; readonly maxUnavailable?: IntOrPercent }
  | { readonly type: 'Recreate'; readonly maxSurge?: IntOrPercent; readonly maxUnavailable?: IntOrPercent };

interface DeploymentLike extends WorkloadBase {
  readonly kind: 'Deployment';
  readonly strategy: DeploymentStrategy;
  readonly progressDeadlineSeconds?: number;
  readonly paused?: boolean;
}

export interface StatefulSetLike extends WorkloadBase {
  readonly kind: 'StatefulSet';
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel';
  readonly strategy:
    | { readonly type: 'RollingUpdate'; readonly partition?: number; readonly maxUnavailable?: IntOrPercent }
    | { readonly type: 'OnDelete' };
}

export interface DaemonSetLike extends WorkloadBase {
  readonly kind: 'DaemonSet';
  readonly strategy:
    | { readonly type: 'RollingUpdate'; readonly maxSurge?: IntOrPercent; readonly maxUnavailable?: IntOrPercent }
    | { readonly type: 'OnDelete' };
}

export type ArgoStrategy =
  | {
      readonly type: 'canary';
      readonly maxSurge?: IntOrPercent;
      readonly maxUnavailable?: IntOrPercent;
      /** A service mesh or ingress splits the traffic, so the stable version stays at full size. */
      readonly trafficRouting?: boolean;
      /** The stable version shrinks as the canary grows. */
      readonly dynamicStableScale?: boolean;
      /** A step pauses without a duration: a person promotes. */
      readonly waitsForPerson?: boolean;
    }
  | { readonly type: 'blueGreen'; readonly waitsForPerson?: boolean };

/** An Argo Rollout. */
interface RolloutLike extends WorkloadBase {
  readonly kind: 'Rollout';
  readonly strategy: ArgoStrategy;
  readonly progressDeadlineSeconds?: number;
  readonly paused?: boolean;
}

/** Pods without a rollout of their own. For a Job, `replicas` is its parallelism. */
interface PlainWorkload extends WorkloadBase {
  readonly kind: 'ReplicaSet' | 'Pod' | 'Job';
}

export type DisruptedWorkload = DeploymentLike | StatefulSetLike | DaemonSetLike | RolloutLike | PlainWorkload;

/** Another workload whose pods a budget counts too. `max` absent: not known. */
export interface CoveredWorkload {
  readonly id: string;
  readonly kind: DisruptedWorkload['kind'];
  readonly min: number;
  readonly max?: number;
}

/** A PodDisruptionBudget that selects the workload's pods; who decides that is the caller. */
export interface Budget {
  readonly id: string;
  readonly minAvailable?: IntOrPercent;
  readonly maxUnavailable?: IntOrPercent;
  /** `IfHealthyBudget` when absent. */
  readonly unhealthyPodEvictionPolicy?: string;
  /** Further workloads that its selector matches. */
  readonly others?: readonly CoveredWorkload[];
  /** Why the cluster does not take it in the version it is written in; absent where it does. */
  readonly refused?: string;
  /** How to let a pod go, where an operator makes the budget. */
  readonly remedy?: string;
  readonly origin?: Origin;
}

/** A budget that selects no pods, and would select those of the workload but for some labels. */
export interface StrayBudget {
  /** As messages name it: `PodDisruptionBudget production/api`. */
  readonly id: string;
  /** The labels that it asks for and the pods do not carry, as `key=value`. */
  readonly asks: readonly string[];
  /** Whose pods carry them instead, as a clause. */
  readonly instead?: string;
  readonly origin?: Origin;
}

export interface DisruptionInput {
  readonly workload: DisruptedWorkload;
  readonly budgets: readonly Budget[];
  /** Budgets that were most likely meant for the pods. */
  readonly strays?: readonly StrayBudget[];
  /** Fewest ready pods with which the service still does its work. Default: 1. */
  readonly quorum?: number;
  /**
   * Pods beyond the replicas for which quota and nodes surely have room; `fixed`: the pool or quota is bounded and the
   * room is not known. Absent: taken as enough, and said so.
   */
  readonly room?: number | 'fixed';
  /** The most of its pods that one node can hold, where the spread guarantees it. */
  readonly podsPerNode?: number;
}

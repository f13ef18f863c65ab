import type { Origin } from '../../../model/origin.ts';

/** What pods may request: cores in thousandths, bytes, devices, pods. */
export interface Room {
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
  readonly pods: number;
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** Nodes of one size. */
export interface NodePool {
  readonly name: string;
  /** Where it is described: `environments[].nodePools`, `aws_eks_node_group.this["general"]`. */
  readonly from: string;
  readonly min: number;
  readonly max: number;
  readonly instanceType?: string;
  /** What one node has for pods; absent where nothing tells. */
  readonly node?: Room;
  /**
   * Nodes are made to measure, up to a limit on their sum (Karpenter): `node` is that sum, `min` 0 and `max` 1. Part of it goes to the
   * nodes themselves.
   */
  readonly elastic?: true;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly origin?: Origin;
}

export interface Toleration {
  readonly key?: string;
  readonly operator: string;
  readonly value: string;
  readonly effect?: string;
}

/** The pods of a workload at the worst moment, and where they may go. */
export interface PodDemand {
  readonly id: string;
  readonly pods: number;
  /** One on every node that takes it. */
  readonly everyNode: boolean;
  readonly each: Room;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly origin?: Origin;
}

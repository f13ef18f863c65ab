import type { Origin } from '../../model/origin.ts';

/** What pods may request: cores in thousandths, bytes, devices, pods. */
export interface Room {
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
  readonly pods: number;
}

export interface Taint {
  readonly key: string;
  /** Empty where it has none. */
  readonly value: string;
  /** `NoSchedule`, `NoExecute` or `PreferNoSchedule`. */
  readonly effect: string;
}

export interface Toleration {
  readonly key?: string;
  readonly operator: string;
  readonly value: string;
  readonly effect?: string;
}

/** Nodes that are alike. What is absent is not known. */
export interface NodePool {
  readonly name: string;
  /** Where it is described: `environments[].nodePools`, `aws_eks_node_group.this["general"]`. */
  readonly source: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Why its nodes may have other labels or taints than these. */
  readonly open?: string;
  readonly zones?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** Nodes are made for pods that wait (Karpenter): a zone without pods may have none. Their sum stays within the limits. */
  readonly onDemand?: { readonly limits: Room };
  readonly instanceType?: string;
  /** What pods may request on one node, as somebody declared it. */
  readonly room?: Partial<Room>;
  readonly origin?: Origin;
}

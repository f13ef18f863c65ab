import type { Origin } from '../../../model/origin.ts';
import type { NodePool, Room, Toleration } from '../../nodes/index.ts';

/** Nodes of one size. */
export interface SizedPool extends NodePool {
  readonly min: number;
  /** 0 where it is not known. */
  readonly max: number;
  /** What one node has for pods; absent where nothing tells. */
  readonly node?: Room;
  /**
   * Nodes are made to measure, up to a limit on their sum (Karpenter): `node` is that sum, `min` 0 and `max` 1. Part of it goes to the
   * nodes themselves.
   */
  readonly elastic?: true;
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

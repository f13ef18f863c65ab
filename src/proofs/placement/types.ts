import type { Origin } from '../../model/origin.ts';

/** Topologies that the engine tells apart: what is lost together. */
export type Topology = 'zone' | 'node';

/**
 * A topology spread constraint that the scheduler enforces (`whenUnsatisfiable: DoNotSchedule`) and that counts the
 * workload's own pods.
 */
export interface Spread {
  readonly topology: Topology;
  readonly maxSkew: number;
  /** Absent: 1, as the scheduler takes it. */
  readonly minDomains?: number;
  /** `nodeTaintsPolicy: Honor`: nodes with taints that the pods do not tolerate are no domains. */
  readonly taintsHonored: boolean;
  /** Pods of other workloads that it counts as well; `max` absent: not bounded. */
  readonly others?: { readonly max?: number };
  readonly origin?: Origin;
}

/** Required anti-affinity (`apart`) or affinity (`together`) of the workload's pods to each other. */
export interface Bond {
  readonly topology: Topology;
  /** Pods of the old and the new version do not count each other (`matchLabelKeys`). */
  readonly perVersion: boolean;
  readonly origin?: Origin;
}

/** A rule that guarantees nothing, in words. */
export interface Wish {
  readonly text: string;
  readonly origin?: Origin;
}

/** What the scheduler must obey. Preferences guarantee nothing and are only counted. */
export interface PlacementRules {
  readonly spread: readonly Spread[];
  readonly apart: readonly Bond[];
  readonly together: readonly Bond[];
  /** `ScheduleAnyway`, preferred affinities, and constraints whose selector misses the pods. */
  readonly wishes: readonly Wish[];
}

/** How many domains the workload's pods may use. `max` absent: not known. */
export interface Domains {
  readonly min: number;
  readonly max?: number;
  /** Names, where they are known. */
  readonly names?: readonly string[];
  /** Where the numbers come from: `the zones of environment production`; why they are not known. */
  readonly source: string;
}

/** How volumes bind pods. `zone`: a pod whose volume exists can run in that zone only; `unknown` has the reason. */
export type VolumeBond =
  | { readonly kind: 'none' }
  | { readonly kind: 'zone'; readonly because: string }
  | { readonly kind: 'one-node'; readonly because: string; readonly origin?: Origin }
  | { readonly kind: 'unknown'; readonly because: string; readonly origin?: Origin };

export interface PlacementInput {
  /** As messages name it: `Deployment production/api`. */
  readonly id: string;
  /** Fewest replicas, and what sets them. */
  readonly replicas: number;
  readonly setBy: string;
  /** Most replicas it can have before it is scaled down to the fewest; absent: not bounded. */
  readonly peak?: number;
  readonly rules: PlacementRules;
  readonly zones: Domains;
  readonly nodes: Domains;
  /** What the API server refuses about its rules, so that nothing of it ever runs. */
  readonly refused?: Wish;
  /** Why no node takes its pods, where every pool is declared and none fits. */
  readonly homeless?: string;
  readonly volumes: VolumeBond;
  /** A rollout adds pods before it takes any away. */
  readonly surges: boolean;
  /** Fewest ready pods with which the service still does its work. */
  readonly quorum: number;
  readonly origin?: Origin;
}

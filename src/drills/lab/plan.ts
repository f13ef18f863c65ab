/** What of a spec the lab runs, in how many replicas, and what it does not run and why. */
import type { Spec } from '../../model/spec.ts';

export interface LabPlan {
  readonly spec: Spec;
  /** Folder of the spec: whose rules, dashboards and docs may be read (never run). */
  readonly root: string;
  /** Services of the reference platform and how many of each. */
  readonly replicas: ReadonlyMap<string, number>;
  /** Stores by name and what runs them. */
  readonly stores: ReadonlyMap<string, StoreKind>;
  /** Kit parts that are switched off, by service. */
  readonly off: ReadonlyMap<string, readonly string[]>;
  readonly left: readonly LeftOut[];
}

export type StoreKind = 'postgres' | 'mariadb' | 'redis' | 'cache' | 'nats';

/** Something of the spec that this lab does not run. */
export interface LeftOut {
  readonly subject: string;
  readonly because: string;
}

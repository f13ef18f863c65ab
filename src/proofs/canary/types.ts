import type { Origin } from '../../model/origin.ts';
import type { Judgement } from './measure.ts';

/** Something that an analysis measures, with its arguments filled in. */
export interface Metric {
  readonly name: string;
  /** `AnalysisTemplate shop/http-canary`. */
  readonly template: string;
  /** `prometheus`, `datadog`, `job`; `builtin` for those that Flagger brings along. */
  readonly provider: string;
  readonly query?: string;
  readonly judgement: Judgement;
  /** Seconds between measurements; absent: one alone. */
  readonly interval?: number;
  readonly initialDelay: number;
  /** Its conditions see a list whatever the provider (Flagger, which also fails where there is no value). */
  readonly listed?: true;
  /** Measured and shown, and decides nothing. */
  readonly dryRun: boolean;
  readonly origin: Origin;
  /** Its conditions as they are written, arguments and all. */
  readonly stated?: { readonly success?: string; readonly failure?: string };
  /** Where its conditions stand; the metric where it has none. */
  readonly judged: { readonly origin: Origin };
}

/** A metric as it takes part in a stage. */
export interface Watch {
  readonly metric: Metric;
  /** It runs beside the steps and is ended with them; else a step waits for its end. */
  readonly background: boolean;
  /** Measurements there is time for before something else ends the run; absent: as many as it asks for. */
  readonly overall?: number;
  /** Of these, in this stage. */
  readonly here?: number;
}

/** A part of a rollout in which the new version gets the same share. */
export interface Stage {
  /** Percent. 0: it gets no traffic of users yet. */
  readonly weight: number;
  readonly watched: readonly Watch[];
  /** It waits for a person. */
  readonly person: boolean;
  readonly origin: Origin;
}

/** What tells the new version's series from the old one's: a label's value, or a part of any. */
export interface Mark {
  readonly label?: string;
  readonly value: string;
}

/** How new versions of a workload come to all users. */
/** A template that an analysis names and the repository does not hold. */
export interface MissingTemplate {
  readonly what: string;
  /** Of the whole cluster, where another repository may put it as well. */
  readonly ofCluster?: boolean;
  readonly origin: Origin;
}

export interface DeliveryPlan {
  /** As messages name it: `Rollout platform/api`. */
  readonly id: string;
  readonly by: 'argo-canary' | 'argo-blue-green' | 'flagger' | 'none';
  readonly stages: readonly Stage[];
  readonly replicas: number;
  readonly maxSurge: number;
  /** A router splits the traffic by weight; else the pods' numbers do. */
  readonly routed: boolean;
  readonly marks: readonly Mark[];
  /** Former versions that are kept, and whether a canary that hangs is given up. */
  readonly history: { readonly value: number; readonly origin: Origin };
  readonly abortsHanging: boolean;
  /** What an analysis names and the repository does not hold. */
  readonly missing: readonly MissingTemplate[];
  readonly origin: Origin;
}

/**
 * What is known of one rehearsal once it is over: the engine writes it, reports and evidence are made of it. All `…Ms` members are
 * milliseconds since the run began, of the monotonic clock. JSON throughout; never a secret.
 */
import type { Observation } from '../evidence.ts';
import type { Outcome, Prediction, Tolerance } from './drill.ts';

export interface RunRecord {
  /** Names the folder of the run, its journal, and the processes it starts. */
  readonly id: string;
  readonly control: string;
  /** What was rehearsed: `the restore of orders`. */
  readonly name: string;
  readonly subjects: readonly string[];
  readonly summary: string;
  readonly blastRadius: string;
  /** The drill's parameters as resolved: given or by default. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly target: RecordedTarget;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly outcome: Outcome;
  /** Why it is not a pass, one sentence. */
  readonly because?: string;
  readonly hypothesis: readonly ProbeRecord[];
  readonly steps: readonly StepRecord[];
  /** What ended the method early, if anything. */
  readonly halted?: HaltRecord;
  /** Every fault that was journaled, in order, and what became of it. */
  readonly faults: readonly FaultRecord[];
  readonly marks: readonly MarkRecord[];
  readonly observations: readonly ObservationRecord[];
  /** Subjects that this target showed nothing of, and why. */
  readonly left?: readonly LeftRecord[];
  /** All that were made, also those whose observation never came. */
  readonly predictions: readonly Prediction[];
  readonly raw: readonly RawRecord[];
}

export interface LeftRecord {
  readonly subject: string;
  readonly because: string;
}

export interface RecordedTarget {
  readonly environment: string;
  readonly identity: string;
}

/** A part of the steady state, before, during and after. */
export interface ProbeRecord {
  readonly name: string;
  readonly unit: string;
  readonly tolerance: Tolerance;
  /** Absent: asked before and after only. */
  readonly during?: 'hold' | 'watch';
  /** The answer that decided; absent where the run ended before it was asked. */
  readonly before?: ProbeAnswer;
  readonly samples: readonly ProbeAnswer[];
  readonly after?: ProbeAnswer;
}

/** One answer of a probe: a number, or why there is none. */
export interface ProbeAnswer {
  /** When it was asked, however long the answer took. */
  readonly atMs: number;
  readonly value?: number;
  readonly error?: string;
  /** Within the tolerance; false where there is no number. */
  readonly met: boolean;
}

export interface StepRecord {
  readonly name: string;
  readonly kind: 'act' | 'fault' | 'measure';
  /** Absent where it was never begun. */
  readonly startedMs?: number;
  readonly endedMs?: number;
  /** `cannot-tell`: it threw CannotTell. `stopped`: the run halted while it ran. `left-out`: it was never begun. */
  readonly outcome: 'done' | 'failed' | 'timed-out' | 'cannot-tell' | 'stopped' | 'left-out';
  readonly error?: string;
}

export interface HaltRecord {
  /** The halt condition's name, or `interrupted` for Ctrl-C. */
  readonly name: string;
  readonly atMs: number;
  readonly because: string;
}

/** A fault as the journal noted it, with its undo. */
export interface FaultRecord {
  /** Kind of the undo: `thaw`, `start-part`. */
  readonly kind: string;
  /** What undoing it means: `thaw postgres`. */
  readonly undo: string;
  /** When it was noted, just before it happened. */
  readonly atMs: number;
  /** Absent where it was not undone. */
  readonly undoneMs?: number;
  /** Why the undo failed. */
  readonly error?: string;
}

export interface MarkRecord {
  readonly what: string;
  readonly atMs: number;
}

/** A measurement with its bounds, its prediction, and when it was made. */
export interface ObservationRecord extends Observation {
  readonly atMs: number;
  /** Step that observed it. */
  readonly step: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly is?: number;
  /** Only where it speaks for one of the run's subjects. */
  readonly subject?: string;
  readonly detail?: string;
}

/** Raw data that a step kept: a JSON file in the run's folder. */
export interface RawRecord {
  /** As the step named it. */
  readonly name: string;
  /** Relative to the folder that the run's results are kept in. */
  readonly file: string;
  readonly bytes: number;
  /** `sha256:` of the file. */
  readonly digest: string;
  readonly atMs: number;
}

/** What a person who waits is told while it runs. */
export type RunEvent =
  | { readonly kind: 'phase'; readonly atMs: number; readonly phase: 'before' | 'method' | 'undo' | 'after' }
  | {
      readonly kind: 'step';
      readonly atMs: number;
      readonly step: string;
      readonly of: StepRecord['kind'];
      readonly index: number;
      readonly count: number;
    }
  | { readonly kind: 'step-ended'; readonly atMs: number; readonly step: StepRecord }
  | {
      readonly kind: 'probe';
      readonly atMs: number;
      readonly probe: string;
      readonly unit: string;
      readonly answer: ProbeAnswer;
    }
  | { readonly kind: 'observed'; readonly atMs: number; readonly observation: ObservationRecord }
  | { readonly kind: 'mark'; readonly atMs: number; readonly what: string }
  | { readonly kind: 'said'; readonly atMs: number; readonly text: string }
  | { readonly kind: 'fault'; readonly atMs: number; readonly undo: string }
  | { readonly kind: 'undone'; readonly atMs: number; readonly undo: string; readonly error?: string }
  | { readonly kind: 'halted'; readonly atMs: number; readonly halt: HaltRecord };

/** What `launchgate drill run` answers: every rehearsal of every drill that was asked for, and what became evidence. */
import type { Digest } from '../digest.ts';
import type { Outcome } from './drill.ts';
import type { RecordedTarget, RunRecord } from './record.ts';

export interface DrillReport {
  readonly apiVersion: 'launchgate/v1';
  readonly kind: 'DrillReport';
  /** Name of the platform. */
  readonly platform: string;
  readonly target: RecordedTarget;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The worst of its drills: a failure before what could not be told. */
  readonly outcome: Outcome;
  readonly summary: Readonly<Record<Outcome, number>>;
  readonly drills: readonly DrillResult[];
  /** Where the results are not evidence: why. */
  readonly unrecorded?: string;
}

export interface DrillResult {
  /** Id of the control, or the name of an experiment from a file. */
  readonly drill: string;
  readonly title: string;
  readonly outcome: Outcome;
  /** Why it is not a pass. */
  readonly because?: string;
  readonly runs: readonly RunRecord[];
  readonly verdicts: readonly SubjectVerdict[];
}

/** What a drill says of one subject. */
export interface SubjectVerdict {
  readonly subject: string;
  readonly outcome: Outcome;
  readonly because?: string;
  /** Envelope in the ledger, or beside it until the sequencer took it in. */
  readonly evidence?: Digest;
}

const WEIGHT: Readonly<Record<Outcome, number>> = { pass: 0, inconclusive: 1, error: 2, fail: 3 };

/** The outcome that decides over several; of none: inconclusive, since nothing was seen. */
export function worstOutcome(outcomes: readonly Outcome[]): Outcome {
  return outcomes.toSorted((a, b) => WEIGHT[b] - WEIGHT[a])[0] ?? 'inconclusive';
}

/** How many of each. */
export function countOutcomes(outcomes: readonly Outcome[]): Record<Outcome, number> {
  const counts = { pass: 0, fail: 0, inconclusive: 0, error: 0 };
  for (const outcome of outcomes) counts[outcome] += 1;
  return counts;
}

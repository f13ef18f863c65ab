import type { Outcome } from '../../model/drill/drill.ts';
import type { DrillReport } from '../../model/drill/report.ts';
import { counted } from '../order.ts';
import type { Tone } from '../text/style.ts';

/** How outcomes are called: as people say it, never as a pass. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  inconclusive: 'could not tell',
  error: 'ERROR',
};

export const OUTCOME_TONES: Readonly<Record<Outcome, Tone>> = {
  pass: 'pass',
  fail: 'critical',
  inconclusive: 'unknown',
  error: 'critical',
};

/** `3 drills in the lab: 1 passes, 1 fails, 1 could not tell`. */
export function drillCounts({ summary, drills, target }: DrillReport): string {
  const parts = [
    `${summary.pass} ${summary.pass === 1 ? 'passes' : 'pass'}`,
    ...(summary.fail === 0 ? [] : [`${summary.fail} ${summary.fail === 1 ? 'fails' : 'fail'}`]),
    ...(summary.inconclusive === 0 ? [] : [`${summary.inconclusive} could not tell`]),
    ...(summary.error === 0 ? [] : [`${summary.error} broke off`]),
  ];
  const where = target.environment === 'lab' ? 'in the lab' : `on ${target.environment}`;
  return `${counted(drills.length, 'drill')} ${where}: ${parts.join(', ')}`;
}

/** `9.4 s`, `2 min 5 s`. */
export function lasting(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Evidence of the report, and where it counts. */
export function evidenceText({ drills, target, unrecorded }: DrillReport): string {
  if (unrecorded !== undefined) return `Not evidence: ${unrecorded}`;
  const count = drills.flatMap(({ verdicts }) => verdicts).filter(({ evidence }) => evidence !== undefined).length;
  if (count === 0) return 'No evidence was recorded.';
  const only = target.environment === 'lab' ? ', which counts for the lab alone' : ` for ${target.environment}`;
  return `${counted(count, 'statement')} of evidence recorded${only}.`;
}

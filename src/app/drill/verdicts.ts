/** From what was recorded of rehearsals to what is said of each subject. Pure. */
import { hasData, isMissed } from '../../drills/run/verdict.ts';
import type { Outcome } from '../../model/drill/drill.ts';
import type { ObservationRecord, ProbeAnswer, RunRecord } from '../../model/drill/record.ts';
import { worstOutcome } from '../../model/drill/report.ts';
import { missedText } from '../../model/drill/words.ts';

/** What the rehearsals of a drill say of one subject: the worst of them, and everything that was observed of it. */
export interface Verdict {
  readonly subject: string;
  readonly outcome: Outcome;
  readonly because?: string;
  readonly observations: readonly ObservationRecord[];
  readonly runs: readonly RunRecord[];
}

/**
 * A verdict for each subject: of the runs that name it, of what the plan left, or that nobody spoke of it. Where some of the `planned` rehearsals of a
 * subject were never run, the others are no pass.
 */
export function verdictsOf(
  subjects: readonly string[],
  runs: readonly RunRecord[],
  left: readonly { readonly subject: string; readonly because: string }[],
  planned: readonly Planned[] = [],
): Verdict[] {
  const unrun = planned.slice(runs.length);
  return subjects.map((subject) => {
    const own = runs.filter((run) => run.subjects.includes(subject));
    const owed = unrun.find((one) => one.subjects.includes(subject));
    if (own.length > 0) return owing(verdictOf(subject, own), owed);
    const because = left.find((one) => one.subject === subject)?.because ?? 'the drill did not speak of it';
    return { subject, outcome: 'inconclusive', because, observations: [], runs: [] };
  });
}

/** A rehearsal of the plan; they are run in their order, up to the one that could not be. */
type Planned = Pick<RunRecord, 'name' | 'subjects'>;

function owing(verdict: Verdict, owed: Planned | undefined): Verdict {
  if (owed === undefined || verdict.outcome !== 'pass') return verdict;
  return { ...verdict, outcome: 'inconclusive', because: `"${owed.name}" was not rehearsed` };
}

function verdictOf(subject: string, runs: readonly RunRecord[]): Verdict {
  const judged = runs.map((run) => ({ run, ...judge(run, subject) }));
  const outcome = worstOutcome(judged.map((one) => one.outcome));
  const because = judged.find((one) => one.outcome === outcome)?.because;
  return {
    subject,
    outcome,
    ...(because === undefined ? {} : { because }),
    observations: judged.flatMap((one) => one.observations),
    runs,
  };
}

interface Judged {
  readonly outcome: Outcome;
  readonly because?: string;
  readonly observations: readonly ObservationRecord[];
}

/** A run that failed by a measurement of one subject alone does not fail the others; one that failed as a whole fails all. */
function judge(run: RunRecord, subject: string): Judged {
  const observations = run.observations.filter((one) => one.subject === undefined || one.subject === subject);
  const missed = observations.find(isMissed);
  if (run.outcome === 'fail' && missed === undefined && !failedAsAWhole(run))
    return withoutData(run, observations) ?? judgedAlone(run, subject, observations);
  if (run.outcome !== 'pass') {
    const because = missed === undefined ? run.because : missedText(missed);
    return { outcome: run.outcome, ...(because === undefined ? {} : { because }), observations };
  }
  return judgedAlone(run, subject, observations);
}

/** What speaks for all subjects does not speak for one that the target was said to show nothing of. */
function judgedAlone({ left = [] }: RunRecord, subject: string, observations: readonly ObservationRecord[]): Judged {
  const own = left.find((one) => one.subject === subject);
  const seen = own === undefined ? observations : observations.filter((one) => one.subject === subject);
  if (seen.length > 0) return { outcome: 'pass', observations };
  const because = own?.because ?? 'nothing was observed of it';
  return { outcome: 'inconclusive', because, observations };
}

/** A run that lacks a number is no pass for anybody; the miss of one subject makes it none for the others. The subject's own is named first. */
function withoutData(run: RunRecord, observations: readonly ObservationRecord[]): Judged | undefined {
  const nothing = [...observations, ...run.observations].find((one) => !hasData(one));
  return nothing && { outcome: 'inconclusive', because: `there is no data for ${nothing.name}`, observations };
}

/** Whether a failure has another reason than a missed measurement: a halt, a step, the steady state, an undo. */
function failedAsAWhole(run: RunRecord): boolean {
  return (
    !run.observations.some(isMissed) ||
    run.halted !== undefined ||
    run.steps.some(({ outcome }) => outcome !== 'done') ||
    run.faults.some(({ error, undoneMs }) => error !== undefined || undoneMs === undefined) ||
    run.hypothesis.some(({ during, samples, after }) => after?.met !== true || (during === 'hold' && !isHeld(samples)))
  );
}

function isHeld(samples: readonly ProbeAnswer[]): boolean {
  return samples.length > 0 && samples.every(({ met }) => met);
}

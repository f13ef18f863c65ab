/** What a run proves. Judged from its record alone: anything that was not seen to hold is not a pass. */
import { isBounded, type Outcome } from '../../model/drill/drill.ts';
import type {
  FaultRecord,
  HaltRecord,
  ObservationRecord,
  ProbeAnswer,
  ProbeRecord,
  StepRecord,
} from '../../model/drill/record.ts';
import { toleranceInWords } from './steady-state.ts';

export interface Judged {
  readonly hypothesis: readonly ProbeRecord[];
  readonly steps: readonly StepRecord[];
  readonly halted?: HaltRecord;
  readonly faults: readonly FaultRecord[];
  readonly observations: readonly ObservationRecord[];
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly because?: string;
}

/**
 * In this order: a target that was left worse off fails whatever was measured; one that was never in its steady state tells nothing; what was measured
 * out of its bounds, or the steady state left, fails whatever else could not be told; a broken drill is an error; a run that ended early, or
 * without all of its data, tells nothing.
 */
export function verdict(run: Judged): Verdict {
  return (
    leftWorseOff(run) ??
    neverSteady(run) ??
    missed(run) ??
    unsteadyMeanwhile(run) ??
    brokeOff(run) ??
    withoutData(run) ?? { outcome: 'pass' }
  );
}

function leftWorseOff({ faults, hypothesis }: Judged): Verdict | undefined {
  const kept = faults.find(({ undoneMs }) => undoneMs === undefined);
  if (kept !== undefined)
    return { outcome: 'fail', because: `it could not ${kept.undo} afterwards: ${kept.error ?? 'not tried'}` };
  const unsteady = hypothesis.find(({ after }) => after !== undefined && !after.met);
  if (unsteady?.before?.met !== true || unsteady.after === undefined) return undefined;
  return { outcome: 'fail', because: `the steady state did not come back: ${said(unsteady, unsteady.after)}` };
}

function neverSteady({ hypothesis, halted }: Judged): Verdict | undefined {
  const never = hypothesis.find(({ before }) => before?.met === false);
  if (never?.before === undefined || halted !== undefined) return undefined;
  return { outcome: 'inconclusive', because: `the target was not in its steady state: ${said(never, never.before)}` };
}

/** A number out of its bounds. Where there is no number nothing was missed: nobody knows. */
export function isMissed(observation: ObservationRecord): boolean {
  return !observation.met && hasData(observation);
}

export function hasData({ value }: ObservationRecord): boolean {
  return Number.isFinite(value);
}

function missed({ observations }: Judged): Verdict | undefined {
  const words = observations.filter(isMissed).map(inWords);
  if (words.length === 0) return undefined;
  const shown = words.slice(0, 3).join('; ');
  return { outcome: 'fail', because: words.length > 3 ? `${shown}; and ${words.length - 3} more` : shown };
}

function unsteadyMeanwhile({ hypothesis }: Judged): Verdict | undefined {
  for (const probe of hypothesis) {
    const left = probe.during === 'hold' ? probe.samples.find(({ met }) => !met) : undefined;
    if (left !== undefined)
      return {
        outcome: 'fail',
        because: `the steady state was left: ${said(probe, left)}, ${left.atMs.toFixed(0)} ms in`,
      };
  }
  return undefined;
}

function brokeOff({ steps, halted }: Judged): Verdict | undefined {
  const failed = steps.find(({ outcome }) => outcome === 'failed');
  if (failed !== undefined) return { outcome: 'error', because: `"${failed.name}" broke: ${failed.error}` };
  if (halted !== undefined)
    return { outcome: 'inconclusive', because: `halted by "${halted.name}": ${halted.because}` };
  const ended = steps.find(({ outcome }) => outcome !== 'done');
  if (ended === undefined) return undefined;
  return {
    outcome: 'inconclusive',
    because: `"${ended.name}" did not come to an end: ${ended.error ?? ended.outcome}`,
  };
}

function withoutData({ observations, hypothesis }: Judged): Verdict | undefined {
  if (observations.length === 0) return { outcome: 'inconclusive', because: 'it measured nothing' };
  const nothing = observations.find((one) => !hasData(one));
  if (nothing !== undefined) return { outcome: 'inconclusive', because: `there is no data for ${nothing.name}` };
  if (!observations.some(isBounded) && !hypothesis.some(({ during }) => during === 'hold'))
    return { outcome: 'inconclusive', because: 'nothing that it measured is held to a bound' };
  const unasked = hypothesis.find(
    ({ before, after, during, samples }) =>
      before === undefined || after === undefined || (during === 'hold' && samples.length === 0),
  );
  if (unasked === undefined) return undefined;
  return { outcome: 'inconclusive', because: `"${unasked.name}" of the steady state was not asked each time` };
}

/** A probe that could not be asked meanwhile has left the steady state as well: nobody knows that it held. */
function said({ name, unit, tolerance }: ProbeRecord, { value, error }: ProbeAnswer): string {
  const wanted = toleranceInWords(tolerance);
  return value === undefined
    ? `${name} could not be measured (${error ?? 'no answer'})`
    : `${name} is ${figure(value)} ${unit}, and should be ${wanted}`;
}

function inWords({ name, value, unit, atMost, atLeast, is, detail, subject }: ObservationRecord): string {
  const bounds = [
    ...(is === undefined ? [] : [`exactly ${is}`]),
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ].join(' and ');
  const whose = subject === undefined ? '' : ` of ${subject}`;
  return `${name}${whose} is ${figure(value)} ${unit}, and should be ${bounds}${detail === undefined ? '' : ` (${detail})`}`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

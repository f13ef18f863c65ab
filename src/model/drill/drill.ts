/**
 * A drill: the dynamic half of a control. It is data plus steps. `plan` says, without touching anything, what would be done to whom: the
 * hypothesis that must hold before, during and after, the steps, when to halt, and what is predicted. The engine in `src/drills/` runs it,
 * journals each fault before it happens, undoes it afterwards, and makes the observations evidence.
 */
import type { ZodType } from 'zod';
import type { Observation } from '../evidence.ts';
import type { Spec } from '../spec.ts';
import type { Capabilities, CapabilityName } from './capabilities.ts';

/** A subject of the control as the drill is asked about it, with what its query answered and its resolved params. */
export interface DrillSubject<I, P> {
  /** `store/orders` */
  readonly id: string;
  readonly name: string;
  readonly input: I;
  readonly params: P;
}

/** What a drill may plan from. Whatever it decides by must come from a subject's input or params, or drift goes unseen. */
export interface DrillInput<I, P, Q> {
  readonly subjects: readonly DrillSubject<I, P>[];
  /** The drill's own parameters, as given with `--param` or by default. */
  readonly parameters: Q;
  readonly spec: Spec;
}

export interface Drill<I, P, Q, N extends CapabilityName> {
  /** One sentence: what is done to what. */
  readonly summary: string;
  /** How far it reaches: what is touched, who would notice, for how long. */
  readonly blastRadius: string;
  /** What it uses of a target. Where one is not offered the drill is inconclusive there. */
  readonly needs: readonly N[];
  /** Settings of a run with a default and a description each; a `z.object`. What decides the outcome is a param of the control instead. */
  readonly parameters: ZodType<Q>;
  plan(input: DrillInput<I, P, Q>): DrillPlan<N>;
}

/** The drill of a control with its types erased, as catalog and engine hold it. */
export type AnyDrill = Drill<unknown, unknown, unknown, CapabilityName>;

/** What would be run, and the subjects that this drill cannot speak for, each with the reason. A subject in neither is a mistake. */
export interface DrillPlan<N extends CapabilityName = CapabilityName> {
  readonly runs: readonly Rehearsal<N>[];
  readonly left?: readonly { readonly subject: string; readonly because: string }[];
}

/** One experiment. Its observations speak for its subjects, all of them unless an observation names one. */
export interface Rehearsal<N extends CapabilityName = CapabilityName> {
  /** What is rehearsed, to follow "rehearsing": `the restore of orders`. */
  readonly name: string;
  readonly subjects: readonly string[];
  /** The steady state: asked before anything is done, and again after everything is undone. */
  readonly hypothesis: readonly Probe<N>[];
  readonly method: readonly Step<N>[];
  /** Asked again and again while the method runs; one that says why ends the run at once. */
  readonly halts?: readonly Halt<N>[];
  readonly predictions?: readonly Prediction[];
}

/** A part of the steady state: one number within a tolerance. One that cannot be measured was never in it. */
export interface Probe<N extends CapabilityName = CapabilityName> {
  readonly name: string;
  readonly unit: string;
  readonly timeoutMs: number;
  readonly tolerance: Tolerance;
  /**
   * Asked while the method runs, too: `hold` fails the drill when it is ever outside, `watch` records it for the time line. Default: only
   * before and after. Before and after it may take up to `settleMs` (default 30 s) to come into its tolerance. One that throws {@link NotThere}
   * is not asked again.
   */
  readonly during?: { readonly everyMs: number; readonly must: 'hold' | 'watch' };
  readonly settleMs?: number;
  measure(context: ProbeContext<N>): Promise<number>;
}

/** At least one bound. Both are included. */
export interface Tolerance {
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Step<N extends CapabilityName = CapabilityName> {
  /** Imperative: `stop the primary`. */
  readonly name: string;
  /** `fault`: the target is worse off from here on. `measure`: numbers are taken. `act`: anything else. For the time line and the dry run. */
  readonly kind: 'act' | 'fault' | 'measure';
  /** Longer means that the step does not end: the run is over, inconclusive. What the target promises in time is an observation instead. */
  readonly timeoutMs: number;
  run(context: StepContext<N>): Promise<void>;
}

export interface Halt<N extends CapabilityName = CapabilityName> {
  readonly name: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Why to stop now; `undefined` to go on. One that throws stops the run, too. */
  when(context: ProbeContext<N>): Promise<string | undefined>;
}

/** What a formula says an observation of that name will be, printed beside the measurement. */
export interface Prediction {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The formula with its numbers. */
  readonly because: string;
}

export interface ProbeContext<N extends CapabilityName = CapabilityName> {
  readonly target: Pick<Capabilities, N>;
  /** Id of the run. */
  readonly run: string;
  /** Aborted when the time of the step or probe is up, or the run halts. */
  readonly signal: AbortSignal;
}

export interface StepContext<N extends CapabilityName = CapabilityName> extends ProbeContext<N> {
  /** Records a measurement. A value that is not finite is no data: the run ends inconclusive. */
  observe(observation: Measured): void;
  /** Marks a moment on the time line: `page received`. */
  mark(what: string): void;
  /** Keeps raw measurements beside the evidence, as JSON: samples, curves, listings. Never secrets. */
  keep(name: string, data: unknown): void;
  /** A word on the progress, for a person who waits. */
  say(text: string): void;
  /** Of a subject that this target shows nothing of, and why: unless something is observed of it by its name, that is its verdict. */
  leave(subject: string, because: string): void;
  /** Milliseconds since the run began, of the monotonic clock. */
  now(): number;
}

/** A measurement; `met` follows from `target` unless there is no number to hold it against. */
export interface Measured {
  /** Stable, in the field's terms: `rto`, `acknowledged writes lost`. Also the key of its prediction. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The bound, and on which side of it the value must be; `is` wants equality. */
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly is?: number;
  /** Only where one of several subjects is meant. */
  readonly subject?: string;
  /** What was seen, where a number alone does not help who must mend it. */
  readonly detail?: string;
  /** What a formula says it will be, where only the target itself tells what goes into it; otherwise a {@link Prediction} of the plan. */
  readonly predicted?: number;
}

/** Thrown by a step that cannot tell: the target does not answer, the load generator was the bottleneck. The run ends inconclusive. */
export class CannotTell extends Error {
  constructor(because: string, options: { cause?: unknown } = {}) {
    super(because, options);
    this.name = 'CannotTell';
  }
}

/** Nothing of the kind is in the target, now or later: a probe that throws it is not asked again. */
export class NotThere extends CannotTell {
  constructor(because: string) {
    super(because);
    this.name = 'NotThere';
  }
}

export type Outcome = 'pass' | 'fail' | 'inconclusive' | 'error';

/** Whether it is held against a number. What is not is told, and decides nothing. */
export function isBounded({
  atMost,
  atLeast,
  is,
}: {
  readonly [Bound in 'atMost' | 'atLeast' | 'is']?: number | undefined;
}): boolean {
  return atMost !== undefined || atLeast !== undefined || is !== undefined;
}

/** Whether a measurement is within its bounds. One without a bound informs, and is always met. */
export function isMet({ value, atMost, atLeast, is }: Measured): boolean {
  return (
    (atMost === undefined || value <= atMost) &&
    (atLeast === undefined || value >= atLeast) &&
    (is === undefined || value === is)
  );
}

/** The measurement as evidence keeps it. */
export function toObservation(measured: Measured, predicted = measured.predicted): Observation {
  const { name, value, unit, atMost, atLeast, is } = measured;
  const target = is ?? atMost ?? atLeast;
  return {
    name,
    value,
    unit,
    ...(target === undefined ? {} : { target }),
    ...(predicted === undefined ? {} : { predicted }),
    met: isMet(measured),
  };
}

/** Identity helper that infers the types of a drill from its parts. */
export function defineDrill<I, P, Q, const N extends CapabilityName>(drill: Drill<I, P, Q, N>): Drill<I, P, Q, N> {
  return drill;
}

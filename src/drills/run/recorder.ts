/** Writes down what happens in a run, tells who watches, and makes the record of it. */
import { isMet, toObservation, type Measured, type Probe } from '../../model/drill/drill.ts';
import type {
  FaultRecord,
  HaltRecord,
  LeftRecord,
  MarkRecord,
  ObservationRecord,
  ProbeAnswer,
  RawRecord,
  RunEvent,
  RunRecord,
  StepRecord,
} from '../../model/drill/record.ts';
import type { Fault } from '../journal/journal.ts';
import type { Target } from '../target.ts';
import { keepRaw } from './raw.ts';
import type { Rehearsed } from './rehearse.ts';
import { verdict } from './verdict.ts';

export interface Recorder {
  /** Milliseconds since the run began. */
  now(): number;
  phase(phase: 'before' | 'method' | 'undo' | 'after'): void;
  answered(probe: Probe, answer: ProbeAnswer, when: 'before' | 'meanwhile' | 'after'): void;
  stepBegan(name: string, kind: StepRecord['kind'], index: number, count: number): void;
  stepEnded(step: StepRecord): void;
  observed(step: string, measured: Measured): void;
  marked(what: string): void;
  said(text: string): void;
  left(subject: string, because: string): void;
  kept(name: string, data: unknown): void;
  fault(fault: Fault): void;
  halted(name: string, because: string): void;
  /** What is known of the run now, with its verdict. */
  record(faults: readonly Fault[]): RunRecord;
}

export function startRecord(
  id: string,
  folder: string,
  rehearsed: Rehearsed,
  target: Pick<Target, 'environment' | 'identity'>,
  watch: (event: RunEvent) => void,
): Recorder {
  const { rehearsal } = rehearsed;
  const began = performance.now();
  const startedAt = new Date();
  const answers = rehearsal.hypothesis.map(() => ({ samples: [] as ProbeAnswer[] }) as Answers);
  const steps: StepRecord[] = [];
  const marks: MarkRecord[] = [];
  const observations: ObservationRecord[] = [];
  const left: LeftRecord[] = [];
  const raw: RawRecord[] = [];
  let halt: HaltRecord | undefined;
  const now = (): number => performance.now() - began;

  return {
    now,
    phase: (phase) => watch({ kind: 'phase', atMs: now(), phase }),
    answered(probe, answer, when) {
      const own = answers[rehearsal.hypothesis.indexOf(probe)]!;
      if (when === 'meanwhile') own.samples.push(answer);
      // The last answer decides: earlier ones were of a system that had not settled.
      else own[when] = answer;
      watch({ kind: 'probe', atMs: now(), probe: probe.name, unit: probe.unit, answer });
    },
    stepBegan: (step, of, index, count) => watch({ kind: 'step', atMs: now(), step, of, index, count }),
    stepEnded(step) {
      steps.push(step);
      watch({ kind: 'step-ended', atMs: now(), step });
    },
    observed(step, measured) {
      const observation = toRecord(measured, step, now(), rehearsed);
      observations.push(observation);
      watch({ kind: 'observed', atMs: now(), observation });
    },
    marked(what) {
      marks.push({ what, atMs: now() });
      watch({ kind: 'mark', atMs: now(), what });
    },
    said: (text) => watch({ kind: 'said', atMs: now(), text }),
    left(subject, because) {
      if (!left.some((one) => one.subject === subject)) left.push({ subject, because });
      watch({ kind: 'said', atMs: now(), text: `${subject}: ${because}` });
    },
    kept: (name, data) => void raw.push(keepRaw(folder, name, data, now(), raw.length)),
    fault({ describe: undo, error, undoneAt }) {
      if (undoneAt === undefined && error === undefined) watch({ kind: 'fault', atMs: now(), undo });
      else watch({ kind: 'undone', atMs: now(), undo, ...(error === undefined ? {} : { error }) });
    },
    halted(name, because) {
      halt = { name, atMs: now(), because };
      watch({ kind: 'halted', atMs: now(), halt });
    },
    record,
  };

  function record(faults: readonly Fault[]): RunRecord {
    const { control, summary, blastRadius, parameters } = rehearsed;
    const judged = {
      hypothesis: rehearsal.hypothesis.map(({ name, unit, tolerance, during }, index) => ({
        name,
        unit,
        tolerance,
        ...(during === undefined ? {} : { during: during.must }),
        ...answers[index]!,
      })),
      steps: [...steps, ...leftOut()],
      ...(halt === undefined ? {} : { halted: halt }),
      faults: faults.map((fault) => faultRecord(fault, began)),
      observations,
    };
    return {
      id,
      control,
      name: rehearsal.name,
      subjects: rehearsal.subjects,
      summary,
      blastRadius,
      parameters,
      target: { environment: target.environment, identity: target.identity },
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      durationMs: now(),
      ...verdict(judged),
      ...judged,
      ...(left.length === 0 ? {} : { left }),
      marks,
      predictions: rehearsal.predictions ?? [],
      raw,
    };
  }

  function leftOut(): StepRecord[] {
    return rehearsal.method.slice(steps.length).map(({ name, kind }) => ({ name, kind, outcome: 'left-out' }));
  }
}

interface Answers {
  before?: ProbeAnswer;
  readonly samples: ProbeAnswer[];
  after?: ProbeAnswer;
}

function toRecord(measured: Measured, step: string, atMs: number, { rehearsal }: Rehearsed): ObservationRecord {
  const { name, atMost, atLeast, is, subject, detail } = measured;
  const predicted = rehearsal.predictions?.find((one) => one.name === name)?.value;
  return {
    ...toObservation(measured, predicted),
    met: Number.isFinite(measured.value) && isMet(measured),
    atMs,
    step,
    ...(atMost === undefined ? {} : { atMost }),
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(is === undefined ? {} : { is }),
    ...(subject === undefined ? {} : { subject }),
    ...(detail === undefined ? {} : { detail }),
  };
}

function faultRecord({ undo, describe, notedAt, undoneAt, error }: Fault, began: number): FaultRecord {
  return {
    kind: undo.kind,
    undo: describe,
    atMs: notedAt - began,
    ...(undoneAt === undefined ? {} : { undoneMs: undoneAt - began }),
    ...(error === undefined ? {} : { error }),
  };
}

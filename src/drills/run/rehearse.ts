/**
 * Runs one rehearsal: is the target in its steady state, then the method with the steady state and the halts watched meanwhile, then
 * everything is undone, and is it in its steady state again. Whatever happens, a record comes out, and nothing of the run is left.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CannotTell, type Probe, type Rehearsal, type Step, type StepContext } from '../../model/drill/drill.ts';
import type { RunEvent, RunRecord, StepRecord } from '../../model/drill/record.ts';
import { openJournal, type Journal } from '../journal/journal.ts';
import { lockRun } from '../journal/recover.ts';
import type { Target } from '../target.ts';
import { startWatchdog } from '../watchdog/start.ts';
import { startRecord, type Recorder } from './recorder.ts';
import { makeScratch, scratchOf } from './scratch.ts';
import { askMeanwhile, repeat, settle, type Asking } from './steady-state.ts';
import { TimeIsUp, within } from './within.ts';

/** A rehearsal, and what of its drill the record repeats. */
export interface Rehearsed {
  readonly control: string;
  readonly summary: string;
  readonly blastRadius: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly rehearsal: Rehearsal;
}

export interface RunOptions {
  readonly target: Target;
  /** Folder of all runs, `.launchgate/drills`: journals and raw measurements, one folder for each run. */
  readonly drills: string;
  /** A person's wish to stop: the run halts, and undoes. Undoing is never interrupted. */
  readonly signal: AbortSignal;
  readonly watch?: (event: RunEvent) => void;
}

/** One run that is under way. */
interface Run {
  readonly id: string;
  readonly rehearsal: Rehearsal;
  readonly target: Target;
  readonly journal: Journal;
  readonly record: Recorder;
  /** Aborted once, by the first halt. */
  readonly halt: AbortController;
}

/** Runs it and answers what is known of it then. Throws only where it could not even begin: nothing was done to the target. */
export async function rehearse(rehearsed: Rehearsed, options: RunOptions): Promise<RunRecord> {
  const { target, drills, signal, watch = () => undefined } = options;
  const id = randomBytes(6).toString('hex');
  const folder = join(drills, id);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await lockRun(folder, 0);
  const record = startRecord(id, folder, rehearsed, target, watch);
  const { control, rehearsal } = rehearsed;
  const journal = openJournal({ folder, id, control, target: target.identity, watch: record.fault });
  const run: Run = { id, rehearsal, target, journal, record, halt: new AbortController() };
  const watchdog = await startWatchdog(folder, id);
  const interrupt = (): void => stop(run, 'interrupted', 'a person stopped it');
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    if (signal.aborted) interrupt();
    await openScratch(run);
    const steady = await isSteady(run);
    if (steady) await perform(run);
    await undo(run);
    if (steady) await isSteadyAgain(run);
    return record.record(journal.faults);
  } finally {
    signal.removeEventListener('abort', interrupt);
    watchdog.release();
    await lock.release();
  }
}

/** The first entries of the journal: whatever else happens, no process and no file of the run stays. */
async function openScratch({ id, journal }: Run): Promise<void> {
  const folder = scratchOf(id);
  await journal.before({ kind: 'remove-folder', data: { folder } });
  makeScratch(folder);
  await journal.before({ kind: 'end-processes', data: { run: id } });
}

/** The first probe that is not within its tolerance decides: nothing is done to a target that is not well. */
async function isSteady(run: Run): Promise<boolean> {
  run.record.phase('before');
  for (const probe of run.rehearsal.hypothesis) {
    const answer = await settle(
      probe,
      asking(run, run.halt.signal, (one, said) => run.record.answered(one, said, 'before')),
    );
    if (!answer.met) return false;
  }
  return !run.halt.signal.aborted;
}

async function isSteadyAgain(run: Run): Promise<void> {
  run.record.phase('after');
  const never = new AbortController().signal;
  for (const probe of run.rehearsal.hypothesis)
    await settle(
      probe,
      asking(run, never, (one, said) => run.record.answered(one, said, 'after')),
    );
}

async function perform(run: Run): Promise<void> {
  const { rehearsal, record, halt } = run;
  record.phase('method');
  const over = new AbortController();
  const meanwhile = askMeanwhile(
    rehearsal.hypothesis,
    asking(run, halt.signal, (probe, answer) => record.answered(probe, answer, 'meanwhile')),
  );
  const halts = watchHalts(run, over.signal);
  await takeSteps(run);
  // What was asked last is still asked of a target that is worse off, so the halts are watched until it is answered.
  await meanwhile.stop();
  over.abort();
  await halts;
}

async function takeSteps(run: Run): Promise<void> {
  const { method } = run.rehearsal;
  for (const [index, step] of method.entries()) {
    if (run.halt.signal.aborted) return;
    run.record.stepBegan(step.name, step.kind, index, method.length);
    const taken = await takeStep(run, step);
    run.record.stepEnded(taken);
    if (taken.outcome !== 'done') return;
  }
}

async function takeStep(run: Run, step: Step): Promise<StepRecord> {
  const { record, halt } = run;
  const base = { name: step.name, kind: step.kind, startedMs: record.now() };
  try {
    await within(step.timeoutMs, halt.signal, (signal) => step.run(stepContext(run, step, signal)));
    return { ...base, endedMs: record.now(), outcome: 'done' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...base, endedMs: record.now(), outcome: howItEnded(run, error), error: message };
  }
}

function howItEnded({ halt }: Run, error: unknown): StepRecord['outcome'] {
  if (halt.signal.aborted) return 'stopped';
  if (error instanceof TimeIsUp) return 'timed-out';
  return error instanceof CannotTell ? 'cannot-tell' : 'failed';
}

/** A halt that cannot be asked stops the run as well: nobody knows whether it should go on. */
async function watchHalts(run: Run, over: AbortSignal): Promise<void> {
  const until = AbortSignal.any([over, run.halt.signal]);
  const ask = async ({ name, timeoutMs, when }: NonNullable<Rehearsal['halts']>[number]): Promise<void> => {
    try {
      const because = await within(timeoutMs, until, (signal) => when(probeContext(run, signal)));
      if (because !== undefined) stop(run, name, because);
    } catch (error) {
      if (!until.aborted)
        stop(run, name, `it cannot be asked: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  await Promise.all((run.rehearsal.halts ?? []).map((halt) => repeat(halt.everyMs, until, () => ask(halt))));
}

async function undo({ record, journal }: Run): Promise<void> {
  record.phase('undo');
  await journal.undoAll();
  journal.close();
}

function stop({ halt, record }: Run, name: string, because: string): void {
  if (halt.signal.aborted) return;
  record.halted(name, because);
  halt.abort(new Error(`halted by "${name}": ${because}`));
}

function probeContext({ id, target, journal }: Run, signal: AbortSignal) {
  return { target: target.capabilities({ signal, undo: journal, run: id, scratch: scratchOf(id) }), run: id, signal };
}

function stepContext(run: Run, step: Step, signal: AbortSignal): StepContext {
  const { record } = run;
  return {
    ...probeContext(run, signal),
    observe: (measured) => record.observed(step.name, measured),
    mark: record.marked,
    keep: record.kept,
    say: record.said,
    leave: record.left,
    now: record.now,
  };
}

function asking(
  run: Run,
  halted: AbortSignal,
  answered: (probe: Probe, answer: Parameters<Asking['answered']>[1]) => void,
): Asking {
  return { now: run.record.now, halted, context: (signal) => probeContext(run, signal), answered };
}

/** Runs drills on a target, one after the other, and makes what they say evidence. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from '../../adapters/file-lock.ts';
import { recoverAll, type Recovered } from '../../drills/journal/recover.ts';
import { rehearse } from '../../drills/run/rehearse.ts';
import type { Target } from '../../drills/target.ts';
import type { DrillPlan } from '../../model/drill/drill.ts';
import type { RunEvent, RunRecord } from '../../model/drill/record.ts';
import { countOutcomes, worstOutcome, type DrillReport, type DrillResult } from '../../model/drill/report.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { Binding } from '../../engine/bind.ts';
import type { PlatformFacts } from '../../model/platform.ts';
import { subjectId } from '../../model/control.ts';
import { ledgerFolder } from '../ledger.ts';
import type { Project } from '../project.ts';
import { RUNS_FOLDER } from './evidence.ts';
import { parseParameters } from './parameters.ts';
import { plain, type Recording } from './recording.ts';
import { subjectsOf, toSubject, type BoundDrill } from './subjects.ts';
import { verdictsOf, type Verdict } from './verdicts.ts';

export type DrillEvent =
  | { readonly kind: 'recovered'; readonly recovered: Recovered }
  /** A policy and a ledger were started: what is to be known of them. */
  | { readonly kind: 'founded'; readonly lines: readonly string[] }
  | {
      readonly kind: 'drill';
      readonly drill: string;
      readonly title: string;
      readonly index: number;
      readonly count: number;
    }
  | { readonly kind: 'run'; readonly name: string }
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'result'; readonly result: DrillResult };

/** A subject that cannot be drilled here, and why. */
export interface LeftSubject {
  readonly subject: string;
  readonly because: string;
}

export interface DrillRun {
  readonly project: Project;
  readonly facts: PlatformFacts;
  readonly drills: readonly BoundDrill[];
  readonly target: Target;
  /** Subjects that are not there in this target, each with the reason. */
  readonly absent: readonly LeftSubject[];
  readonly parameters: Readonly<Record<string, string>>;
  /** Absent: nothing becomes evidence, and the report says why. */
  readonly recording: Recording | { readonly unrecorded: string };
  readonly signal: AbortSignal;
  readonly watch: (event: DrillEvent) => void;
  readonly now: () => Date;
}

/** Folder of all runs of a project: journals, records and raw measurements. */
export function runsFolder(project: Project): string {
  return join(ledgerFolder(project), RUNS_FOLDER);
}

/**
 * Finishes what an earlier run left, then runs each drill. One target is drilled by one run at a time. Where a drill leaves the target other than
 * it was, and a second try does not mend it, those after it are not run: they would measure that. Throws `usage` where leftovers cannot be undone.
 */
export async function runDrills(run: DrillRun): Promise<DrillReport> {
  const { project, facts, drills, target, watch, now } = run;
  const startedAt = now().toISOString();
  const lock = await lockTarget(project);
  try {
    await finishLeftovers(project, watch);
    const results: DrillResult[] = [];
    let left: string | undefined;
    for (const [index, bound] of drills.entries()) {
      const { id, title } = bound;
      watch({ kind: 'drill', drill: id, title, index, count: drills.length });
      const result = await runOne(run, bound, left);
      results.push(result);
      watch({ kind: 'result', result });
      left ??= await leftBy(result, run);
    }
    return {
      apiVersion: 'launchgate/v1',
      kind: 'DrillReport',
      platform: facts.name,
      target: { environment: target.environment, identity: target.identity },
      startedAt,
      finishedAt: now().toISOString(),
      outcome: worstOutcome(results.map(({ outcome }) => outcome)),
      summary: countOutcomes(results.map(({ outcome }) => outcome)),
      drills: results,
      ...('unrecorded' in run.recording ? { unrecorded: run.recording.unrecorded } : {}),
    };
  } finally {
    await lock.release();
  }
}

async function lockTarget(project: Project) {
  mkdirSync(runsFolder(project), { recursive: true, mode: 0o700 });
  try {
    return await lockFile(join(runsFolder(project), 'lock'), 0);
  } catch (cause) {
    if (!(cause instanceof LaunchgateError) || cause.code !== 'ledger-locked') throw cause;
    throw new LaunchgateError('usage', 'another drill of this platform is running', {
      cause,
      next: 'Wait until it ends: two drills on one target would measure each other.',
    });
  }
}

async function finishLeftovers(project: Project, watch: DrillRun['watch']): Promise<void> {
  const stuck = await recover(project, watch);
  if (stuck === undefined) return;
  throw new LaunchgateError('usage', `an earlier run left "${stuck.undo}" undone: ${stuck.error}`, {
    next: 'Mend it, then run "launchgate drill cleanup".',
  });
}

/** What the drill left undone although it was tried once more; `undefined`: nothing. */
async function leftBy({ drill, runs }: DrillResult, { project, watch }: DrillRun): Promise<string | undefined> {
  if (!runs.some(isLeft)) return undefined;
  const stuck = await recover(project, watch);
  return stuck === undefined ? undefined : `${drill} left "${stuck.undo}" undone: ${stuck.error}`;
}

/** The first fault that cannot be taken back, if any. */
async function recover(project: Project, watch: DrillRun['watch']): Promise<Recovered | undefined> {
  const all = await recoverAll(runsFolder(project), 'cleanup');
  for (const recovered of all) watch({ kind: 'recovered', recovered });
  return all.find(({ error }) => error !== undefined);
}

function isLeft({ faults }: RunRecord): boolean {
  return faults.some(({ undoneMs }) => undoneMs === undefined);
}

async function runOne(run: DrillRun, bound: BoundDrill, left: string | undefined): Promise<DrillResult> {
  const startedAt = run.now().toISOString();
  const subjects = subjectsOf(bound);
  const told = await ask(run, bound, left);
  const verdicts: readonly Verdict[] =
    'plan' in told
      ? verdictsOf(subjects, told.records, [...run.absent, ...(told.plan.left ?? [])], told.plan.runs)
      : subjects.map((subject) => ({ subject, ...told, observations: [], runs: [] }));
  const records = 'plan' in told ? told.records : [];
  const broken = 'plan' in told ? told.broken : undefined;
  const span = { startedAt, finishedAt: run.now().toISOString() };
  const kept =
    'unrecorded' in run.recording || run.signal.aborted
      ? verdicts.map(plain)
      : await run.recording.keep(bound, verdicts, records, run.target, span);
  const outcome = worstOutcome([
    ...kept.map((one) => one.outcome),
    ...(broken === undefined ? [] : ['error' as const]),
  ]);
  const because =
    broken ?? kept.find((one) => one.outcome === outcome)?.because ?? ('because' in told ? told.because : undefined);
  return {
    drill: bound.id,
    title: bound.title,
    outcome,
    ...(outcome === 'pass' || because === undefined ? {} : { because }),
    runs: records,
    verdicts: kept,
  };
}

interface Told {
  readonly plan: DrillPlan;
  readonly records: readonly RunRecord[];
  /** Why a rehearsal could not begin. */
  readonly broken?: string;
}
interface Untold {
  readonly outcome: 'inconclusive' | 'error';
  readonly because: string;
}

/** Plans and rehearses; or why that cannot be. */
async function ask(
  run: DrillRun,
  { id, drill, bindings, alone }: BoundDrill,
  left: string | undefined,
): Promise<Told | Untold> {
  const { target, signal } = run;
  const untold = (because: string): Untold => ({ outcome: 'inconclusive', because });
  if (signal.aborted) return untold('it was not run: a person stopped the drills');
  if (left !== undefined) return untold(`it was not run: ${left}`);
  if (bindings.length === 0 && alone === undefined) return untold('the platform has nothing that it could be about');
  const lacking = drill.needs.filter((need) => !target.offers.has(need));
  if (lacking.length > 0) return untold(`${target.environment} does not offer ${lacking.join(', ')}`);
  const there = presentOf(bindings, run.absent);
  if (there.length === 0 && alone === undefined) return { plan: { runs: [] }, records: [] };
  const parameters = parseParameters(id, drill, run.parameters);
  let plan: DrillPlan;
  try {
    plan = drill.plan({ subjects: there.map(toSubject), parameters, spec: run.facts.spec });
  } catch (error) {
    return { outcome: 'error', because: `it could not be planned: ${messageOf(error)}` };
  }
  const records: RunRecord[] = [];
  for (const rehearsal of plan.runs) {
    if (signal.aborted || records.some(isLeft)) break;
    run.watch({ kind: 'run', name: rehearsal.name });
    try {
      records.push(
        await rehearse(
          { control: id, summary: drill.summary, blastRadius: drill.blastRadius, parameters, rehearsal },
          { target, drills: runsFolder(run.project), signal, watch: (event) => run.watch({ kind: 'event', event }) },
        ),
      );
    } catch (error) {
      return { plan, records, broken: `the rehearsal of ${rehearsal.name} could not begin: ${messageOf(error)}` };
    }
  }
  return { plan, records };
}

/** The subjects that the target has. */
export function presentOf(bindings: readonly Binding[], absent: readonly LeftSubject[]): Binding[] {
  return bindings.filter(({ subject }) => !absent.some((one) => one.subject === subjectId(subject)));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One lab for all suites of drills, and how they run one on it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verdictsOf, type Verdict } from '../../src/app/drill/verdicts.ts';
import { policiesOf } from '../../src/app/lab.ts';
import { findProject } from '../../src/app/project.ts';
import { rehearse } from '../../src/drills/run/rehearse.ts';
import type { Target } from '../../src/drills/target.ts';
import { labTarget } from '../../src/drills/targets/lab/index.ts';
import type { DrillPlan, Outcome } from '../../src/model/drill/drill.ts';
import type { ObservationRecord, RunRecord } from '../../src/model/drill/record.ts';
import { worstOutcome } from '../../src/model/drill/report.ts';
import { subjectId } from '../../src/model/control.ts';
import { SPEC, startPlatform, type Platform } from '../lab/platform/platform.ts';
import { planDrill } from './planned.ts';

/** What came of a drill. */
export interface Rehearsal {
  readonly outcome: Outcome;
  /** Reasons of the runs that did not pass, joined. */
  readonly because: string;
  readonly runs: readonly RunRecord[];
  readonly verdicts: readonly Verdict[];
  /** The observation of that name; throws where there is none. */
  observation(name: string): ObservationRecord;
}

export interface DrillLab {
  readonly platform: Platform;
  readonly target: Target;
  /** Folder that runs are kept in. */
  readonly runs: string;
  /** What the drill would do with these parameters. */
  plan(control: string, parameters?: Readonly<Record<string, unknown>>): Promise<DrillPlan>;
  /** Runs it; of its rehearsals only those that are named so, where `only` is given. */
  run(control: string, options?: DrillOptions): Promise<Rehearsal>;
  stop(): Promise<void>;
}

export interface DrillOptions {
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Params of the control as a policy would set them: stricter bounds, so that what is broken need not be waited for so long. */
  readonly floors?: Readonly<Record<string, unknown>>;
  readonly only?: RegExp;
  readonly signal?: AbortSignal;
}

/** Starts the lab, or takes the one of `LAUNCHGATE_TEST_LAB`, which is left running. */
export async function startDrillLab(): Promise<DrillLab> {
  const platform = await startPlatform();
  const target = labTarget(platform.open, () => policiesOf(findProject(process.cwd(), undefined, SPEC)));
  const runs = mkdtempSync(join(tmpdir(), 'launchgate-drills-'));

  return {
    platform,
    target,
    runs,
    plan: async (control, parameters) => (await planDrill(control, parameters)).plan,
    async run(control, { parameters, floors, only = /./, signal = new AbortController().signal } = {}) {
      const { plan, bindings, rehearsed } = await planDrill(control, parameters, floors);
      const records: RunRecord[] = [];
      for (const rehearsal of plan.runs.filter(({ name }) => only.test(name)))
        records.push(await rehearse(rehearsed(rehearsal), { target, drills: runs, signal }));
      const subjects = bindings.map(({ subject }) => subjectId(subject));
      return summed(records, verdictsOf(subjects, records, plan.left ?? []));
    },
    async stop() {
      rmSync(runs, { recursive: true, force: true });
      await platform.stop();
    },
  };
}

function summed(runs: readonly RunRecord[], verdicts: readonly Verdict[]): Rehearsal {
  const observations = runs.flatMap((run) => run.observations);
  return {
    outcome: worstOutcome(runs.map(({ outcome }) => outcome)),
    because: runs.flatMap(({ because }) => because ?? []).join('; '),
    runs,
    verdicts,
    observation(name) {
      const found = observations.find((one) => one.name === name);
      if (found !== undefined) return found;
      throw new Error(`no "${name}" among ${observations.map((one) => one.name).join(', ') || 'no observations'}`);
    },
  };
}

/**
 * The demo goes on in the lab: the same platform as real processes, a few drills, and the gate that holds for the lab alone. Where the lab
 * cannot start here, it says what is missing.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exclusionStatement, nextPolicy, policyStatement } from '../../gate/statements.ts';
import type { DrillReport } from '../../model/drill/report.ts';
import { LaunchgateError } from '../../model/errors.ts';
import { LAB } from '../../model/policy-rules.ts';
import type { Decision } from '../../model/report.ts';
import { renderDrillHtml } from '../../report/drill/html.ts';
import { drillCounts, lasting, OUTCOME_WORDS } from '../../report/drill/summary.ts';
import { decideGate } from '../decide.ts';
import { curvesOf } from '../drill/curves.ts';
import { runsFolder } from '../drill/run.ts';
import { drill } from '../drill/session.ts';
import { drillables } from '../drill/subjects.ts';
import { act, openDesk, type Desk } from '../human-acts.ts';
import { readLedger } from '../ledger.ts';
import type { Project } from '../project.ts';

/** What a first visitor waits for: a minute or so, with a fault of each kind. */
const FEW = ['channel-segregation', 'internal-tls', 'restore', 'graceful-shutdown'];
const DAY_MS = 24 * 3600 * 1000;

export interface Rehearsing {
  readonly project: Project;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly all: boolean;
  /** Where the page of the drills is written. */
  readonly page: string;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly say: {
    line(text: string): void;
    rows(rows: readonly (readonly string[])[]): void;
    decision(decision: Decision): void;
  };
}

/** Answers whether drills were run. */
export async function rehearseInLab(demo: Rehearsing): Promise<boolean> {
  const { project, say, signal } = demo;
  const directory = join(project.root, '.launchgate', 'lab');
  const { startLab } = await import('../lab.ts');
  const { down } = await import('../../drills/lab/down.ts');
  try {
    const began = performance.now();
    const changes = { replicas: new Map<string, number>(), off: new Map<string, string[]>() };
    const { state, missing } = await startLab({
      cwd: project.root,
      changes,
      keep: false,
      segmented: false,
      signal,
      watch: () => undefined,
    });
    say.line(`${Object.keys(state.parts).length} real processes are up after ${lasting(performance.now() - began)}.`);
    for (const { part, package: name, loses } of missing) say.line(`Missing: ${name} for ${part}; ${loses}.`);
    await drillAndDecide(demo, directory);
    return true;
  } catch (error) {
    if (!(error instanceof LaunchgateError) || signal.aborted) throw error;
    say.line(`The drills cannot be run here: ${error.message}. ${error.next ?? ''}`.trim());
    return false;
  } finally {
    await down({ directory, keep: false, watch: () => undefined });
  }
}

async function drillAndDecide(demo: Rehearsing, directory: string): Promise<void> {
  const { project, env, say, signal, now } = demo;
  const known = (await drillables()).map(({ control }) => control.meta.id);
  const ids = demo.all ? known : FEW.filter((id) => known.includes(id));
  const desk = await openDesk(project, env, 'default');
  await askForThese(desk, ids);
  const report = await drill({
    project,
    env,
    cwd: project.root,
    ids,
    directory,
    target: LAB,
    parameters: {},
    key: 'default',
    meantProduction: false,
    render: false,
    signal,
    watch: () => undefined,
    now,
  });
  say.rows(
    report.drills.map(({ drill: id, title, outcome, because, runs }) => [
      OUTCOME_WORDS[outcome],
      id,
      because ?? title,
      lasting(runs.reduce((sum, { durationMs }) => sum + durationMs, 0)),
    ]),
  );
  say.line(`${drillCounts(report)}.`);
  writeFileSync(demo.page, renderDrillHtml(report, curvesOf(report, runsFolder(project))));
  await excludeAbsent(desk, report, say, now());
  const { decision } = await decideGate(project, {
    gate: 'lab-rehearsal',
    ledger: await readLedger(project, env),
    now: now(),
    render: false,
    trustPins: true,
  });
  say.decision(decision);
  say.line('That holds for the lab and for nothing else: what a lab proves opens no gate of an environment.');
}

/** The founder's second policy: a rehearsal of these drills. Without it the gate asks for every drill there is. */
async function askForThese(desk: Desk, controls: readonly string[]): Promise<void> {
  const gates = [
    { name: 'lab-rehearsal', environment: LAB, requires: [{ controls: [...controls], halves: ['drill' as const] }] },
  ];
  await act(desk, policyStatement(nextPolicy(desk.trust.policy, { gates })));
}

/** What the lab cannot run is left out with a signature and a reason, for a day, and shows in the decision. */
async function excludeAbsent(desk: Desk, report: DrillReport, say: Rehearsing['say'], now: Date): Promise<void> {
  for (const { drill: control, runs, verdicts } of report.drills) {
    const absent = verdicts.filter(
      ({ subject, outcome }) =>
        outcome === 'inconclusive' && runs.length > 0 && !runs.some((run) => run.subjects.includes(subject)),
    );
    for (const { subject, because } of absent) {
      await act(
        desk,
        exclusionStatement({
          control,
          subject,
          environment: LAB,
          reason: `Not in the lab: ${because ?? 'the drill does not reach it'}`,
          requester: desk.person,
          issuedAt: now.toISOString(),
          expires: new Date(now.getTime() + DAY_MS).toISOString(),
        }),
      );
      say.line(
        `Excluded by signature: ${control} for ${subject}, because ${because ?? 'the drill does not reach it'}.`,
      );
    }
  }
}

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
import type { LeftOut } from '../../drills/lab/plan.ts';
import type { Signer } from '../../model/evidence.ts';
import { record, signerFor } from '../acts.ts';
import { decideGate } from '../decide.ts';
import { curvesOf } from '../drill/curves.ts';
import { runsFolder } from '../drill/run.ts';
import { drill } from '../drill/session.ts';
import { drillables } from '../drill/subjects.ts';
import { act, openDesk, type Desk } from '../human-acts.ts';
import { readLedger } from '../ledger.ts';
import type { Project } from '../project.ts';

/** What a first visitor waits for: seconds each, of five areas. */
const FEW = ['audit-trail', 'break-glass', 'channel-segregation', 'correlation', 'log-pipeline'];
/** Nobody excludes alone. */
const COLLEAGUE = 'colleague';
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
    const { lab, state, missing } = await startLab({
      cwd: project.root,
      changes,
      keep: false,
      segmented: false,
      signal,
      watch: () => undefined,
    });
    say.line(`${Object.keys(state.parts).length} real processes are up after ${lasting(performance.now() - began)}.`);
    for (const { part, package: name, loses } of missing) say.line(`Missing: ${name} for ${part}; ${loses}.`);
    await drillAndDecide(demo, directory, lab.plan.left);
    return true;
  } catch (error) {
    if (!(error instanceof LaunchgateError) || signal.aborted) throw error;
    say.line(`The drills cannot be run here: ${error.message}. ${error.next ?? ''}`.trim());
    return false;
  } finally {
    await down({ directory, keep: false, watch: () => undefined });
  }
}

async function drillAndDecide(demo: Rehearsing, directory: string, left: readonly LeftOut[]): Promise<void> {
  const { project, env, say, signal, now } = demo;
  const known = (await drillables()).map(({ control }) => control.meta.id);
  const ids = demo.all ? known : FEW.filter((id) => known.includes(id));
  const desk = await openDesk(project, env, 'default', () => undefined);
  const colleague = await signerFor(env, COLLEAGUE);
  await askForThese(desk, ids, colleague);
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
  signal.throwIfAborted();
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
  await excludeAbsent(desk, colleague, report, left, say, now());
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

/** The founder's second policy: a rehearsal of these drills, and a colleague. Without it the gate asks for every drill there is. */
async function askForThese(desk: Desk, controls: readonly string[], { keyId, publicKey }: Signer): Promise<void> {
  const { people, keys } = desk.trust.policy.policy;
  const key = { id: keyId, publicKey: Buffer.from(publicKey).toString('base64'), owner: `person/${COLLEAGUE}` };
  const change = {
    people: [...people, { id: COLLEAGUE, name: 'A colleague' }],
    keys: [...keys, key],
    gates: [
      {
        name: 'lab-rehearsal',
        environment: LAB,
        requires: [{ controls: [...controls], halves: ['drill' as const] }],
      },
    ],
  };
  await act(desk, policyStatement(nextPolicy(desk.trust.policy, change)));
}

/** What the lab does not run is left out for a day, with a reason: asked for by the colleague, signed by the founder, shown in the decision. */
async function excludeAbsent(
  desk: Desk,
  colleague: Signer,
  report: DrillReport,
  left: readonly LeftOut[],
  say: Rehearsing['say'],
  now: Date,
): Promise<void> {
  for (const { drill: control, verdicts } of report.drills) {
    for (const { subject, outcome } of verdicts) {
      const because = left.find((one) => one.subject === subject)?.because;
      if (outcome !== 'inconclusive' || because === undefined) continue;
      const exclusion = exclusionStatement({
        control,
        subject,
        environment: LAB,
        reason: `Not in the lab: ${because}`,
        requester: COLLEAGUE,
        issuedAt: now.toISOString(),
        expires: new Date(now.getTime() + DAY_MS).toISOString(),
      });
      await record(desk.project, desk.env, exclusion, [desk.signer, colleague]);
      say.line(`Excluded by two signatures: ${control} for ${subject}, because ${because}.`);
    }
  }
}

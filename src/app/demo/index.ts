import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderDecisionHtml } from '../../report/decision/html.ts';
import type { HumanOptions } from '../../report/context.ts';
import { checkProject } from '../check.ts';
import { decideGate, type Decided } from '../decide.ts';
import { found } from '../found.ts';
import { readLedger } from '../ledger.ts';
import type { Project } from '../project.ts';
import { reportContext } from '../report-context.ts';
import { teller } from './tell.ts';
import { applyMends, copyExample, readMends, type Workspace } from './workspace.ts';

export interface DemoOutput {
  print(text: string): void;
  readonly options: HumanOptions;
  readonly now: () => Date;
}

export interface DemoChoice {
  /** Folder for the copy and the reports; a new temporary one by default. */
  readonly keep?: string;
  /** Which drills are run in the lab at the end. */
  readonly drills: 'none' | 'few' | 'all';
  readonly signal: AbortSignal;
}

/**
 * The whole way on the bundled example: check, gate, a first hour of mending, check and gate again, then drills in the lab and the gate
 * for the lab. Works on a copy with a home of its own. The launch stays a NO-GO, because drills of a real environment, scans and
 * signatures cannot be had by editing files.
 */
export async function runDemo(
  env: Readonly<Record<string, string | undefined>>,
  { keep, drills, signal }: DemoChoice,
  output: DemoOutput,
): Promise<void> {
  const workspace = copyExample(keep, env);
  const project: Project = { root: workspace.root, spec: 'launchgate.yaml' };
  const say = teller(output.print, output.options);
  say.title('A platform that rents out GPU nodes is about to go public');
  say.line(
    `Its repository, copied to ${workspace.root}${workspace.committed ? '' : ' (git is missing, so nothing can be pinned)'}.`,
  );

  say.title('1  What would break: launchgate check');
  const before = (await checkProject(project, { render: false })).report;
  say.breaks(before);

  say.title('2  May it go public: launchgate gate public-launch');
  await found(project, workspace.env, { person: 'you', name: 'You', email: 'you@example.com', key: 'default' });
  const first = await decide(project, workspace, output.now());
  say.decision(first.decision);

  const mends = readMends(workspace.root);
  say.title(`3  A first hour: ${mends.length} corrections`);
  say.mends(mends);
  applyMends(workspace.root, mends);

  say.title('4  The same two questions again');
  const after = (await checkProject(project, { render: false })).report;
  say.difference(before, after);
  const second = await decide(project, workspace, output.now());
  say.decision(second.decision);
  say.line('No edit of a file makes the rest: it wants drills, reports and signatures. That is the point.');

  const page = join(workspace.root, '..', 'report.html');
  writeFileSync(
    page,
    renderDecisionHtml(second.decision, {
      ...(await reportContext(second.facts, workspace.root)),
      check: second.report,
    }),
  );
  const drillsPage = join(workspace.root, '..', 'drills.html');
  const drilled = drills !== 'none' && (await rehearse());

  say.title('Look further');
  say.commands([
    [`cd ${word(workspace.root)} && export LAUNCHGATE_HOME=${word(workspace.env['LAUNCHGATE_HOME'] ?? '')}`, ''],
    ['launchgate check --verbose', 'every control with its numbers'],
    ['launchgate gate public-launch', 'every reason, and who acts next'],
    ['launchgate ledger fsck', 'the log, recomputed'],
    [`open ${word(page)}`, 'the gate board as a page'],
    ...(drilled ? [[`open ${word(drillsPage)}`, 'the drills with their time lines'] as const] : []),
  ]);

  async function rehearse(): Promise<boolean> {
    say.title(
      '5  The same platform as real processes, and faults for real: launchgate lab up, drill run, gate lab-rehearsal',
    );
    const { rehearseInLab } = await import('./rehearse.ts');
    return rehearseInLab({
      project,
      env: workspace.env,
      all: drills === 'all',
      page: drillsPage,
      signal,
      now: output.now,
      say,
    });
  }
}

/** A path as a word of a shell. */
function word(path: string): string {
  return /^[\w./+:@-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

async function decide(project: Project, workspace: Workspace, now: Date): Promise<Decided> {
  return decideGate(project, {
    gate: 'public-launch',
    environment: 'production',
    ledger: await readLedger(project, workspace.env),
    now,
    render: false,
    trustPins: true,
  });
}

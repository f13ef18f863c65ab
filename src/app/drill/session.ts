/** The verbs of drills: from what a person asked for to a target, a run and its evidence. */
import { openRuns, recoverAll, type Recovered } from '../../drills/journal/recover.ts';
import type { DrillReport } from '../../model/drill/report.ts';
import { LAB } from '../../model/policy-rules.ts';
import type { Policy } from '../../model/policy.ts';
import type { Spec } from '../../model/spec.ts';
import type { Recorded } from '../acts.ts';
import type { ShowStatement } from '../human-acts.ts';
import type { Project } from '../project.ts';
import { approveDrills, type Asked } from './approval.ts';
import { found, hasLedger } from '../found.ts';
import { drillInFile } from './file.ts';
import { demandUsed } from './parameters.ts';
import { planDrill, type PlannedDrill } from './plan.ts';
import { floorsOf, openRecording, policyInForce } from './recording.ts';
import { runDrills, runsFolder, type DrillEvent } from './run.ts';
import { bindDrills, drillables } from './subjects.ts';
import { labFolder, openLabTarget, type OpenTarget } from './target.ts';

export interface DrillRequest {
  readonly project: Project;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Absent: every drill. */
  readonly ids?: readonly string[];
  /** A drill of the operator's own, instead of controls. */
  readonly file?: string;
  readonly platform?: string;
  readonly directory?: string;
  /** `lab`, or an environment of the spec. */
  readonly target: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly key: string;
  readonly meantProduction: boolean;
  /** False: no renderer is started; pinned renders stand in. */
  readonly render: boolean;
  readonly now: () => Date;
}

export interface DrillSession extends DrillRequest {
  readonly signal: AbortSignal;
  readonly watch: (event: DrillEvent) => void;
}

/** Runs the drills. Throws where nothing could be begun: no target, no such drill, no permission. */
export async function drill(request: DrillSession): Promise<DrillReport> {
  const { project, env, parameters, key, target: environment, signal, watch, now } = request;
  const { facts, bound, policy, ...read } = await prepare(request);
  const { target, absent } = await openTarget({ ...request, ...read }, facts.spec, policy);
  try {
    // A first policy has no floors: the drills are bound to the same params with it as without.
    const ruling = policy ?? (environment === LAB ? await policyOfFirstRun(request) : undefined);
    const recording = await openRecording(project, env, ruling, { key, environment });
    return await runDrills({
      project,
      facts,
      drills: bound,
      target,
      absent,
      parameters,
      recording,
      signal,
      watch,
      now,
    });
  } finally {
    await target.close();
  }
}

/** What is measured on the lab becomes evidence from the first run on: where nobody has started or pinned anything, it starts as `init` would start it. */
async function policyOfFirstRun({ project, env, key, file, watch }: DrillSession): Promise<Policy | undefined> {
  // A drill in a file is evidence for no control.
  if (file !== undefined || hasLedger(project)) return undefined;
  watch({ kind: 'founded', lines: await found(project, env, { key }) });
  return policyInForce(project, env);
}

/** What drills would do. */
export interface Plans {
  readonly drills: readonly PlannedDrill[];
  /** Why the lab was not asked what it has: they are planned as if it had everything. */
  readonly unasked?: string;
}

/** What they would do. A lab that runs is asked what it has; an environment is not asked, and no target is needed. */
export async function planAll(request: DrillRequest): Promise<Plans> {
  const { facts, bound } = await prepare(request);
  const { unasked, ...has } = request.target === LAB ? await whatLabHas(request) : { absent: [] };
  return {
    drills: bound.map((one) => planDrill(one, facts, request.parameters, has)),
    ...(unasked === undefined ? {} : { unasked }),
  };
}

type Has = Parameters<typeof planDrill>[3] & Pick<Plans, 'unasked'>;

/** A lab that is not there, of another version of the spec, or that cannot be read keeps nobody from planning. */
async function whatLabHas({ project, cwd, platform, directory }: DrillRequest): Promise<Has> {
  try {
    const { target, absent } = await openLabTarget(project, labFolder(cwd, platform, directory));
    await target.close();
    return { absent, offers: target.offers };
  } catch (error) {
    return { absent: [], unasked: error instanceof Error ? error.message : String(error) };
  }
}

/** Signs that these drills may run on production, as another person than the one who will run them. */
export async function approve(request: DrillRequest, show: ShowStatement): Promise<Recorded> {
  if (request.file !== undefined)
    return approveDrills({ ...request, content: drillInFile(request.file, request.cwd).digest }, show);
  await drillables(request.ids);
  return approveDrills(request, show);
}

/** Takes back what died runs have left, and names those that live. */
export async function cleanUp(
  project: Project,
): Promise<{ readonly recovered: readonly Recovered[]; readonly running: readonly string[] }> {
  const recovered = await recoverAll(runsFolder(project), 'cleanup');
  const stuck = new Set(recovered.map(({ run }) => run));
  return { recovered, running: openRuns(runsFolder(project)).filter((run) => !stuck.has(run)) };
}

async function prepare(request: DrillRequest) {
  const { project, env, cwd, ids, file, target, parameters, render } = request;
  const drills = file === undefined ? await drillables(ids) : [];
  const own = file === undefined ? undefined : drillInFile(file, cwd);
  demandUsed(own === undefined ? drills.map((one) => one.drill) : [own.bound.drill], parameters);
  const policy = await policyInForce(project, env);
  const { facts, bound } = await bindDrills(project, drills, {
    environment: target,
    floors: floorsOf(policy),
    render,
  });
  return own === undefined ? { facts, bound, policy } : { facts, bound: [own.bound], policy, content: own.digest };
}

async function openTarget(request: DrillRequest & Asked, spec: Spec, policy: Policy | undefined): Promise<OpenTarget> {
  const { project, cwd, platform, directory, target } = request;
  if (target === LAB) return openLabTarget(project, labFolder(cwd, platform, directory));
  const { openEnvironment } = await import('./environment.ts');
  return openEnvironment(request, spec, policy);
}

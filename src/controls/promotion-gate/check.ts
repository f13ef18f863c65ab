import type { Query, Subject } from '../../model/control.ts';
import { cursor } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import {
  findTools,
  jobsOn,
  neededJobs,
  opaqueCalls,
  productionDeploys,
  productionNames,
  readPipelines,
  unreadPipelines,
  type ProductionDeploy,
  type RunningJob,
} from '../../proofs/workflows/index.ts';
import { ANNOUNCES, TOOLS, type Kind } from './tools.ts';

interface Promotion {
  readonly deploys: readonly (ProductionDeploy & {
    /** Gates that jobs before it run and that stop it when they fail. */
    readonly passed: readonly Kind[];
    readonly toothless: readonly Kind[];
    /** Calls before it whose doing is not visible. */
    readonly hidden: readonly string[];
  })[];
  readonly announced: boolean;
  /** Pipelines of other systems, in words. */
  readonly unread?: string;
}

export interface Params {
  readonly gates: readonly Kind[];
  readonly events: boolean;
}

/** The production environments; without a spec only where a workflow deploys to one. */
export function promotedEnvironment(view: PlatformView): Subject[] {
  if (view.environment.kind !== 'production') return [];
  const pipelines = readPipelines(view);
  if (view.provisional && productionDeploys(pipelines, productionNames(view)).length === 0) return [];
  return [{ kind: 'environment', name: view.environment.name }];
}

export function promotion(): Query<Promotion> {
  return (view) => {
    const pipelines = readPipelines(view);
    const jobs = jobsOn(() => true, pipelines);
    const deploys = productionDeploys(pipelines, productionNames(view)).map((deploy) => ({
      ...deploy,
      ...before(deploy, jobs),
    }));
    const unread = unreadPipelines(view.files());
    const paths = new Set(deploys.map(({ workflow }) => workflow));
    return {
      deploys,
      ...(unread !== undefined && { unread }),
      announced:
        findTools(
          jobs.filter(({ workflow }) => paths.has(workflow.path)),
          TOOLS,
        ).some(({ kind }) => kind === 'chat') ||
        view.applications().some((object) =>
          cursor(object)
            .get('metadata', 'annotations')
            .entries()
            .some(([name]) => ANNOUNCES.test(name)),
        ) ||
        view.objects('Alert.notification.toolkit.fluxcd.io').length > 0,
    };
  };
}

/** What runs before a deploy: the jobs it needs, and the steps ahead of its last one in the same job. */
function before(
  { workflow, job: id }: ProductionDeploy,
  jobs: readonly RunningJob[],
): Omit<Promotion['deploys'][number], keyof ProductionDeploy> {
  const own = jobs.filter((one) => one.workflow.path === workflow);
  const job = own.find((one) => one.job.id === id);
  const needed = job === undefined ? [] : neededJobs(job.job.needs, job.workflow.jobs);
  const ids = new Set(needed.map((one) => one.id));
  const names = needed.map((one) => one.name ?? one.id);
  const earlier = own.filter((one) => ids.has(one.job.id) || names.some((name) => one.check.startsWith(`${name} / `)));
  const anyway = /always\(\)|failure\(\)|!\s*cancelled\(\)/.test(job?.job.condition ?? '')
    ? 'it runs whatever came before'
    : undefined;
  const uses = findTools(earlier, TOOLS).flatMap(({ kind, toothless }) =>
    kind === 'chat' ? [] : [{ kind, toothless: toothless ?? anyway }],
  );
  const passed = [...new Set(uses.filter(({ toothless }) => toothless === undefined).map(({ kind }) => kind))];
  return {
    passed,
    toothless: [...new Set(uses.map(({ kind }) => kind))].filter((kind) => !passed.includes(kind)),
    hidden: opaqueCalls(earlier, TOOLS),
  };
}

const NAMES: Readonly<Record<Kind, string>> = {
  smoke: 'smoke tests',
  load: 'a short load test',
  rollback: 'a rollback rehearsal',
};

export function check(_subject: Subject, input: Promotion, params: Params): Result {
  const { deploys, announced, unread } = input;
  if (deploys.length === 0) return inconclusive(unread ?? 'no workflow that promotes to production was seen');
  const judged = deploys.map((deploy) => ({
    deploy,
    missing: params.gates.filter((gate) => !deploy.passed.includes(gate)),
  }));
  const findings = [
    ...judged.flatMap(({ deploy, missing }) => missing.flatMap((gate) => ungated(deploy, gate))),
    ...(params.events && !announced ? [unannounced(deploys[0])] : []),
  ];
  const unseen = judged.find(({ deploy, missing }) => missing.length > 0 && deploy.hidden.length > 0);
  if (findings.length === 0 && unseen !== undefined)
    return inconclusive(
      `whether ${unseen.missing.map((gate) => NAMES[gate]).join(', ')} run before job ${unseen.deploy.job} of ${unseen.deploy.workflow} cannot be seen: ${unseen.deploy.hidden.slice(0, 3).join(', ')} may do it`,
    );
  if (findings.length === 0 && unread !== undefined) return inconclusive(unread);
  return failOr(
    findings,
    `${deploys.length} jobs promote to production, each after ${params.gates.map((gate) => NAMES[gate]).join(', ')}`,
    { jobs: deploys.length },
  );
}

function ungated(deploy: Promotion['deploys'][number], gate: Kind): Finding[] {
  const { job, workflow, origin, toothless, hidden } = deploy;
  const letOff = toothless.includes(gate);
  if (!letOff && hidden.length > 0) return [];
  return [
    {
      message: letOff
        ? `job ${job} of ${workflow} promotes to production even when ${NAMES[gate]} failed`
        : `job ${job} of ${workflow} promotes to production without ${NAMES[gate]} before it`,
      severity: 'high',
      origin,
      ...(letOff ? {} : { fromAbsence: true }),
      remediation: 'Let the job need one that runs it against pre-production and fails with it.',
    },
  ];
}

function unannounced(deploy: ProductionDeploy | undefined): Finding {
  return {
    message:
      'deployments to production are announced nowhere: no chat step in the workflow, no subscription of the controller',
    severity: 'low',
    ...(deploy === undefined ? {} : { origin: deploy.origin }),
    fromAbsence: true,
    remediation: 'Send started, finished and failed deployments to the channel of the people on call.',
  };
}

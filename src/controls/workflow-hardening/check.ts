import type { Query, Subject } from '../../model/control.ts';
import { Cursor } from '../../model/cursor.ts';
import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Result } from '../../model/result.ts';
import { theRepository } from '../../model/subjects.ts';
import {
  chosenAtStart,
  hasPipelines,
  missingLocals,
  openEnvironments,
  productionDeploys,
  productionNames,
  readPipelines,
  unreadPipelines,
  type Pipelines,
} from '../../proofs/workflows/index.ts';
import { foreignArtifacts } from './artifacts.ts';
import { commitsNotTold, foreignCode } from './foreign-code.ts';
import { injections } from './injection.ts';
import { loosePermissions } from './permissions.ts';
import { jobImages, unpinned } from './pins.ts';
import { deploysFromAnywhere } from './production.ts';

interface Input extends Pipelines {
  readonly production: readonly string[];
  /** Environments of GitHub whose exported settings limit the branches or tags that may deploy. */
  readonly limited: readonly string[];
  /** Environments whose settings are exported at all. */
  readonly exported: readonly string[];
  /** Pipelines of other systems, in words. */
  readonly unread?: string;
}

export interface Params {
  readonly branches: readonly string[];
  readonly trustedOwners: readonly string[];
  readonly permissions: boolean;
}

/** The repository, unless there is neither a spec nor a pipeline. */
export function repositoryWithPipelines(view: PlatformView): Subject[] {
  const none = !hasPipelines(view) && view.data('github-action').length === 0;
  return view.provisional && none ? [] : theRepository();
}

export function pipelines(): Query<Input> {
  return (view) => {
    const environments = view.data('github-environment').map(({ data, origin }) => new Cursor(data, origin));
    const nameOf = (at: Cursor): string => (at.get('name').string() ?? '').toLowerCase();
    const unread = unreadPipelines(view.files());
    return {
      ...readPipelines(view),
      production: productionNames(view),
      limited: environments.filter((at) => at.get('deployment_branch_policy').exists).map(nameOf),
      exported: environments.map(nameOf),
      ...(unread !== undefined && { unread }),
    };
  };
}

export function check(_subject: Subject, input: Input, params: Params): Result {
  const { workflows, actions, unread } = input;
  if (workflows.length + actions.length === 0)
    return inconclusive(unread ?? 'the repository has no workflow of GitHub Actions');
  const deploys = productionDeploys(input, input.production);
  const production = deploysFromAnywhere(deploys, input, params.branches);
  const images = jobImages(input);
  const findings = [
    ...foreignCode(input),
    ...foreignArtifacts(input),
    ...injections(input),
    ...production.findings,
    ...unpinned(input, params.trustedOwners),
    ...images.findings,
    ...(params.permissions ? loosePermissions(input) : []),
  ];
  const [unknown] = notTold(input, production.unknown, images.unknown);
  if (findings.length === 0 && unknown !== undefined) return inconclusive(unknown.because, unknown.origin);
  if (findings.length === 0 && unread !== undefined) return inconclusive(unread);
  const jobs = workflows.reduce((sum, workflow) => sum + workflow.jobs.length, 0);
  return failOr(
    findings,
    `${workflows.length} workflows with ${jobs} jobs and ${actions.length} local actions; ${deploys.length} jobs deploy to production`,
    { workflows: workflows.length, jobs, actions: actions.length, productionJobs: deploys.length },
  );
}

interface Unknown {
  readonly because: string;
  readonly origin: Origin;
}

/** What the workflows leave open, the gravest first. */
function notTold(input: Input, ofProduction: Unknown | undefined, image: At<string> | undefined): Unknown[] {
  return [
    ...commitsNotTold(input).map(({ job, workflow, at }) => ({
      because: `job ${job.id} of ${workflow.path} holds the repository's secrets and checks out ${at.value}, which is decided as it runs: a pull request's code perhaps`,
      origin: at.origin,
    })),
    ...(ofProduction === undefined ? [] : [ofProduction]),
    ...openEnvironments(input, input.production).map((open) => ({
      because: chosenAtStart(open),
      origin: open.environment.origin,
    })),
    ...(image === undefined
      ? []
      : [{ because: `which image ${image.value} is cannot be told from the workflow`, origin: image.origin }]),
    ...missingLocals(input).map(({ job, workflow, uses }) => ({
      because: `job ${job.id} of ${workflow.path} uses ${uses.value}, which is not among the actions and workflows here: what it runs cannot be told`,
      origin: uses.origin,
    })),
  ];
}

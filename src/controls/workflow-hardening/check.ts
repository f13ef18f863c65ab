import type { Query, Subject } from '../../model/control.ts';
import { Cursor } from '../../model/cursor.ts';
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
import { foreignCode } from './foreign-code.ts';
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
  if (findings.length === 0 && production.unknown !== undefined)
    return inconclusive(production.unknown.because, production.unknown.origin);
  const [open] = openEnvironments(input, input.production);
  if (findings.length === 0 && open !== undefined) return inconclusive(chosenAtStart(open), open.environment.origin);
  if (findings.length === 0 && images.unknown !== undefined)
    return inconclusive(
      `which image ${images.unknown.value} is cannot be told from the workflow`,
      images.unknown.origin,
    );
  const [missing] = missingLocals(input);
  if (findings.length === 0 && missing !== undefined)
    return inconclusive(
      `job ${missing.job.id} of ${missing.workflow.path} uses ${missing.uses.value}, which is not among the actions and workflows here: what it runs cannot be told`,
      missing.uses.origin,
    );
  if (findings.length === 0 && unread !== undefined) return inconclusive(unread);
  const jobs = workflows.reduce((sum, workflow) => sum + workflow.jobs.length, 0);
  return failOr(
    findings,
    `${workflows.length} workflows with ${jobs} jobs and ${actions.length} local actions; ${deploys.length} jobs deploy to production`,
    { workflows: workflows.length, jobs, actions: actions.length, productionJobs: deploys.length },
  );
}

import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { deployCommand, isProduction, isRehearsal } from './deploy-command.ts';
import type { Job, Pipelines, Workflow } from './types.ts';
import { possibleValues } from './values.ts';

/** A job that changes what runs in production. */
export interface ProductionDeploy {
  readonly workflow: string;
  readonly job: string;
  /** The environment of GitHub it runs in, as an expression where nobody can tell which. */
  readonly environment?: At<string>;
  /** What shows that it deploys, in words. */
  readonly because: string;
  readonly origin: Origin;
}

/** Names by which the platform's production environments are known, lower case. */
export function productionNames(view: PlatformView): string[] {
  const named = view.spec.environments.filter(({ kind }) => kind === 'production').map(({ name }) => name);
  return [...new Set(['production', 'prod', 'prd', 'live', ...named])].map((name) => name.toLowerCase());
}

/**
 * The jobs that run in a production environment, or run a deploy command that names production. `byCommand`: those with such a command
 * only, in a production environment or not.
 */
export function productionDeploys(
  pipelines: Pipelines,
  names: readonly string[],
  options: { readonly byCommand?: boolean } = {},
): ProductionDeploy[] {
  return pipelines.workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => {
      const deploy = deployOf(job, workflow, pipelines, names);
      if (options.byCommand !== true || deploy === undefined) return deploy ?? [];
      const because = deployCommand(job, workflow, pipelines, names, deploy.environment !== undefined);
      return because === undefined ? [] : { ...deploy, because };
    }),
  );
}

/** Jobs that hand production to a workflow of another repository, which may deploy to it in an environment or in none. */
export function callsElsewhere({ workflows, actions }: Pipelines, names: readonly string[]): ForeignCall[] {
  return workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => {
      const { uses } = job;
      if (uses === undefined || uses.value.startsWith('./')) return [];
      const given = job.with.flatMap(
        ({ value }) => possibleValues(value, job, workflow, { workflows, actions }).values,
      );
      const told = [job.id, job.name ?? '', ...given].some((text) => isProduction(text, names));
      return told ? [{ workflow: workflow.path, job: job.id, uses }] : [];
    }),
  );
}

/** A job that calls a workflow of another repository. */
export interface ForeignCall {
  readonly workflow: string;
  readonly job: string;
  readonly uses: At<string>;
}

/** A job whose environment is chosen as it starts. */
export interface OpenEnvironment {
  readonly workflow: string;
  readonly job: string;
  readonly environment: At<string>;
}

/** Why nobody can tell what it deploys to. */
export function chosenAtStart({ workflow, job, environment }: OpenEnvironment): string {
  return `job ${job} of ${workflow} runs in an environment that is chosen as it starts (${environment.value}), production perhaps`;
}

/** Jobs that run in an environment which is chosen only as they start, by somebody or by a setting: production perhaps. */
export function openEnvironments(pipelines: Pipelines, names: readonly string[]): OpenEnvironment[] {
  return pipelines.workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => {
      const { environment } = job;
      if (environment === undefined) return [];
      const { values, complete } = possibleValues(environment.value, job, workflow, pipelines);
      if (complete || values.some((value) => isProduction(value, names))) return [];
      return [{ workflow: workflow.path, job: job.id, environment }];
    }),
  );
}

function deployOf(
  job: Job,
  workflow: Workflow,
  pipelines: Pipelines,
  names: readonly string[],
): ProductionDeploy | undefined {
  const base = { workflow: workflow.path, job: job.id, origin: job.origin };
  const commanded = (): string | undefined => deployCommand(job, workflow, pipelines, names);
  const { environment } = job;
  if (environment === undefined) {
    const because = commanded();
    return because === undefined ? undefined : { ...base, because };
  }
  const { values } = possibleValues(environment.value, job, workflow, pipelines);
  const production = values.find((value) => isProduction(value, names));
  if (production !== undefined)
    return {
      ...base,
      environment: { value: production, origin: environment.origin },
      because: `it runs in the environment ${production}`,
    };
  const neutral = values.length === 0 ? environment.value : values.find((value) => !isRehearsal(value));
  const because = neutral === undefined ? undefined : commanded();
  return neutral === undefined || because === undefined
    ? undefined
    : { ...base, environment: { value: neutral, origin: environment.origin }, because };
}

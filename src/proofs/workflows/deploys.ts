import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { commandsOf } from './shell.ts';
import type { Job, Pipelines, Workflow } from './types.ts';
import { possibleValues } from './values.ts';

/** A job that changes what runs in production. */
export interface ProductionDeploy {
  readonly workflow: string;
  readonly job: string;
  /** The production environment of GitHub it runs in, where it names one. */
  readonly environment?: At<string>;
  /** What shows that it deploys, in words. */
  readonly because: string;
  readonly origin: Origin;
}

const COMMANDS =
  /^(?:kubectl\s(?:.*\s)?(?:apply|replace|patch|set\s+image|rollout\s+restart)\b|helm\s+(?:.*\s)?(?:upgrade|install)\s|helmfile\s(?:.*\s)?(?:apply|sync)\b|argocd\s+app\s+(?:sync|set)\b|(?:terraform|tofu|terragrunt)\s(?:.*\s)?apply\b|pulumi\s+up\b|cdk\s+deploy\b|sam\s+deploy\b|(?:serverless|sls)\s+deploy\b|aws\s+(?:ecs\s+update-service|lambda\s+update-function-code|deploy\s+create-deployment)\b|gcloud\s+(?:run\s+(?:deploy|services\s+(?:update|replace))|app\s+deploy|deploy\s+releases)\b|az\s+(?:webapp|containerapp|functionapp)\s+(?:up|update|deploy\w*)\b|fly(?:ctl)?\s+deploy\b|kamal\s+deploy\b|nomad\s+job\s+run\b|skaffold\s+(?:run|deploy)\b|ansible-playbook\s|heroku\s+container:release\b)/;
const ACTIONS =
  /^(?:azure\/(?:k8s-deploy|webapps-deploy|aks-.*deploy|functions-action|container-apps-deploy-action)|aws-actions\/(?:amazon-ecs-deploy-task-definition|aws-cloudformation-github-deploy)|google-github-actions\/(?:deploy-\w+|create-cloud-deploy-release)|deliverybot\/helm|pulumi\/actions|akhileshns\/heroku-deploy)@/i;
const REHEARSAL = /\b(?:--dry-run\b(?!=none)|--help\b)|\b(?:kind|minikube|k3d|k3s|docker-desktop)\b/;
const THROWAWAY_CLUSTER = /(?:kind-action|setup-minikube|minikube|k3d|setup-k3s|k3s-action|microk8s)/i;

/** Names by which the platform's production environments are known, lower case. */
export function productionNames(view: PlatformView): string[] {
  const named = view.spec.environments.filter(({ kind }) => kind === 'production').map(({ name }) => name);
  return [...new Set(['production', 'prod', 'prd', 'live', ...named])].map((name) => name.toLowerCase());
}

/** Whether a name speaks of production: one of the names, or one of them as a word (`prod-eu`), and not of what comes before it. */
export function isProduction(name: string, names: readonly string[]): boolean {
  const lower = name.toLowerCase();
  if (names.includes(lower)) return true;
  if (/\b(?:non|pre|not)[-_ ]?prod/.test(lower)) return false;
  return /(?:^|[^a-z])prod(?:uction)?(?:[^a-z]|$)/.test(lower);
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
      const because = deployCommand(job, workflow, names, deploy.environment !== undefined);
      return because === undefined ? [] : { ...deploy, because };
    }),
  );
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
  const { environment } = job;
  const base = { workflow: workflow.path, job: job.id, origin: job.origin };
  if (environment !== undefined) {
    const { values } = possibleValues(environment.value, job, workflow, pipelines);
    const name = values.find((value) => isProduction(value, names));
    if (name !== undefined)
      return {
        ...base,
        environment: { value: name, origin: environment.origin },
        because: `it runs in the environment ${name}`,
      };
    if (values.length > 0) return undefined;
  }
  const because = deployCommand(job, workflow, names);
  return because === undefined ? undefined : { ...base, because };
}

/** A command or action that deploys, where it or the job is named after production and no throw-away cluster is made. */
function deployCommand(job: Job, workflow: Workflow, names: readonly string[], isTold = false): string | undefined {
  if (
    job.steps.some(
      ({ uses, run }) => THROWAWAY_CLUSTER.test(uses?.value ?? '') || /\bkind create\b/.test(run?.value ?? ''),
    )
  )
    return undefined;
  const told = isTold || [job.id, job.name ?? '', workflow.name].some((name) => isProduction(name, names));
  for (const step of job.steps) {
    const action = step.uses?.value ?? '';
    if (ACTIONS.test(action) && (told || step.with.some(({ value }) => isProduction(value, names))))
      return `it uses ${action.split('@')[0]}`;
    const command = commandsOf(step.run?.value ?? '').find(
      ({ text }) => COMMANDS.test(text) && !REHEARSAL.test(text) && (told || isProduction(text, names)),
    );
    if (command !== undefined) return `it runs ${shortened(command.text)}`;
  }
  return undefined;
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

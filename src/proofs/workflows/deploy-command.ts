import { withActions } from './composite.ts';
import { commandsOf } from './shell.ts';
import type { Entry, Job, Pipelines, Step, Workflow } from './types.ts';
import { possibleValues } from './values.ts';

/** Commands that change what runs somewhere, by their tools. */
const COMMANDS = [
  /^(?:kubectl|oc)\s(?:.*\s)?(?:apply|replace|patch|set\s+image|rollout\s+restart)\b/,
  /^helm\s+(?:.*\s)?(?:upgrade|install)\s/,
  /^helmfile\s(?:.*\s)?(?:apply|sync)\b/,
  /^argocd\s+app\s+(?:sync|set)\b/,
  /^(?:terraform|tofu|terragrunt)\s(?:.*\s)?apply\b/,
  /^pulumi\s+up\b/,
  /^(?:cdk|sam|serverless|sls|kamal|eb)\s+deploy\b/,
  /^aws\s+(?:ecs\s+update-service|lambda\s+update-function-code|deploy\s+create-deployment)\b/,
  /^aws\s+cloudformation\s+(?:deploy|create-stack|update-stack|execute-change-set)\b/,
  /^gcloud\s+(?:run\s+(?:deploy|services\s+(?:update|replace))|app\s+deploy|deploy\s+releases)\b/,
  /^az\s+(?:webapp|containerapp|functionapp)\s+(?:up|update|deploy\w*)\b/,
  /^az\s+(?:deployment|stack)\s+\w+\s+create\b/,
  /^fly(?:ctl)?\s+deploy\b/,
  /^vercel\s+(?:deploy\b|promote\b|(?:-\S+\s+)*--prod\b)/,
  /^(?:netlify|firebase)\s+(?:.*\s)?deploy\b/,
  /^wrangler\s+(?:.*\s)?(?:deploy|publish)\b/,
  /^nomad\s+job\s+run\b/,
  /^skaffold\s+(?:run|deploy)\b/,
  /^ansible-playbook\s/,
  /^heroku\s+container:release\b/,
];
const ACTIONS =
  /^(?:azure\/(?:k8s-deploy|webapps-deploy|aks-.*deploy|functions-action|container-apps-deploy-action)|aws-actions\/(?:amazon-ecs-deploy-task-definition|aws-cloudformation-github-deploy)|google-github-actions\/(?:deploy-\w+|create-cloud-deploy-release)|deliverybot\/helm|pulumi\/actions|akhileshns\/heroku-deploy|amondnet\/vercel-action|firebaseextended\/action-hosting-deploy|cloudflare\/wrangler-action)@/i;
const REHEARSAL =
  /\s(?:--dry-run\b(?!=(?:none|false))|--help\b|--check\b|--no-execute-changeset\b)|\b(?:kind|minikube|k3d|k3s|docker-desktop)\b/;
const THROWAWAY_CLUSTER = /(?:kind-action|setup-minikube|minikube|k3d|setup-k3s|k3s-action|microk8s)/i;
/** What makes the commands after it go to one cluster or account. */
const SELECTS =
  /^(?:aws\s+eks\s+update-kubeconfig\b|gcloud\s+container\s+clusters\s+get-credentials\b|az\s+aks\s+get-credentials\b|doctl\s+kubernetes\s+cluster\s+kubeconfig\s+save\b|kubectl\s+config\s+(?:use|set)-context\b|kubectx\s|(?:terraform|tofu)\s+workspace\s+select\b)/;
const SELECTING_ACTIONS =
  /^(?:azure\/(?:aks-set-context|k8s-set-context)|google-github-actions\/get-gke-credentials)@/i;

/** What makes the commands after it, in its script, work in one folder. */
const GOES = /^(?:cd|pushd)\s/;

/** Whether a name speaks of production: one of the names, or one of them as a word (`prod-eu`), and not of what comes before it. */
export function isProduction(name: string, names: readonly string[]): boolean {
  const lower = name.toLowerCase();
  if (names.includes(lower)) return true;
  if (/\b(?:non|pre|not)[-_ ]?prod/.test(lower)) return false;
  return /(?:^|[^a-z])prod(?:uction)?(?:[^a-z]|$)/.test(lower);
}

/** Whether a name speaks of what comes before production. */
export function isRehearsal(name: string): boolean {
  return /(?:^|[^a-z])(?:dev(?:el(?:opment)?)?|test(?:ing)?|qa|uat|ci|stag(?:e|ing)|preview|preprod|sandbox|demo|integration|acceptance|lab|(?:non|pre|not)[-_ ]?prod\w*)(?:[^a-z]|$)/i.test(
    name,
  );
}

/**
 * The command or action of a job that deploys, in words, where it, its folder, the job, or the cluster that was selected before
 * it is named after production and no throw-away cluster is made. Composite actions of the repository are looked through. `isTold`: something else said so.
 */
export function deployCommand(
  job: Job,
  workflow: Workflow,
  pipelines: Pipelines,
  names: readonly string[],
  isTold = false,
): string | undefined {
  const steps = job.steps.flatMap((step) => withActions(step, pipelines.actions));
  if (steps.some(makesCluster)) return undefined;
  let told = isTold || [job.id, job.name ?? '', workflow.name].some((name) => isProduction(name, names));
  for (const step of steps) {
    const speaks = (text: string): boolean => {
      const filled = withVariables(text, [...workflow.env, ...job.env, ...step.env]);
      return [filled, ...possibleValues(filled, job, workflow, pipelines).values].some((one) =>
        isProduction(one, names),
      );
    };
    const action = step.uses?.value ?? '';
    const isGiven = step.with.some(({ value }) => speaks(value));
    if (ACTIONS.test(action) && (told || isGiven)) return `it uses ${action.split('@')[0]}`;
    told ||= SELECTING_ACTIONS.test(action) && isGiven;
    let here = step.directory !== undefined && speaks(step.directory);
    for (const { text } of commandsOf(step.run?.value ?? '')) {
      if (COMMANDS.some((one) => one.test(text)) && !REHEARSAL.test(text) && (told || here || speaks(text)))
        return `it runs ${shortened(text)}`;
      told ||= SELECTS.test(text) && speaks(text);
      here ||= GOES.test(text) && speaks(text);
    }
  }
  return undefined;
}

function makesCluster({ uses, run }: Step): boolean {
  return THROWAWAY_CLUSTER.test(uses?.value ?? '') || /\bkind create\b/.test(run?.value ?? '');
}

/** `$NAME`, `${NAME}` and `${{ env.NAME }}` with what the workflow sets them to; the innermost counts. */
export function withVariables(text: string, env: readonly Entry[]): string {
  return text.replaceAll(
    /\$\{\{\s*env\.(\w+)\s*\}\}|\$\{(\w+)\}|\$(\w+)/g,
    (whole, inner?: string, braced?: string, plain?: string) =>
      env.findLast(({ name }) => name === (inner ?? braced ?? plain))?.value ?? whole,
  );
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

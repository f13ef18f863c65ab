import type { Origin } from '../../model/origin.ts';
import type { Finding } from '../../model/result.ts';
import {
  choicesOf,
  isProduction,
  keepsTo,
  namesOtherEvents,
  type Job,
  type Pipelines,
  type ProductionDeploy,
  type Trigger,
  type Workflow,
} from '../../proofs/workflows/index.ts';
import { conditionsOf, eventsOf, mergedOnly, type Start } from './events.ts';
import { askedFirst } from './foreign-code.ts';

interface Judged {
  readonly findings: readonly Finding[];
  /** What only an exported setting of GitHub can tell. */
  readonly unknown?: { readonly because: string; readonly origin: Origin };
}

interface Limits extends Pipelines {
  readonly limited: readonly string[];
  readonly exported: readonly string[];
  readonly production: readonly string[];
}

/** Production jobs that a branch nobody protects can start. */
export function deploysFromAnywhere(
  deploys: readonly ProductionDeploy[],
  input: Limits,
  branches: readonly string[],
): Judged {
  const loose = deploys.flatMap((deploy) => {
    const how = looseTriggers(deploy, input, branches);
    return how.length === 0 || isLimited(deploy, input.limited) ? [] : [{ deploy, how }];
  });
  const known = loose.filter(({ deploy }) => !mayBeLimited(deploy, input.exported));
  const unknown = loose.find(({ deploy }) => mayBeLimited(deploy, input.exported));
  return {
    findings: known.map(({ deploy, how }) => finding(deploy, how)),
    ...(unknown === undefined
      ? {}
      : {
          unknown: {
            because: `job ${unknown.deploy.job} of ${unknown.deploy.workflow} starts on ${unknown.how.join(' and on ')}; whether the environment ${unknown.deploy.environment?.value} refuses that is a setting of GitHub that is not exported`,
            origin: unknown.deploy.origin,
          },
        }),
  };
}

function finding({ job, workflow, because, origin }: ProductionDeploy, how: readonly string[]): Finding {
  return {
    message: `job ${job} of ${workflow} deploys to production (${because}) and starts on ${how.join(' and on ')}`,
    severity: how.some((one) => one.startsWith('pull_request')) ? 'critical' : 'high',
    origin,
    remediation:
      'Start it from a protected branch or a release tag only, and limit the environment to them in its deployment branches and tags.',
  };
}

function isLimited({ environment }: ProductionDeploy, limited: readonly string[]): boolean {
  return environment !== undefined && limited.includes(environment.value.toLowerCase());
}

function mayBeLimited({ environment }: ProductionDeploy, exported: readonly string[]): boolean {
  return environment !== undefined && !exported.includes(environment.value.toLowerCase());
}

/** A condition that holds for named refs or for releases only. */
const REF_GUARD =
  /github\.ref(?:_name)?\s*==\s*(?:'|format\(|github\.event\.repository\.default_branch)|startsWith\(\s*github\.ref(?:_name)?\s*,\s*'(?:refs\/tags\/|refs\/heads\/(?:main|master|release)|v)|github\.ref_type\s*==\s*'tag'|github\.ref_protected|github\.event_name\s*==\s*'release'|workflow_run\.head_branch\s*==\s*(?:'|github\.event\.repository\.default_branch)/;
/** A condition that holds for pull requests into one branch. */
const BASE_GUARD =
  /github\.(?:base_ref|event\.pull_request\.base\.ref)\s*==\s*(?:'|github\.event\.repository\.default_branch)/;
/** What a step is given of the run that a `workflow_run` follows: its commit, or what it built. */
const OF_THE_RUN = /\bworkflow_run\.(?:head_sha|head_branch|head_commit|id)\b/;

/** How a job starts from any branch, in words; empty when it cannot. */
function looseTriggers(
  { workflow: path, job: id }: ProductionDeploy,
  input: Limits,
  branches: readonly string[],
): string[] {
  const workflow = input.workflows.find((one) => one.path === path);
  const job = workflow?.jobs.find((one) => one.id === id);
  if (workflow === undefined || job === undefined) return [];
  const ways = choosing(job, input.production).flatMap((choice) =>
    eventsOf(workflow, input).flatMap((start): string[] => {
      const conditions = [...start.conditions, ...conditionsOf(job, workflow), choice];
      if (conditions.some((one) => keepsOut(one, start.event))) return [];
      const how = looseness({ start, conditions, job, workflow }, input, branches);
      return how === undefined ? [] : [how];
    }),
  );
  return [...new Set(ways)];
}

/** Conditions by which the job's environment becomes one of production; an empty one where none is needed, or none is understood. */
function choosing({ environment }: Job, production: readonly string[]): string[] {
  const choices = choicesOf(environment?.value ?? '')?.filter(({ value }) => isProduction(value, production)) ?? [];
  return choices.length === 0 ? [''] : choices.map(({ when }) => (/\|\||!(?!=)/.test(when) ? '' : when));
}

/** Whether each alternative of a condition names refs, or other events than this one. */
function keepsOut(condition: string, event: string): boolean {
  return keepsTo(condition, (term) => REF_GUARD.test(term) || namesOtherEvents(term, event));
}

interface Way {
  readonly start: Start;
  /** All that must hold for the job to run. */
  readonly conditions: readonly string[];
  readonly job: Job;
  readonly workflow: Workflow;
}

function looseness(way: Way, pipelines: Pipelines, branches: readonly string[]): string | undefined {
  const { start, conditions } = way;
  const { event } = start;
  if (event === 'push') return loosePush(start, branches);
  if (event === 'pull_request' || event === 'pull_request_target') {
    if (!conditions.some(mergedOnly)) return `${event}, before a review`;
    if (conditions.some((one) => keepsTo(one, (term) => BASE_GUARD.test(term)))) return undefined;
    const open = notAmong(start.branches, branches);
    return open === undefined ? undefined : `a pull request that is merged into ${open}`;
  }
  if (event === 'workflow_dispatch') return 'workflow_dispatch from any branch';
  if (/^(?:issue|discussion)_comment$/.test(event))
    return askedFirst(way.job, way.workflow) === undefined ? `${event}, which anybody may write` : undefined;
  return event === 'workflow_run' ? looseRun(way, pipelines, branches) : undefined;
}

function loosePush(trigger: Trigger, branches: readonly string[]): string | undefined {
  const onlyTags = trigger.branches === undefined && trigger.tags !== undefined;
  const open = onlyTags ? undefined : notAmong(trigger.branches, branches);
  if (open !== undefined) return `push to ${open}`;
  return trigger.tags?.some((tag) => /^\*+$/.test(tag)) === true ? 'push of any tag' : undefined;
}

/** The branches that a filter takes beside the protected ones, in words. */
function notAmong(filter: Trigger['branches'], branches: readonly string[]): string | undefined {
  if (filter === undefined) return 'any branch';
  const open = filter.filter((branch) => !branch.startsWith('!') && !branches.includes(branch));
  return open.length === 0 ? undefined : open.join(', ');
}

/** A run after another one has the default branch, but may take the other's commit. */
function looseRun({ start, job }: Way, { workflows }: Pipelines, branches: readonly string[]): string | undefined {
  if (
    start.branches !== undefined ||
    !job.steps.some(({ with: given }) => given.some(({ value }) => OF_THE_RUN.test(value)))
  )
    return undefined;
  const followed = workflows.filter(({ name }) => start.workflows?.includes(name) === true);
  const [loose] = followed.flatMap(({ name, triggers }) =>
    triggers.flatMap((trigger) => {
      const how = trigger.event === 'push' ? loosePush(trigger, branches) : undefined;
      return how === undefined ? [] : `workflow_run with the commit or artifacts of ${name}, which starts on ${how}`;
    }),
  );
  return loose;
}

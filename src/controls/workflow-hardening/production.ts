import type { Origin } from '../../model/origin.ts';
import type { Finding } from '../../model/result.ts';
import {
  choicesOf,
  isProduction,
  neededJobs,
  parted,
  type Job,
  type Pipelines,
  type ProductionDeploy,
  type Trigger,
} from '../../proofs/workflows/index.ts';
import { eventsOf } from './events.ts';

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
  /github\.ref(?:_name)?\s*==\s*'|startsWith\(\s*github\.ref(?:_name)?\s*,\s*'(?:refs\/tags\/|refs\/heads\/(?:main|master|release)|v)|github\.ref_type\s*==\s*'tag'|github\.ref_protected|github\.event_name\s*==\s*'release'|github\.event\.repository\.default_branch|workflow_run\.head_branch\s*==\s*'/;

/** How a job starts from any branch, in words; empty when it cannot. */
function looseTriggers(
  { workflow: path, job: id }: ProductionDeploy,
  input: Limits,
  branches: readonly string[],
): string[] {
  const workflow = input.workflows.find((one) => one.path === path);
  const job = workflow?.jobs.find((one) => one.id === id);
  if (workflow === undefined || job === undefined) return [];
  const required = [job, ...neededJobs(job.needs, workflow.jobs)].map(({ condition }) => condition ?? '');
  const ways = choosing(job, input.production).flatMap((choice) => {
    const conditions = [...required, choice];
    return eventsOf(workflow, input).filter(({ event }) => !conditions.some((one) => keepsOut(one, event)));
  });
  return [...new Set(ways.flatMap((trigger) => looseness(trigger, branches) ?? []))];
}

/** Conditions by which the job's environment becomes one of production; an empty one where none is needed, or none is understood. */
function choosing({ environment }: Job, production: readonly string[]): string[] {
  const choices = choicesOf(environment?.value ?? '')?.filter(({ value }) => isProduction(value, production)) ?? [];
  return choices.length === 0 ? [''] : choices.map(({ when }) => (/\|\||!(?!=)/.test(when) ? '' : when));
}

/** How far parentheses are followed. */
const DEPTH = 8;

/** Whether each alternative of a condition names refs, or other events than this one. */
function keepsOut(condition: string, event: string, depth = 0): boolean {
  if (depth > DEPTH) return false;
  const bare = condition
    .trim()
    .replace(/^\$\{\{([\s\S]*)\}\}$/, '$1')
    .trim();
  const alternatives = parted(bare, '||');
  if (alternatives.length > 1) return alternatives.every((one) => keepsOut(one, event, depth + 1));
  const together = parted(bare, '&&');
  if (together.length > 1) return together.some((one) => keepsOut(one, event, depth + 1));
  const inner = /^\(([\s\S]*)\)$/.exec(bare)?.[1];
  if (inner !== undefined) return keepsOut(inner, event, depth + 1);
  return !bare.startsWith('!') && (REF_GUARD.test(bare) || excludes(bare, event));
}

/** Whether a condition that must hold names other events only, or denies this one. */
function excludes(condition: string, event: string): boolean {
  const wanted = /github\.event_name\s*==\s*'([\w-]+)'/.exec(condition)?.[1];
  const denied = [...condition.matchAll(/github\.event_name\s*!=\s*'([\w-]+)'/g)].map(([, name]) => name);
  return (wanted !== undefined && wanted !== event) || denied.includes(event);
}

function looseness(trigger: Trigger, branches: readonly string[]): string | undefined {
  const { event } = trigger;
  if (event === 'pull_request' || event === 'pull_request_target') return `${event}, before a review`;
  if (event === 'workflow_dispatch') return 'workflow_dispatch from any branch';
  if (event !== 'push') return undefined;
  const open = (trigger.branches ?? []).filter((branch) => !branch.startsWith('!') && !branches.includes(branch));
  if (open.length > 0) return `push to ${open.join(', ')}`;
  const onlyTags = trigger.branches === undefined && trigger.tags !== undefined;
  if (trigger.branches === undefined && !onlyTags) return 'push to any branch';
  return trigger.tags?.some((tag) => /^\*+$/.test(tag)) === true ? 'push of any tag' : undefined;
}

import { globMatcher } from '../../model/glob.ts';
import { withActions } from './composite.ts';
import type { Job, Pipelines, Step, Trigger, Workflow } from './types.ts';
import { calledBy } from './values.ts';

/** A job as it runs: with the steps of the composite actions it uses, and of the reusable workflow it calls. */
export interface RunningJob {
  readonly workflow: Workflow;
  readonly job: Job;
  /** Name of the check it reports; of a matrix or a called workflow only how it starts. */
  readonly check: string;
  readonly steps: readonly Step[];
  /** The workflow that starts the run: its own, or the one that calls its own. */
  readonly entry: Workflow;
  /** The job that calls its workflow. */
  readonly caller?: Job;
}

const DEPTH = 4;

/** The jobs that run on a trigger that is wanted; those of a called workflow under the name of their caller. */
export function jobsOn(wanted: (trigger: Trigger) => boolean, pipelines: Pipelines): RunningJob[] {
  return pipelines.workflows.flatMap((workflow) => {
    const events = workflow.triggers.filter(wanted).map(({ event }) => event);
    if (events.length === 0) return [];
    return workflow.jobs
      .filter((job) => !excluded(job, events))
      .flatMap((job) => running({ workflow, job, prefix: '', entry: workflow }, pipelines, 0));
  });
}

/** Branches that are the default one where nothing says which is. */
const USUAL: readonly string[] = ['main', 'master', 'trunk'];

/**
 * Triggers that look at a change to the default branch before it is merged, at its first commit and at those that follow. One that waits for a
 * label or looks at other branches does not.
 */
export function onChangeTo(branch: string | undefined): (trigger: Trigger) => boolean {
  const targets = branch === undefined ? USUAL : [branch];
  return (trigger) => {
    if (trigger.event === 'push') return takesEveryBranch(trigger);
    if (!/^(?:pull_request|pull_request_target|merge_group)$/.test(trigger.event)) return false;
    if (trigger.event !== 'merge_group' && trigger.types?.includes('synchronize') === false) return false;
    return targets.some((target) => takesBranch(trigger, target));
  };
}

/** One that names tags alone starts for no branch. */
function takesEveryBranch({ branches, branchesIgnore, tags, tagsIgnore }: Trigger): boolean {
  if (branches !== undefined) return branches.length > 0 && branches.every((pattern) => pattern === '**');
  return branchesIgnore !== undefined || (tags === undefined && tagsIgnore === undefined);
}

/** The last pattern that matches decides. https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet */
function takesBranch({ branches, branchesIgnore = [] }: Trigger, branch: string): boolean {
  const matches = (pattern: string): boolean => globMatcher(pattern)?.(branch) ?? true;
  if (branchesIgnore.some(matches)) return false;
  if (branches === undefined) return true;
  const last = branches.findLast((pattern) => matches(pattern.replace(/^!/, '')));
  return last !== undefined && !last.startsWith('!');
}

/** A job on its way to run. */
type Starting = Pick<RunningJob, 'workflow' | 'job' | 'entry' | 'caller'> & { readonly prefix: string };

function running({ prefix, ...starting }: Starting, pipelines: Pipelines, depth: number): RunningJob[] {
  const { job, entry } = starting;
  const check = `${prefix}${job.name ?? job.id}`;
  const called = calledBy(job, pipelines);
  if (called !== undefined && depth < DEPTH)
    return called.jobs
      .filter(({ condition }) => !isOff(condition))
      .map((inner): Starting => ({ workflow: called, job: inner, prefix: `${check} / `, entry, caller: job }))
      .flatMap((inner) => running(inner, pipelines, depth + 1));
  const steps = job.steps.filter(({ condition }) => !isOff(condition));
  return [{ ...starting, check, steps: steps.flatMap((step) => withActions(step, pipelines.actions)) }];
}

/** Switched off by hand: `if: false`. */
function isOff(condition: string | undefined): boolean {
  return condition !== undefined && /^\s*(?:\$\{\{\s*)?false(?:\s*\}\})?\s*$/.test(condition);
}

/** A condition that asks for another event than all of these, and nothing else. */
function excluded({ condition }: Job, events: readonly string[]): boolean {
  if (isOff(condition)) return true;
  if (condition === undefined || condition.includes('||')) return false;
  const wanted = /github\.event_name\s*==\s*'([\w-]+)'/.exec(condition)?.[1];
  const denied = [...condition.matchAll(/github\.event_name\s*!=\s*'([\w-]+)'/g)].map(([, name]) => name ?? '');
  return (wanted !== undefined && !events.includes(wanted)) || events.every((event) => denied.includes(event));
}

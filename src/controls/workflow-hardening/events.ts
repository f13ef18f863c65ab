import {
  callersOf,
  keepsTo,
  namesOtherEvents,
  neededJobs,
  type Job,
  type Pipelines,
  type Trigger,
  type Workflow,
} from '../../proofs/workflows/index.ts';

/** Events that outsiders cause and that run with the repository's secrets and a token that may write. */
export const PRIVILEGED: ReadonlySet<string> = new Set([
  'pull_request_target',
  'workflow_run',
  'issues',
  'issue_comment',
  'discussion',
  'discussion_comment',
  'fork',
  'watch',
  'gollum',
]);

const DEPTH = 4;

/** An event that starts a workflow, by way of others perhaps that call it. */
export interface Start extends Trigger {
  /** Conditions of the jobs that call it, and of those that they need; all of them hold. */
  readonly conditions: readonly string[];
}

/** The events a workflow starts on, those of its callers in place of `workflow_call`. Empty when nobody here calls it. */
export function eventsOf(workflow: Workflow, pipelines: Pipelines, depth = 0): Start[] {
  return workflow.triggers.flatMap((trigger) => {
    if (trigger.event !== 'workflow_call') return [{ ...trigger, conditions: [] }];
    if (depth >= DEPTH) return [];
    return callersOf(workflow, pipelines).flatMap((caller) => {
      const conditions = conditionsOf(caller.job, caller.workflow);
      return eventsOf(caller.workflow, pipelines, depth + 1).map((start) => ({
        ...start,
        conditions: [...start.conditions, ...conditions],
      }));
    });
  });
}

/** What must hold for a job to run: its condition, and those of the jobs that it needs. */
export function conditionsOf(job: Job, { jobs }: Workflow): string[] {
  return [job, ...neededJobs(job.needs, jobs)].flatMap(({ condition }) => condition ?? []);
}

/** True where a `workflow_run` may follow a run that a fork's pull request started, going by the workflows of this repository. */
export function followsForks(trigger: Trigger, { workflows }: Pipelines): boolean {
  const followed = workflows.filter(({ name, path }) =>
    (trigger.workflows ?? []).some((wanted) => wanted === name || path.endsWith(`/${wanted}`)),
  );
  if (followed.length < (trigger.workflows ?? []).length) return true;
  return followed.some(({ triggers }) =>
    triggers.some(({ event }) => /^pull_request|^issue|^discussion|^fork$/.test(event)),
  );
}

/** This repository, by its context or written out. */
const OWN = String.raw`(?:github\.repository|'[\w.-]+/[\w.-]+')`;
const OWNER = String.raw`(?:github\.repository_owner|'[\w.-]+')`;
const HEAD = String.raw`github\.event\.(?:pull_request\.head\.repo|workflow_run\.head_repository)`;
const PLAIN_RUN = String.raw`'(?:push|schedule|workflow_dispatch|release)'`;

/** Comparisons that hold for what does not come from a fork. Whoever opens a pull request names its branch, so that `head_branch` tells nothing. */
const SAME_REPOSITORY = new RegExp(
  [
    String.raw`${HEAD}\.full_name\s*==\s*${OWN}`,
    String.raw`${OWN}\s*==\s*${HEAD}\.full_name`,
    String.raw`${HEAD}\.owner\.login\s*==\s*${OWNER}`,
    String.raw`${HEAD}\.fork\s*==\s*false`,
    String.raw`!\s*${HEAD}\.fork\b`,
    String.raw`github\.event\.workflow_run\.event\s*==\s*${PLAIN_RUN}`,
  ].join('|'),
);
const MERGED = /^github\.event\.pull_request\.merged(?:\s*==\s*true)?$/;

/** True for a condition that, on this event, admits what comes from the own repository only, never from a fork. */
export function ownOnly(condition: string | undefined, event: string): boolean {
  return keepsTo(condition, (term) => SAME_REPOSITORY.test(term) || namesOtherEvents(term, event));
}

/** The events on which a job runs for what comes from forks as well. */
export function openStarts(job: Job, workflow: Workflow, pipelines: Pipelines): Start[] {
  return eventsOf(workflow, pipelines).filter(
    ({ event, conditions }) => ![job.condition, ...conditions].some((one) => ownOnly(one, event)),
  );
}

/** True for a condition that, on a pull request, admits one that was merged only: somebody who may merge took what it brings. */
export function mergedOnly(condition: string | undefined): boolean {
  return keepsTo(condition, (term) => MERGED.test(term));
}

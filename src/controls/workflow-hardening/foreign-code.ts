import type { Origin } from '../../model/origin.ts';
import type { Finding, Severity } from '../../model/result.ts';
import {
  callersOf,
  commandsOf,
  type Entry,
  type Job,
  type Pipelines,
  type Step,
  type Workflow,
} from '../../proofs/workflows/index.ts';
import { eventsOf, followsForks, ownOnly } from './events.ts';

const HEAD =
  /github\.event\.pull_request\.(?:head\.(?:sha|ref|repo)|merge_commit_sha)|github\.head_ref|refs\/pull\/|github\.event\.workflow_run\.(?:head_(?:sha|branch|commit|repository)|pull_requests)|github\.event\.pull_request\.number/;
const FETCHES =
  /^(?:gh\s+pr\s+checkout\b|git\s+fetch\b.*(?:\bpull\/|refs\/pull\/)|git\s+(?:checkout|switch)\b.*\$\{\{\s*github\.(?:head_ref|event\.pull_request\.head))/;
/** What puts a fetched commit into the folder. */
const LANDS = /^git\s+(?:checkout|switch|restore|merge|reset|rebase|cherry-pick|worktree|pull|read-tree)\b/;
/** Commands that run what they find in the folder: builds, tests, scripts, package managers with their hooks. */
export const RUNS_IT =
  /^(?:npm|yarn|pnpm|bun|make|just|task|pip3?|poetry|tox|nox|pytest|cargo|go\s+(?:test|run|generate|build)|mvn\w*|\.\/\S+|gradle|bash|sh|source|python3?|node|ruby|bundle|rake|docker\s+(?:build|compose)|terraform|cmake|bazel|pre-commit|composer|dotnet|deno)(?:\s|$)/;

/** Jobs that hold the repository's secrets and check out what a stranger wrote. */
export function foreignCode(pipelines: Pipelines): Finding[] {
  return pipelines.workflows.flatMap((workflow) => {
    const event = privilegedEvent(workflow, pipelines);
    if (event === undefined) return [];
    const inputs = givenBy(workflow, pipelines);
    return workflow.jobs.flatMap((job) => judgeJob(job, workflow, event, inputs));
  });
}

/** The event that brings a stranger's commit along with the repository's secrets. */
function privilegedEvent(workflow: Workflow, pipelines: Pipelines): string | undefined {
  return eventsOf(workflow, pipelines).find(
    (trigger) =>
      trigger.event === 'pull_request_target' ||
      trigger.event === 'issue_comment' ||
      (trigger.event === 'workflow_run' && followsForks(trigger, pipelines)),
  )?.event;
}

/** What callers that forks may start hand to a reusable workflow. */
function givenBy(workflow: Workflow, pipelines: Pipelines): Entry[] {
  return callersOf(workflow, pipelines).flatMap(({ job }) => (ownOnly(job.condition) ? [] : job.with));
}

function judgeJob(job: Job, workflow: Workflow, event: string, inputs: readonly Entry[]): Finding[] {
  const headOf = (step: Step): Origin | undefined =>
    headTaken(step, { env: [...workflow.env, ...job.env, ...step.env], inputs });
  const index = job.steps.findIndex((step) => headOf(step) !== undefined && !ownOnly(step.condition));
  const step = job.steps[index];
  if (step === undefined || ownOnly(job.condition)) return [];
  const isRun =
    runsWhatItTook(step) || job.steps.slice(index + 1).some((later) => !ownOnly(later.condition) && runsIt(later));
  const human = askedFirst(job, workflow);
  return [
    {
      message: `job ${job.id} of ${workflow.path} starts on ${event}, with the repository's secrets, and checks out the pull request's code${isRun ? ', which it then runs' : ''}${human === undefined ? '' : `; ${human}`}`,
      severity: severityOf(isRun, human !== undefined),
      origin: headOf(step) ?? step.origin,
      remediation:
        'Run the code of pull requests on pull_request, without secrets, and hand results over as an artifact that is only read.',
    },
  ];
}

/** Worst where nobody is asked before the stranger's code runs. */
export function severityOf(runs: boolean, human: boolean): Severity {
  if (human) return 'medium';
  return runs ? 'critical' : 'high';
}

interface Named {
  readonly env: readonly Entry[];
  readonly inputs: readonly Entry[];
}

/** Where a step takes the head of the pull request, if it does. */
function headTaken(step: Step, named: Named): Origin | undefined {
  if (step.uses?.value.startsWith('actions/checkout@') === true)
    return step.with.find(
      ({ name, value }) =>
        (name === 'ref' || name === 'repository') && meanings(value, named).some((text) => HEAD.test(text)),
    )?.origin;
  return textsOf(step).some((text) => FETCHES.test(text)) ? step.run?.origin : undefined;
}

/** A text, and what the variables and inputs that it names are set to. */
function meanings(text: string, { env, inputs }: Named): string[] {
  const set = [...text.matchAll(/\b(env|inputs)\.([\w-]+)/gi)].flatMap(([, context = '', name = '']) =>
    (context.toLowerCase() === 'env' ? env : inputs).filter((entry) => entry.name.toLowerCase() === name.toLowerCase()),
  );
  return [text, ...set.map(({ value }) => value)];
}

/** A person looks first: a label that is put on, or the reviewers of an environment. The commit may change after the look. */
export function askedFirst(job: Job, { triggers }: Workflow): string | undefined {
  if (job.environment !== undefined)
    return `the reviewers of the environment ${job.environment.value} are asked first, if it has any`;
  const labelled =
    triggers.some(({ event, types }) => event === 'pull_request_target' && types?.join() === 'labeled') ||
    /\blabels\.\*\.name|\bevent\.label\.name/.test(job.condition ?? '');
  if (labelled) return 'somebody has to label the pull request first';
  return /author_association|permission/i.test(job.condition ?? '') ? 'a condition asks who it is first' : undefined;
}

function runsIt(step: Step): boolean {
  if (step.uses?.value.startsWith('./') === true) return true;
  return textsOf(step).some((text) => RUNS_IT.test(text));
}

/** Whether the script that takes the commit runs something of it once it is in the folder. */
function runsWhatItTook(step: Step): boolean {
  const texts = textsOf(step);
  const fetched = texts.findIndex((text) => FETCHES.test(text));
  if (fetched === -1) return false;
  const isThere = !/^git\s+fetch\b/.test(texts[fetched] ?? '');
  const landed = isThere ? fetched : texts.findIndex((text, at) => at > fetched && LANDS.test(text));
  return landed !== -1 && texts.slice(landed + 1).some((text) => RUNS_IT.test(text));
}

/** The commands of a step's script. */
export function textsOf(step: Step): string[] {
  return commandsOf(step.run?.value ?? '').map(({ text }) => text);
}

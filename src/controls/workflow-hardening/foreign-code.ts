import type { At } from '../../model/origin.ts';
import type { Finding, Severity } from '../../model/result.ts';
import {
  callersOf,
  commandsOf,
  neededJobs,
  type Entry,
  type Job,
  type Pipelines,
  type Step,
  type Trigger,
  type Workflow,
} from '../../proofs/workflows/index.ts';
import { followsForks, mergedOnly, openStarts, ownOnly } from './events.ts';

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
  return pipelines.workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => {
      const taken = foreignHeads(job, workflow, pipelines).find(({ head }) => head.is === 'foreign');
      return taken === undefined ? [] : [finding(job, workflow, taken)];
    }),
  );
}

/** A checkout by a job that holds secrets, of a commit that something other than the workflow's text decides. */
export function commitsNotTold(pipelines: Pipelines): { job: Job; workflow: Workflow; at: At<string> }[] {
  return pipelines.workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) =>
      foreignHeads(job, workflow, pipelines)
        .filter(({ head }) => head.is === 'open')
        .map(({ head }) => ({ job, workflow, at: head.at })),
    ),
  );
}

interface Taken {
  readonly event: string;
  readonly index: number;
  readonly head: Head;
}

/** The steps that take a stranger's commit, or may. */
function foreignHeads(job: Job, workflow: Workflow, pipelines: Pipelines): Taken[] {
  const starts = openStarts(job, workflow, pipelines).filter(
    (start) => bringsForeignCode(start, pipelines) && ![job.condition, ...start.conditions].some(mergedOnly),
  );
  return starts.flatMap(({ event }) => {
    const inputs = givenBy(workflow, event, pipelines);
    return job.steps.flatMap((step, index) => {
      if (ownOnly(step.condition, event) || mergedOnly(step.condition)) return [];
      const head = headTaken(step, { env: [...workflow.env, ...job.env, ...step.env], inputs }, [job, workflow]);
      return head === undefined ? [] : [{ event, index, head }];
    });
  });
}

/** Whether an event brings a stranger's commit along with the repository's secrets. */
function bringsForeignCode(trigger: Trigger, pipelines: Pipelines): boolean {
  const { event } = trigger;
  if (event === 'workflow_run') return followsForks(trigger, pipelines);
  return event === 'pull_request_target' || event === 'issue_comment';
}

/** What callers that forks may start hand to a reusable workflow. */
function givenBy(workflow: Workflow, event: string, pipelines: Pipelines): Entry[] {
  return callersOf(workflow, pipelines).flatMap(({ job }) => (ownOnly(job.condition, event) ? [] : job.with));
}

function finding(job: Job, workflow: Workflow, { event, index, head }: Taken): Finding {
  const step = job.steps[index];
  const isRun =
    (step !== undefined && runsWhatItTook(step)) ||
    job.steps.slice(index + 1).some((later) => !ownOnly(later.condition, event) && runsIt(later));
  const human = askedFirst(job, workflow);
  return {
    message: `job ${job.id} of ${workflow.path} starts on ${event}, with the repository's secrets, and checks out the pull request's code${isRun ? ', which it then runs' : ''}${human === undefined ? '' : `; ${human}`}`,
    severity: severityOf(isRun, human !== undefined),
    origin: head.at.origin,
    remediation:
      'Run the code of pull requests on pull_request, without secrets, and hand results over as an artifact that is only read.',
  };
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

/** A commit that a step takes: a stranger's, or one that a step before it decides. */
interface Head {
  readonly is: 'foreign' | 'open';
  readonly at: At<string>;
}

/** What a step checks out, where that is the head of the pull request or nobody can tell. */
function headTaken(step: Step, named: Named, where: readonly [Job, Workflow]): Head | undefined {
  if (step.uses?.value.startsWith('actions/checkout@') !== true) {
    const isFetched = step.run !== undefined && textsOf(step).some((text) => FETCHES.test(text));
    return isFetched ? { is: 'foreign', at: step.run } : undefined;
  }
  const refs = step.with.filter(({ name }) => name === 'ref' || name === 'repository');
  const heads = refs.flatMap((ref): Head[] => {
    const texts = meanings(ref.value, named);
    if (texts.some((text) => HEAD.test(text))) return [{ is: 'foreign', at: ref }];
    const asked = texts.flatMap((text) => askedBy(text, where));
    if (asked.some(asksForHead)) return [{ is: 'foreign', at: ref }];
    return asked.length > 0 ? [{ is: 'open', at: ref }] : [];
  });
  return heads.find(({ is }) => is === 'foreign') ?? heads[0];
}

/** The steps whose outputs an expression names: one by its id, or all of a job that came before. */
function askedBy(text: string, [job, { jobs }]: readonly [Job, Workflow]): Step[] {
  return [...text.matchAll(/\b(steps|needs)\.([\w-]+)\.outputs\b/gi)].flatMap(([, context = '', id = '']) =>
    context.toLowerCase() === 'steps'
      ? job.steps.filter((step) => step.id?.toLowerCase() === id.toLowerCase())
      : jobs.filter((one) => one.id.toLowerCase() === id.toLowerCase()).flatMap(({ steps }) => steps),
  );
}

/** Actions whose outputs are the head of the pull request that was commented on. */
const RESOLVES_HEAD =
  /^(?:xt0rted\/pull-request-comment-branch|alessbell\/pull-request-comment-branch|eficode\/resolve-pr-refs)@/;
const NAMES_HEAD = /\bheadRef(?:Oid|Name)\b|\bhead\.(?:sha|ref)\b/;

function asksForHead({ uses, run, with: given }: Step): boolean {
  const scripts = [run?.value, ...given.filter(({ name }) => name === 'script').map(({ value }) => value)];
  return RESOLVES_HEAD.test(uses?.value ?? '') || scripts.some((script) => NAMES_HEAD.test(script ?? ''));
}

/** A text, and what the variables and inputs that it names are set to. */
function meanings(text: string, { env, inputs }: Named): string[] {
  const set = [...text.matchAll(/\b(env|inputs)\.([\w-]+)/gi)].flatMap(([, context = '', name = '']) =>
    (context.toLowerCase() === 'env' ? env : inputs).filter((entry) => entry.name.toLowerCase() === name.toLowerCase()),
  );
  return [text, ...set.map(({ value }) => value)];
}

const CONDITION_ASKS = /author_association|permission/i;
/** What asks GitHub, in a step, whether somebody belongs to the project. */
const STEP_ASKS =
  /author_association|\/collaborators\/|getCollaboratorPermissionLevel|check-user-permission|get-user-teams-membership|getMembershipForUser|checkMembershipForUser/i;

/** A person looks first: a label that is put on, or the reviewers of an environment, of this job or one it needs. The commit may change after the look. */
export function askedFirst(job: Job, workflow: Workflow): string | undefined {
  const jobs = [job, ...neededJobs(job.needs, workflow.jobs)];
  const waiting = jobs.find((one) => one.environment !== undefined);
  if (waiting?.environment !== undefined) {
    const { value } = waiting.environment;
    const which = value.includes('${{') ? `that job ${waiting.id} runs in` : value;
    return `the reviewers of the environment ${which} are asked first, if it has any`;
  }
  const conditions = jobs.map(({ condition }) => condition ?? '');
  const labelled =
    workflow.triggers.some(({ event, types }) => event === 'pull_request_target' && types?.join() === 'labeled') ||
    conditions.some((one) => /\blabels\.\*\.name|\bevent\.label\.name/.test(one));
  if (labelled) return 'somebody has to label the pull request first';
  if (conditions.some((one) => CONDITION_ASKS.test(one))) return 'a condition asks who it is first';
  const steps = jobs.flatMap((one) => one.steps);
  const asks = ({ uses, run, with: given }: Step): boolean =>
    [uses?.value, run?.value, ...given.map(({ value }) => value)].some((text) => STEP_ASKS.test(text ?? ''));
  return steps.some(asks) ? 'a step seems to ask who it is first' : undefined;
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

import type { At } from '../../model/origin.ts';
import type { Finding, Severity } from '../../model/result.ts';
import {
  answersOf,
  expressionsIn,
  type Entry,
  type Job,
  type LocalAction,
  type Pipelines,
  type Step,
  type Trigger,
  type Workflow,
} from '../../proofs/workflows/index.ts';
import { eventsOf, followsForks, ownOnly, PRIVILEGED } from './events.ts';

/**
 * Contexts whose text strangers choose, with the events that fill them. Commit hashes, numbers and logins are not among them:
 * their characters are harmless. https://docs.github.com/actions/concepts/security/script-injections
 */
const CONTROLLED: readonly (readonly [path: RegExp, events: RegExp])[] = [
  [/^github\.head_ref$/, /^pull_request/],
  [
    /^github\.event\.pull_request\.(?:title|body|head\.(?:ref|label|repo\.(?:default_branch|description|homepage)))$/,
    /^pull_request/,
  ],
  [/^github\.event\.issue\.(?:title|body)$/, /^issue/],
  [/^github\.event\.comment\.body$/, /_comment$/],
  [/^github\.event\.review\.body$/, /^pull_request_review$/],
  [/^github\.event\.(?:discussion|discussion_comment)\.(?:title|body)$/, /^discussion/],
  [/^github\.event\.pages\..*page_name$/, /^gollum$/],
  [/^github\.event\.(?:head_commit|commits\.[\d*]+)\.(?:message|(?:author|committer)\.(?:name|email))$/, /^push$/],
  [
    /^github\.event\.workflow_run\.(?:head_branch|display_title|head_commit\.(?:message|author\.(?:name|email))|head_repository\.description)$/,
    /^workflow_run$/,
  ],
];

/** Text that somebody outside chooses, and that a shell or a script then reads as code. */
export function injections(pipelines: Pipelines): Finding[] {
  return pipelines.workflows.flatMap((workflow) => {
    const events = eventsOf(workflow, pipelines);
    return workflow.jobs
      .filter(({ condition }) => !ownOnly(condition))
      .flatMap((job) =>
        job.steps
          .filter(({ condition }) => !ownOnly(condition))
          .flatMap((step) => [
            ...inStep(step, [...workflow.env, ...job.env], events, pipelines, `job ${job.id} of ${workflow.path}`),
            ...throughAction(step, job, workflow, events, pipelines),
          ]),
      );
  });
}

function inStep(
  step: Step,
  outer: readonly Entry[],
  events: readonly Trigger[],
  pipelines: Pipelines,
  where: string,
): Finding[] {
  const env = [...outer, ...step.env];
  return codeOf(step).flatMap(({ value, origin }) =>
    [...new Set(pathsIn(value).map((path) => throughEnv(path, env)))].flatMap((path) => {
      const event = controlledBy(path, events, pipelines);
      return event === undefined ? [] : [finding(where, path, event, { value, origin })];
    }),
  );
}

/** Inputs of a composite action of this repository that end up in its scripts, given something a stranger chose. */
function throughAction(
  step: Step,
  job: Job,
  workflow: Workflow,
  events: readonly Trigger[],
  pipelines: Pipelines,
): Finding[] {
  const action = pipelines.actions.find(({ folder }) => step.uses?.value === `./${folder}`);
  if (action === undefined) return [];
  const env = [...workflow.env, ...job.env];
  return scriptInputs(action).flatMap(({ input, at }) =>
    step.with
      .filter(({ name }) => name.toLowerCase() === input)
      .flatMap(({ value }) => pathsIn(value))
      .flatMap((path) => {
        const event = controlledBy(throughEnv(path, env), events, pipelines);
        const where = `${action.path}, given ${path} by job ${job.id} of ${workflow.path},`;
        return event === undefined ? [] : [finding(where, `inputs.${input}`, event, at)];
      }),
  );
}

function scriptInputs({ steps }: LocalAction): { input: string; at: At<string> }[] {
  return steps.flatMap((step) =>
    codeOf(step).flatMap((at) =>
      pathsIn(at.value).flatMap((path) => {
        const input = /^inputs\.([\w-]+)$/.exec(throughEnv(path, step.env))?.[1];
        return input === undefined ? [] : [{ input, at }];
      }),
    ),
  );
}

/** What a step hands to an interpreter: its script, or that of actions/github-script. */
function codeOf(step: Step): At<string>[] {
  if (step.run !== undefined) return [step.run];
  if (step.uses?.value.startsWith('actions/github-script@') !== true) return [];
  return step.with.filter(({ name }) => name === 'script');
}

function pathsIn(text: string): string[] {
  return expressionsIn(text).flatMap((expression) => answersOf(expression).paths);
}

/** `env.TITLE` inside an expression is replaced before the shell starts, so it is what the variable was set to. */
function throughEnv(path: string, env: readonly Entry[]): string {
  const name = /^env\.([\w-]+)$/.exec(path)?.[1];
  const set = name === undefined ? undefined : env.findLast((entry) => entry.name.toLowerCase() === name);
  return set === undefined ? path : (pathsIn(set.value)[0] ?? path);
}

/** The event by which a stranger fills the context, if one of the workflow's does. */
function controlledBy(path: string, events: readonly Trigger[], pipelines: Pipelines): string | undefined {
  const filled = CONTROLLED.find(([pattern]) => pattern.test(path))?.[1];
  if (filled === undefined) return undefined;
  const fits = events.filter(
    (trigger) => filled.test(trigger.event) && (trigger.event !== 'workflow_run' || followsForks(trigger, pipelines)),
  );
  return (fits.find(({ event }) => PRIVILEGED.has(event)) ?? fits[0])?.event;
}

function finding(where: string, path: string, event: string, at: At<string>): Finding {
  const severity: Severity = PRIVILEGED.has(event) ? 'critical' : 'high';
  return {
    message: `${where} writes ${path}, which anybody may choose on ${event}, into its script`,
    severity,
    origin: at.origin,
    remediation: 'Hand it over in an environment variable of the step and quote the variable in the script.',
  };
}

import type { At } from '../../model/origin.ts';
import type { Finding, Severity } from '../../model/result.ts';
import {
  actionOf,
  answersOf,
  callersOf,
  expressionsIn,
  type Entry,
  type Job,
  type LocalAction,
  type Pipelines,
  type Step,
  type Trigger,
  type Workflow,
} from '../../proofs/workflows/index.ts';
import { isControlled, type Reading } from './controlled.ts';
import { eventsOf, followsForks, ownOnly, PRIVILEGED } from './events.ts';

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
            ...throughCall(step, job, workflow, pipelines),
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
    readingsIn(value, env).flatMap((reading) => {
      const event = controlledBy(reading, events, pipelines);
      return event === undefined ? [] : [finding(where, reading, event, { value, origin })];
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
  const action = actionOf(step, pipelines.actions);
  if (action === undefined) return [];
  const env = [...workflow.env, ...job.env];
  return scriptInputs(action).flatMap(({ input, at }) =>
    step.with
      .filter(({ name }) => name.toLowerCase() === input)
      .flatMap(({ value }) => readingsIn(value, env))
      .flatMap((reading) => {
        const event = controlledBy(reading, events, pipelines);
        const where = `${action.path}, given ${named(reading)} by job ${job.id} of ${workflow.path},`;
        return event === undefined ? [] : [finding(where, { path: `inputs.${input}`, whole: false }, event, at)];
      }),
  );
}

/** Inputs of a reusable workflow that end up in a script of it, given something a stranger chose by a job of this repository. */
function throughCall(step: Step, job: Job, workflow: Workflow, pipelines: Pipelines): Finding[] {
  const inputs = scriptInputs({ steps: [step] }, [...workflow.env, ...job.env]);
  if (inputs.length === 0) return [];
  return callersOf(workflow, pipelines)
    .filter((caller) => !ownOnly(caller.job.condition))
    .flatMap((caller) =>
      inputs.flatMap(({ input, at }) =>
        caller.job.with
          .filter(({ name }) => name.toLowerCase() === input)
          .flatMap(({ value }) => readingsIn(value, []))
          .flatMap((reading) => {
            const event = controlledBy(reading, eventsOf(caller.workflow, pipelines), pipelines);
            const where = `job ${job.id} of ${workflow.path}, given ${named(reading)} by job ${caller.job.id} of ${caller.workflow.path},`;
            return event === undefined ? [] : [finding(where, { path: `inputs.${input}`, whole: false }, event, at)];
          }),
      ),
    );
}

function scriptInputs(
  { steps }: Pick<LocalAction, 'steps'>,
  env: readonly Entry[] = [],
): { input: string; at: At<string> }[] {
  return steps.flatMap((step) =>
    codeOf(step).flatMap((at) =>
      readingsIn(at.value, [...env, ...step.env]).flatMap(({ path }) => {
        const input = /^inputs\.([\w-]+)$/.exec(path)?.[1];
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

/** The contexts that the expressions of a text write out, each once; `env.X` stands for what the variable is set to. */
function readingsIn(text: string, env: readonly Entry[]): Reading[] {
  const readings = written(text).map((reading) => throughEnv(reading, env));
  return [...new Map(readings.map((reading) => [named(reading), reading])).values()];
}

function written(text: string): Reading[] {
  return expressionsIn(text).flatMap((expression) => {
    const { paths, whole } = answersOf(expression);
    return paths.map((path) => ({ path, whole: whole.includes(path) }));
  });
}

/** `env.TITLE` inside an expression is replaced before the shell starts, so it is what the variable was set to. */
function throughEnv(reading: Reading, env: readonly Entry[]): Reading {
  const name = /^env\.([\w-]+)$/.exec(reading.path)?.[1];
  const set = name === undefined ? undefined : env.findLast((entry) => entry.name.toLowerCase() === name);
  return set === undefined ? reading : (written(set.value)[0] ?? reading);
}

/** The event by which a stranger fills the context, if one of the workflow's does. */
function controlledBy(reading: Reading, events: readonly Trigger[], pipelines: Pipelines): string | undefined {
  const fits = events.filter(
    (trigger) =>
      isControlled(reading, trigger.event) && (trigger.event !== 'workflow_run' || followsForks(trigger, pipelines)),
  );
  return (fits.find(({ event }) => PRIVILEGED.has(event)) ?? fits[0])?.event;
}

function named({ path, whole }: Reading): string {
  return whole ? `toJSON(${path})` : path;
}

function finding(where: string, reading: Reading, event: string, at: At<string>): Finding {
  const severity: Severity = PRIVILEGED.has(event) ? 'critical' : 'high';
  return {
    message: `${where} writes ${named(reading)}, ${reading.whole ? 'text of which' : 'which'} anybody may choose on ${event}, into its script`,
    severity,
    origin: at.origin,
    remediation: 'Hand it over in an environment variable of the step and quote the variable in the script.',
  };
}

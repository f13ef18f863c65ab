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
import { followsForks, openStarts, ownOnly, PRIVILEGED } from './events.ts';
import { codeOf } from './scripts.ts';

/** Text that somebody outside chooses, and that a shell or a script then reads as code; one finding for each text in a script. */
export function injections(pipelines: Pipelines): Finding[] {
  const found = pipelines.workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => {
      const starts = openStarts(job, workflow, pipelines);
      const env = [...workflow.env, ...job.env];
      const where = `job ${job.id} of ${workflow.path}`;
      return job.steps.flatMap((step) => {
        const left = leftFor(step, starts);
        return [
          ...inStep(step, env, left, pipelines, where),
          ...inAction(step, env, left, pipelines, where),
          ...throughAction(step, env, left, pipelines, where),
          ...throughCall(step, job, workflow, pipelines),
        ];
      });
    }),
  );
  return [...Map.groupBy(found, ({ at, reading }) => `${placeOf(at)} ${named(reading)}`).values()].flatMap(
    (same) => finding(same.find(({ event }) => PRIVILEGED.has(event)) ?? same[0]) ?? [],
  );
}

/** A stranger's text in a script. */
interface Injection {
  readonly where: string;
  readonly reading: Reading;
  readonly event: string;
  readonly at: At<string>;
}

function placeOf({ origin }: At<string>): string {
  return `${origin.path}:${origin.line}:${origin.column}`;
}

function leftFor({ condition }: Step, starts: readonly Trigger[]): Trigger[] {
  return starts.filter(({ event }) => !ownOnly(condition, event));
}

function inStep(
  step: Step,
  outer: readonly Entry[],
  events: readonly Trigger[],
  pipelines: Pipelines,
  where: string,
): Injection[] {
  const env = [...outer, ...step.env];
  return codeOf(step).flatMap((at) =>
    readingsIn(at.value, env).flatMap((reading) => {
      const event = controlledBy(reading, events, pipelines);
      return event === undefined ? [] : [{ where, reading, event, at }];
    }),
  );
}

/** What a composite action of this repository writes into its scripts by itself: contexts are those of whoever uses it. */
function inAction(
  step: Step,
  env: readonly Entry[],
  events: readonly Trigger[],
  pipelines: Pipelines,
  user: string,
): Injection[] {
  const action = actionOf(step, pipelines.actions);
  if (action === undefined) return [];
  return action.steps.flatMap((inner) =>
    inStep(inner, [...env, ...step.env], leftFor(inner, events), pipelines, `${action.path}, used by ${user},`),
  );
}

/** Inputs of a composite action of this repository that end up in its scripts, given something a stranger chose. */
function throughAction(
  step: Step,
  outer: readonly Entry[],
  events: readonly Trigger[],
  pipelines: Pipelines,
  user: string,
): Injection[] {
  const action = actionOf(step, pipelines.actions);
  if (action === undefined) return [];
  const env = [...outer, ...step.env];
  return scriptInputs(action).flatMap(({ input, at }) =>
    step.with
      .filter(({ name }) => name.toLowerCase() === input)
      .flatMap(({ value }) => readingsIn(value, env))
      .flatMap((reading) => {
        const event = controlledBy(reading, events, pipelines);
        const where = `${action.path}, given ${named(reading)} by ${user},`;
        return event === undefined ? [] : [{ where, reading: { path: `inputs.${input}`, whole: false }, event, at }];
      }),
  );
}

/** Inputs of a reusable workflow that end up in a script of it, given something a stranger chose by a job of this repository. */
function throughCall(step: Step, job: Job, workflow: Workflow, pipelines: Pipelines): Injection[] {
  const inputs = scriptInputs({ steps: [step] }, [...workflow.env, ...job.env]);
  if (inputs.length === 0) return [];
  return callersOf(workflow, pipelines).flatMap((caller) => {
    const events = openStarts(caller.job, caller.workflow, pipelines).filter(
      ({ event }) => ![job.condition, step.condition].some((one) => ownOnly(one, event)),
    );
    return inputs.flatMap(({ input, at }) =>
      caller.job.with
        .filter(({ name }) => name.toLowerCase() === input)
        .flatMap(({ value }) => readingsIn(value, []))
        .flatMap((reading) => {
          const event = controlledBy(reading, events, pipelines);
          const where = `job ${job.id} of ${workflow.path}, given ${named(reading)} by job ${caller.job.id} of ${caller.workflow.path},`;
          return event === undefined ? [] : [{ where, reading: { path: `inputs.${input}`, whole: false }, event, at }];
        }),
    );
  });
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

function finding(injection: Injection | undefined): Finding | undefined {
  if (injection === undefined) return undefined;
  const { where, reading, event, at } = injection;
  const severity: Severity = PRIVILEGED.has(event) ? 'critical' : 'high';
  return {
    message: `${where} writes ${named(reading)}, ${reading.whole ? 'text of which' : 'which'} anybody may choose on ${event}, into its script`,
    severity,
    origin: at.origin,
    remediation: 'Hand it over in an environment variable of the step and quote the variable in the script.',
  };
}

import { answersOf, expressionsIn } from './expressions.ts';
import type { Job, Pipelines, Workflow } from './types.ts';

/** What a text with expressions can be at run time, as far as the repository tells. */
export interface Possible {
  readonly values: readonly string[];
  /** False where a part comes from outside: a variable of the repository, an output, an input somebody types. */
  readonly complete: boolean;
}

const DEPTH = 4;

/**
 * Follows literals, the matrix, and inputs up to those who call or dispatch the workflow. Used for names of environments, which
 * stand alone: of a text that mixes words and expressions the words are not joined.
 */
export function possibleValues(text: string, job: Job, workflow: Workflow, pipelines: Pipelines, depth = 0): Possible {
  const expressions = expressionsIn(text);
  if (expressions.length === 0) return { values: [text], complete: true };
  const parts = expressions.flatMap((expression) => {
    const { paths, literals } = answersOf(expression);
    const plain: Possible = { values: literals, complete: true };
    return [plain, ...paths.map((path) => valuesOf(path, job, workflow, pipelines, depth))];
  });
  return {
    values: [...new Set(parts.flatMap(({ values }) => values))].filter((value) => value !== ''),
    complete: parts.every(({ complete }) => complete),
  };
}

function valuesOf(path: string, job: Job, workflow: Workflow, pipelines: Pipelines, depth: number): Possible {
  const matrix = /^matrix\.([\w-]+)$/.exec(path)?.[1];
  if (matrix !== undefined) {
    const key = Object.keys(job.matrix).find((name) => name.toLowerCase() === matrix);
    return key === undefined ? UNKNOWN : { values: job.matrix[key] ?? [], complete: true };
  }
  const input = /^(?:inputs|github\.event\.inputs)\.([\w-]+)$/.exec(path)?.[1];
  return input === undefined || depth >= DEPTH ? UNKNOWN : inputValues(input, workflow, pipelines, depth);
}

const UNKNOWN: Possible = { values: [], complete: false };

function inputValues(name: string, workflow: Workflow, pipelines: Pipelines, depth: number): Possible {
  const declared = workflow.triggers.flatMap(({ event, inputs }) =>
    inputs.filter((input) => input.name.toLowerCase() === name).map((input) => ({ event, ...input })),
  );
  const calls = callersOf(workflow, pipelines).flatMap(({ workflow: caller, job }) =>
    job.with
      .filter((entry) => entry.name.toLowerCase() === name)
      .map((entry) => possibleValues(entry.value, job, caller, pipelines, depth + 1)),
  );
  const typed = declared.some(({ event, options }) => event === 'workflow_dispatch' && options.length === 0);
  return {
    values: [
      ...declared.flatMap(({ options, fallback }) => [...options, ...(fallback === undefined ? [] : [fallback])]),
      ...calls.flatMap(({ values }) => values),
    ],
    complete: !typed && declared.length > 0 && calls.every(({ complete }) => complete),
  };
}

/** The jobs of this repository that call a reusable workflow. */
export function callersOf(called: Workflow, { workflows }: Pipelines): { workflow: Workflow; job: Job }[] {
  return workflows.flatMap((workflow) =>
    workflow.jobs.filter((job) => isLocalCall(job.uses?.value, called.path)).map((job) => ({ workflow, job })),
  );
}

/** The reusable workflow of this repository that a job calls. */
export function calledBy(job: Job, { workflows }: Pipelines): Workflow | undefined {
  return workflows.find(({ path }) => isLocalCall(job.uses?.value, path));
}

function isLocalCall(uses: string | undefined, path: string): boolean {
  return uses !== undefined && uses.startsWith('./') && uses.slice(2) === path;
}

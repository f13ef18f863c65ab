import type { At } from '../../model/origin.ts';
import type { Job, LocalAction, Pipelines, Step, Workflow } from './types.ts';
import { calledBy } from './values.ts';

/** The action of this repository that a step uses. GitHub takes its folder as a path: with a slash at the end, or two in a row. */
export function actionOf(step: Step, actions: readonly LocalAction[]): LocalAction | undefined {
  const folder = step.uses === undefined ? undefined : folderIn(step.uses.value);
  return folder === undefined ? undefined : actions.find((action) => action.folder === folder);
}

function folderIn(uses: string): string | undefined {
  if (!uses.startsWith('./')) return undefined;
  return uses
    .split('/')
    .filter((part) => part !== '.' && part !== '')
    .join('/');
}

/** A path that a job names as this repository's own. */
interface Missing {
  readonly workflow: Workflow;
  readonly job: Job;
  readonly uses: At<string>;
}

/** Actions and reusable workflows that a job takes from its checkout, and that were not read here: an earlier step may have put them there. */
export function missingLocals(pipelines: Pipelines): Missing[] {
  return pipelines.workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => {
      const steps = job.steps.filter((step) => actionOf(step, pipelines.actions) === undefined);
      const called = calledBy(job, pipelines) === undefined ? [job] : [];
      return [...called, ...steps]
        .flatMap(({ uses }) => (uses?.value.startsWith('./') === true ? [uses] : []))
        .map((uses) => ({ workflow, job, uses }));
    }),
  );
}

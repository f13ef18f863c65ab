import { callersOf, parted, type Pipelines, type Trigger, type Workflow } from '../../proofs/workflows/index.ts';

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

/** The events a workflow starts on, those of its callers in place of `workflow_call`. Empty when nobody here calls it. */
export function eventsOf(workflow: Workflow, pipelines: Pipelines, depth = 0): Trigger[] {
  return workflow.triggers.flatMap((trigger) => {
    if (trigger.event !== 'workflow_call') return [trigger];
    if (depth >= DEPTH) return [];
    return callersOf(workflow, pipelines).flatMap((caller) => eventsOf(caller.workflow, pipelines, depth + 1));
  });
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
    String.raw`github\.event_name\s*==\s*'(?:push|schedule|workflow_dispatch|release|pull_request|merge_group)'`,
    String.raw`github\.event_name\s*!=\s*'pull_request_target'`,
  ].join('|'),
);

/**
 * True for a condition that admits what comes from the own repository only, never from a fork: each of its alternatives must, and of what must hold
 * together one is enough. A negation of more than a name is taken for none.
 */
export function ownOnly(condition: string | undefined): boolean {
  return condition !== undefined && admitsOwn(condition.replace(/^\s*\$\{\{([\s\S]*)\}\}\s*$/, '$1'), 0);
}

function admitsOwn(expression: string, depth: number): boolean {
  if (depth > DEPTH) return false;
  const alternatives = parted(expression, '||');
  if (alternatives.length > 1) return alternatives.every((one) => admitsOwn(one, depth + 1));
  const together = parted(expression, '&&');
  if (together.length > 1) return together.some((one) => admitsOwn(one, depth + 1));
  const inner = /^\s*\(([\s\S]*)\)\s*$/.exec(expression)?.[1];
  if (inner !== undefined) return admitsOwn(inner, depth + 1);
  return !/^\s*!\s*\(/.test(expression) && SAME_REPOSITORY.test(expression);
}

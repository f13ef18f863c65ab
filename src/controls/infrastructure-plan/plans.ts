import type { PlatformView } from '../../model/platform.ts';
import { localFolder } from '../../proofs/topology/index.ts';
import {
  commandsOf,
  expressionsIn,
  jobsOn,
  opaqueCalls,
  possibleValues,
  type Pipelines,
  type RunningJob,
  type Step,
  withVariables,
} from '../../proofs/workflows/index.ts';

/** A job that plans. */
export interface PlanningJob {
  readonly workflow: string;
  readonly job: string;
  /** Whether a schedule starts it. */
  readonly scheduled: boolean;
  /** The roots it plans; undefined where the workflow does not tell them, which may be all. */
  readonly roots?: readonly string[];
}

/** A value of an option: quoted, an expression, or a word. */
const VALUE = String.raw`(?:"[^"]*"|'[^']*'|\$\{\{(?:(?!\}\}).)*\}\}|(?!\$\{\{)[^\s"'])+`;
const PLANS = new RegExp(String.raw`^(?:terraform|tofu)(?:\s+-[\w-]+(?:=${VALUE})?)*\s+plan(?![\w./-])`);
const CHANGES_FOLDER = new RegExp(String.raw`\s-chdir=(${VALUE})`);
/** Tools around Terraform, which plan what they find below or are told by their own options. */
const PLANS_MANY =
  /^(?:(?:terragrunt|terramate)\b(?:(?!\s(?:apply|show|import|output)\b).)*\s(?:plan|plan-all)|atmos\s+terraform\s+plan|cdktf\s+(?:diff|plan))(?![\w./-])/;
const PLANNING_ACTIONS =
  /^(?:dflook\/terraform-(?:plan|check)|dflook\/tofu-(?:plan|check)|op5dev\/tf-via-pr|hashicorp\/tfc-workflows-github\/actions\/create-run)/;
/** What the actions call the folder that they plan. */
const FOLDER_INPUTS: ReadonlySet<string> = new Set(['path', 'working-directory']);

/** The jobs that plan, by workflow, among these roots. */
export function planningJobs(view: PlatformView, pipelines: Pipelines, roots: readonly string[]): PlanningJob[] {
  const scheduled = new Set(jobsOn(({ event }) => event === 'schedule', pipelines).map(nameOf));
  const holdsCode = (folder: string): boolean => roots.includes(folder) || hasCode(view, folder);
  return jobsOn(() => true, pipelines).flatMap((running) => {
    const folders = running.steps.flatMap((step) => plannedIn(step, running, pipelines) ?? []);
    if (folders.length === 0) return [];
    const told = folders.every((folder): folder is string => folder !== undefined && holdsCode(folder));
    return [
      {
        workflow: running.workflow.path,
        job: running.job.id,
        scheduled: scheduled.has(nameOf(running)),
        ...(told && { roots: roots.filter((root) => folders.includes(root)) }),
      },
    ];
  });
}

function nameOf({ workflow, job }: RunningJob): string {
  return `${workflow.path} ${job.id}`;
}

/** A folder without Terraform is one of a checkout that lies elsewhere, or was misread. */
function hasCode(view: PlatformView, folder: string): boolean {
  const start = folder === '.' ? '' : `${folder}/`;
  return view
    .files()
    .some((path) => path.startsWith(start) && /^[^/]+\.(?:tf|tofu)(?:\.json)?$/.test(path.slice(start.length)));
}

/** The folders that a step plans, undefined for one that is not told; none at all where it plans nothing. */
function plannedIn(step: Step, running: RunningJob, pipelines: Pipelines): (string | undefined)[] {
  if (PLANNING_ACTIONS.test(step.uses?.value ?? '')) {
    const folder = step.with.find(({ name }) => FOLDER_INPUTS.has(name))?.value;
    return folder === undefined ? [undefined] : possibleFolders(folder, step, running, pipelines);
  }
  const script = step.run?.value ?? '';
  const commands = commandsOf(script).map(({ text }) => text);
  const start = startOf(script, commands);
  return commands.flatMap((text, at) => {
    if (PLANS_MANY.test(text)) return [undefined];
    if (!PLANS.test(text)) return [];
    if (start === undefined) return [undefined];
    const parts = [step.directory, at > start.at ? start.folder : undefined, CHANGES_FOLDER.exec(text)?.[1]];
    return foldersBelow(parts, step, running, pipelines);
  });
}

/** Where a script goes, and with which command; undefined where it goes to several places. */
function startOf(
  script: string,
  commands: readonly string[],
): { readonly at: number; readonly folder?: string } | undefined {
  const moves = commands.flatMap((text, at) => {
    const folder = /^(?:cd|pushd)\s+(.+)$/.exec(text)?.[1];
    return folder === undefined ? [] : [{ at, folder }];
  });
  if (moves.length > 1 || /\(\s*(?:cd|pushd)\b/.test(script)) return undefined;
  return moves[0] ?? { at: commands.length };
}

function foldersBelow(
  parts: readonly (string | undefined)[],
  step: Step,
  running: RunningJob,
  pipelines: Pipelines,
): (string | undefined)[] {
  return parts.reduce<(string | undefined)[]>(
    (bases, part) =>
      part === undefined
        ? bases
        : bases.flatMap((base) =>
            possibleFolders(part, step, running, pipelines).map((next) =>
              base === undefined || next === undefined ? undefined : localFolder(base, `./${next}`),
            ),
          ),
    ['.'],
  );
}

const CHECKOUT = /^(?:\$\{\{\s*github\.workspace\s*\}\}|\$\{?GITHUB_WORKSPACE\}?)(?:\/|$)/;

/** What a text can be: its variables followed, and one expression in it. */
function possibleFolders(text: string, step: Step, running: RunningJob, pipelines: Pipelines): (string | undefined)[] {
  const plain = text.replaceAll(/["']/g, '').trim().replace(CHECKOUT, '');
  const filled = withVariables(plain, [...running.workflow.env, ...running.job.env, ...step.env]).trim();
  const [inner, more] = expressionsIn(filled);
  if (inner === undefined) return [relative(filled)];
  const expression = `\${{${inner}}}`;
  const { values, complete } = possibleValues(expression, running.job, running.workflow, pipelines);
  if (more !== undefined || !complete || values.length === 0) return [undefined];
  return values.map((value) => relative(filled.replace(expression, () => value)));
}

/** A path below the checkout that stands in the workflow as it is. */
function relative(path: string): string | undefined {
  return /^\/|[$*`~]/.test(path) ? undefined : path;
}

const INSTALLS = /^(?:hashicorp\/setup-terraform|opentofu\/setup-opentofu|gruntwork-io\/|autero1\/action-terragrunt)/;
const NAMED = /terra|tofu|atmos|(?:^|[^a-z])(?:tf|iac|infra\w*|plan|drift|apply|provision\w*|deploy\w*)(?:[^a-z]|$)/i;
const OTHER_PURPOSE =
  /lint|docs?(?:[^a-z]|$)|sec(?:[^a-z]|$)|secur|vuln|scan|codeql|semgrep|fmt|format|setup|checkov|trivy|cost|validat|label|stale|depend|tests?(?:[^a-z]|$)/i;

/** What the jobs call that may plan and is not read: targets and scripts of jobs that install Terraform, and what is named for it. */
export function unreadPlanners(pipelines: Pipelines): string[] {
  const called = jobsOn(() => true, pipelines).flatMap((running) => {
    const { job, steps } = running;
    const installs = steps.some(({ uses }) => INSTALLS.test(uses?.value ?? ''));
    const scripts = opaqueCalls([{ ...running, steps: steps.filter(({ run }) => run !== undefined) }]);
    const actions = steps.flatMap(({ uses }) => uses?.value.split('@')[0] ?? []);
    return [
      ...scripts.filter((text) => text !== job.uses?.value.split('@')[0] && (installs || NAMED.test(text))),
      ...actions.filter((action) => !action.startsWith('./') && !PLANNING_ACTIONS.test(action) && NAMED.test(action)),
      ...(job.uses === undefined || job.uses.value.startsWith('./') ? [] : [job.uses.value.split('@')[0] ?? '']),
    ];
  });
  return [...new Set(called)].filter((name) => !OTHER_PURPOSE.test(name)).toSorted();
}

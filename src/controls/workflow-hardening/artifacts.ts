import type { Origin } from '../../model/origin.ts';
import type { Finding } from '../../model/result.ts';
import type { Job, Pipelines, Step, Workflow } from '../../proofs/workflows/index.ts';
import { followsForks, openStarts, ownOnly } from './events.ts';
import { askedFirst, RUNS_IT, severityOf, textsOf } from './foreign-code.ts';

/** An artifact of another run as a step puts it somewhere. */
interface Unpacked {
  /** The path as written. */
  readonly path: string;
  /** Its folder in the checkout, empty for the root of it; undefined outside of the checkout. */
  readonly folder: string | undefined;
  readonly origin: Origin;
  /** The commands of the same script that come after it. */
  readonly after: readonly string[];
}

/** Jobs that hold the repository's secrets and take for code what the run of a fork's pull request left behind. */
export function foreignArtifacts(pipelines: Pipelines): Finding[] {
  return pipelines.workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => {
      const follows = openStarts(job, workflow, pipelines).some(
        (start) => start.event === 'workflow_run' && followsForks(start, pipelines),
      );
      return follows ? judgeJob(job, workflow) : [];
    }),
  );
}

function judgeJob(job: Job, workflow: Workflow): Finding[] {
  const steps = job.steps.filter(({ condition }) => !ownOnly(condition, 'workflow_run'));
  for (const [index, step] of steps.entries()) {
    const unpacked = unpackedBy(step, steps.slice(0, index + 1).some(isFetching));
    if (unpacked === undefined) continue;
    const deed = deedAfter(unpacked, steps.slice(index + 1));
    if (deed !== undefined) return [finding(job, workflow, unpacked, deed)];
  }
  return [];
}

function finding(job: Job, workflow: Workflow, { origin }: Unpacked, deed: string): Finding {
  const human = askedFirst(job, workflow);
  return {
    message: `job ${job.id} of ${workflow.path} starts on workflow_run, with the repository's secrets, unpacks an artifact that the run of a fork's pull request may have made, and then ${deed}${human === undefined ? '' : `; ${human}`}`,
    severity: severityOf(true, human !== undefined),
    origin,
    remediation:
      'Unpack the artifact outside of the checkout (runner.temp), take data from it only, check what it says, and build what is run from the default branch.',
  };
}

/** https://github.com/actions/download-artifact: without a `run-id` the artifact is one of the job's own run. */
const DOWNLOADS: readonly (readonly [action: RegExp, needs: string | undefined])[] = [
  [/^actions\/download-artifact@/, 'run-id'],
  [/^dawidd6\/action-download-artifact@/, undefined],
];
/** Scripts that fetch an artifact as an archive, for `unzip` to unpack. */
const FETCHES = /downloadArtifact\b|\/artifacts\//;
const UNPACKS = /^unzip\s/;
const INTO = /\s(?:-D|--dir|-d)[\s=]+["']?([^\s"']+)/;

function isFetching(step: Step): boolean {
  return [step.run, ...step.with.filter(({ name }) => name === 'script')].some((code) =>
    FETCHES.test(code?.value ?? ''),
  );
}

function unpackedBy(step: Step, isFetched: boolean): Unpacked | undefined {
  const given = (name: string): string | undefined => step.with.find((entry) => entry.name === name)?.value;
  const { uses, run } = step;
  if (uses !== undefined) {
    const known = DOWNLOADS.find(([action]) => action.test(uses.value));
    if (known === undefined || (known[1] !== undefined && given(known[1]) === undefined)) return undefined;
    return { ...placeOf(given('path')), origin: uses.origin, after: [] };
  }
  const texts = textsOf(step);
  const at = texts.findIndex((text) => /^gh\s+run\s+download\b/.test(text) || (isFetched && UNPACKS.test(text)));
  if (at === -1 || run === undefined) return undefined;
  const into = INTO.exec(texts[at] ?? '')?.[1] ?? step.directory;
  return { ...placeOf(into), origin: run.origin, after: texts.slice(at + 1) };
}

function placeOf(path = '.'): Pick<Unpacked, 'path' | 'folder'> {
  if (/runner\.temp|RUNNER_TEMP|^\/|^~|\$HOME/.test(path)) return { path, folder: undefined };
  const inside = path.replace(/^(?:\$\{\{\s*github\.workspace\s*\}\}|\$\{?GITHUB_WORKSPACE\}?)/, '');
  return { path, folder: withoutDots(inside.trim()) };
}

function withoutDots(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '.' && part !== '')
    .join('/');
}

/** What is done with the artifact that lets a stranger run code; a checkout at the root clears what lay there. */
function deedAfter(unpacked: Unpacked, later: readonly Step[]): string | undefined {
  const own = deedOf(unpacked, unpacked.after);
  if (own !== undefined) return own;
  for (const step of later) {
    if (isCheckoutOfAll(step)) return undefined;
    if (usesFrom(unpacked, step)) return RUNS;
    const entered = step.directory === undefined ? [] : [`cd ${step.directory}`];
    const deed = deedOf(unpacked, [...entered, ...textsOf(step)]);
    if (deed !== undefined) return deed;
  }
  return undefined;
}

function isCheckoutOfAll({ uses, with: inputs }: Step): boolean {
  return uses?.value.startsWith('actions/checkout@') === true && !inputs.some(({ name }) => name === 'path');
}

/** A local action comes from the checkout, of which the artifact may have overwritten any file of its folder. */
function usesFrom({ folder }: Unpacked, { uses }: Step): boolean {
  if (folder === undefined || uses?.value.startsWith('./') !== true) return false;
  return folder === '' || withoutDots(uses.value).startsWith(`${folder}/`);
}

const RUNS = 'runs what may have come with it';
const SETS = 'writes what it says into the environment of later steps';

function deedOf(unpacked: Unpacked, texts: readonly string[]): string | undefined {
  if (runsFrom(unpacked, texts)) return RUNS;
  return texts.some((text) => setsFrom(unpacked, text)) ? SETS : undefined;
}

/** A file whose text ends up in `GITHUB_ENV` or `GITHUB_PATH`: a line of it may set `BASH_ENV` or `NODE_OPTIONS`. */
const SETTING = /(?:^|\$\(\s*|`)(?:(?:cat|jq|grep|sed|head|tail)\s|<)(?<read>.*)>>\s*["']?\$\{?GITHUB_(?:ENV|PATH)\b/;

function setsFrom({ folder, path }: Unpacked, text: string): boolean {
  const read = SETTING.exec(text)?.groups?.['read'];
  return read !== undefined && read.includes(folder ?? path);
}

/** Whether a script runs something of the folder: whatever runs files of the checkout, where that is its root. */
function runsFrom({ folder }: Unpacked, texts: readonly string[]): boolean {
  if (folder === undefined) return false;
  if (folder === '') return texts.some((text) => RUNS_IT.test(text));
  const name = `["']?(?:\\./)?${folder.replaceAll(/[^\w/-]/g, String.raw`\$&`)}`;
  const end = `(?:[/\\s"']|$)`;
  const runsFile = new RegExp(`^(?:(?:bash|sh|source|\\.|python3?|node|ruby|deno\\s+run)\\s+(?:-\\S+\\s+)*)?${name}/`);
  const isTold = new RegExp(`\\s(?:-C|--prefix|--cwd|--dir)[\\s=]+${name}${end}`);
  const enters = new RegExp(`^(?:cd|pushd)\\s+${name}${end}`);
  const entered = texts.findIndex((text) => enters.test(text));
  return texts.some(
    (text, at) =>
      runsFile.test(text) || (RUNS_IT.test(text) && (isTold.test(text) || (entered !== -1 && at > entered))),
  );
}

import type { Origin } from '../../model/origin.ts';
import { saidInFile, type OwnFile, type OwnFiles } from './own-file.ts';
import type { RunningJob } from './reach.ts';
import { commandsOf } from './shell.ts';
import type { Step } from './types.ts';

/** How a kind of check is recognised: by the action that does it, or by a command of a script with its wrappers taken off. */
export interface Tool<K extends string> {
  readonly kind: K;
  readonly actions?: RegExp;
  readonly commands?: RegExp;
  /** Inputs an action must have for this kind, in a text `name=value` a line; absent: any. */
  readonly given?: RegExp;
}

/** A place where a job runs a tool. */
export interface ToolUse<K extends string> {
  readonly kind: K;
  /** Action or command, shortened. */
  readonly tool: string;
  readonly workflow: string;
  readonly job: string;
  /** Name of the check that reports it. */
  readonly check: string;
  /** Why its failure does not fail the job; undefined where it does. */
  readonly toothless?: string;
  readonly origin: Origin;
}

/** Actions and commands that report and do not fail unless their inputs, as `name=value` lines, or the command itself match. */
export interface ReportsOnly {
  readonly actions?: RegExp;
  readonly commands?: RegExp;
  readonly unless: RegExp;
  readonly because: string;
  /** Where the tool looks up what the command leaves open. */
  readonly file?: OwnFile;
}

/** All uses of the tools in the jobs. */
export function findTools<K extends string>(
  jobs: readonly RunningJob[],
  tools: readonly Tool<K>[],
  reportsOnly: readonly ReportsOnly[] = [],
  files: OwnFiles = new Map(),
): ToolUse<K>[] {
  return jobs.flatMap(({ workflow, job, check, steps }) =>
    steps.flatMap((step) =>
      inStep(withEnvironment(step, [...workflow.env, ...job.env]), tools, reportsOnly, files).map(
        ({ toothless, ...found }) => {
          const why =
            toothless ?? (step.continueOnError || job.continueOnError ? 'continue-on-error is set' : undefined);
          return {
            ...found,
            workflow: workflow.path,
            job: job.id,
            check,
            ...(why === undefined ? {} : { toothless: why }),
            origin: (step.uses ?? step.run)?.origin ?? step.origin,
          };
        },
      ),
    ),
  );
}

interface Found<K> {
  readonly kind: K;
  readonly tool: string;
  readonly toothless: string | undefined;
}

function inStep<K extends string>(
  step: Step,
  tools: readonly Tool<K>[],
  reportsOnly: readonly ReportsOnly[],
  files: OwnFiles,
): Found<K>[] {
  const action = step.uses?.value;
  if (action !== undefined) {
    const given = givenTo(step);
    const rules = reportsOnly.filter(({ actions }) => actions?.test(action) === true);
    const toothless = whyToothless(rules, given, undefined, files);
    return tools
      .filter((tool) => tool.actions?.test(action) === true && tool.given?.test(given) !== false)
      .map(({ kind }) => ({ kind, tool: action.split('@')[0] ?? action, toothless }));
  }
  return commandsOf(step.run?.value ?? '').flatMap(({ text, ignored }) =>
    tools
      .filter(({ commands }) => commands?.test(text) === true)
      .map(({ kind }) => ({
        kind,
        tool: shortened(text),
        toothless: ignored ? 'the script goes on when it fails' : withoutTeeth(text, step, reportsOnly, files),
      })),
  );
}

function withEnvironment(step: Step, around: Step['env']): Step {
  return { ...step, env: [...around, ...step.env] };
}

/** Tools take options from variables as well. */
function withoutTeeth(
  command: string,
  step: Step,
  reportsOnly: readonly ReportsOnly[],
  files: OwnFiles,
): string | undefined {
  const given = [command, ...step.env.map(({ name, value }) => `${name}=${value}`)].join('\n');
  const rules = reportsOnly.filter(({ commands }) => commands?.test(command) === true);
  return whyToothless(rules, given, step.directory, files);
}

/** By what is given, or else by the tool's own file; of one that is not seen nothing is said. */
export function whyToothless(
  rules: readonly ReportsOnly[],
  given: string,
  directory: string | undefined,
  files: OwnFiles,
): string | undefined {
  for (const { unless, because, file } of rules) {
    const said = file && saidInFile(file, given, directory, files);
    if (said === undefined && !unless.test(given)) return because;
    if (said !== undefined && said !== 'unseen' && !said.fails) return `${said.path} ${said.because}`;
  }
  return undefined;
}

function givenTo(step: Step): string {
  return step.with.map(({ name, value }) => `${name}=${value}`).join('\n');
}

const OPAQUE_COMMANDS =
  /^(?:\.{0,2}\/?[\w./-]+\.(?:sh|bash|py|js|ts|rb|pl|ps1)\b|\.\/|(?:bash|sh|zsh|pwsh|source|\.|python3?|node|ruby)\s+[\w./-]|make\b|just\b|task\b|mage\b|rake\b|tox\b|nox\b|earthly|dagger|nix\b|bazel|(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?[\w:-]+|turbo|nx\b|pre-commit|prek|invoke|inv\b|hatch|docker\s+(?:compose\s+)?(?:run|exec)\b|(?:\.\/)?(?:gradlew|mvnw?|gradle)\b|cargo\s+(?:xtask|make)|mise\s+run)/;
const HARMLESS_COMMANDS =
  /^(?:npm|pnpm|yarn|bun)\s+(?:ci|i|install|add|config|set|version|publish|login|cache|dlx)\b|^node\s+-|^python3?\s+-/;
const TELLING = /scan|lint|secur|audit|sast|dast|vuln|test|check|analy|quality|verify|ci\b/i;
const OWN_SETUP = /^(?:actions|docker|aws-actions|azure|google-github-actions|hashicorp|sigstore)\//;

/**
 * What the jobs call whose doing is not visible here: scripts, targets, workflows of other repositories, actions of a telling name.
 * What a known tool is recognised by is no riddle, unless its name says everything and nothing.
 */
export function opaqueCalls<K extends string>(jobs: readonly RunningJob[], known: readonly Tool<K>[] = []): string[] {
  const called = jobs.flatMap(({ job, steps }) => [
    ...(job.uses === undefined || job.uses.value.startsWith('./') ? [] : [job.uses.value.split('@')[0] ?? '']),
    ...steps.flatMap((step) => opaqueIn(step, known)),
  ]);
  return [...new Set(called)].toSorted();
}

const BROAD = /(?:^|[\s:_-])(?:ci|check|checks|verify|all|build|presubmit|validate|test-all)(?:$|\s)/;

function opaqueIn<K extends string>(step: Step, known: readonly Tool<K>[]): string[] {
  const action = step.uses?.value.split('@')[0];
  if (action !== undefined) {
    const isKnown = known.some(({ actions }) => actions?.test(step.uses?.value ?? '') === true);
    return !isKnown && !action.startsWith('./') && TELLING.test(action) && !OWN_SETUP.test(action) ? [action] : [];
  }
  return commandsOf(step.run?.value ?? '')
    .filter(({ text }) => OPAQUE_COMMANDS.test(text) && !HARMLESS_COMMANDS.test(text))
    .filter(({ text }) => BROAD.test(text) || !known.some(({ commands }) => commands?.test(text) === true))
    .map(({ text }) => shortened(text));
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 48 ? `${line.slice(0, 45)}...` : line;
}

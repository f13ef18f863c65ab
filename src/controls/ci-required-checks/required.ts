import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Finding } from '../../model/result.ts';
import { readBranchRules } from '../../proofs/branch-rules/index.ts';
import { neededJobs, type RunningJob } from '../../proofs/workflows/index.ts';
import type { Checks, Params } from './check.ts';
import type { Kind } from './tools.ts';

/** What must be green before a change merges. */
export interface Gates {
  readonly contexts: readonly string[];
  /** Tools of code scanning whose results are required. */
  readonly scanners: readonly string[];
  /** Checks that a required one waits for, by the required one's name. */
  readonly waitsFor: Readonly<Record<string, readonly string[]>>;
  /** Checks that a required one waits for without failing when they do, by their name, and why it does not. */
  readonly inVain: Readonly<Record<string, string>>;
  readonly unknown?: string;
  readonly origin?: Origin;
}

export function gates(view: PlatformView, jobs: readonly RunningJob[]): Gates {
  const branch = namedBranch(view) ?? 'main';
  const exported = readBranchRules(view.data('github-ruleset'), branch);
  const active = exported.filter(({ enforcement, onDefault }) => enforcement === 'active' && onDefault);
  const contexts = [...new Set(active.flatMap(({ checks }) => checks))];
  const awaited = contexts.map((context) => waited(context, jobs));
  return {
    contexts,
    scanners: [...new Set(active.flatMap(({ scanners }) => scanners))],
    waitsFor: Object.fromEntries(contexts.map((context, index) => [context, awaited[index]?.names ?? []])),
    inVain: Object.fromEntries(awaited.flatMap(({ inVain }) => inVain)),
    ...(exported.length === 0
      ? { unknown: 'which checks a merge requires is a setting of GitHub that is not exported' }
      : {}),
    ...(exported[0] === undefined ? {} : { origin: exported[0].origin }),
  };
}

/** The default branch, where the spec names it. */
export function namedBranch(view: PlatformView): string | undefined {
  const set = view.spec.params['ci-required-checks']?.['defaultBranch'];
  return typeof set === 'string' ? set : undefined;
}

interface Awaited {
  readonly names: readonly string[];
  readonly inVain: readonly (readonly [check: string, because: string])[];
}

/** The checks that a required one needs, however far: those whose failure it passes on, and those it does not. */
function waited(context: string, jobs: readonly RunningJob[]): Awaited {
  const gate = jobs.find(({ check }) => check === context);
  if (gate === undefined) return { names: [], inVain: [] };
  const passedOn = passes(gate);
  const all = checksOf(gate.job.needs, gate, jobs);
  const names = new Set(checksOf(gate.job.needs.filter(passedOn.of), gate, jobs));
  const inVain = all.flatMap((check) =>
    names.has(check) ? [] : [[check, `${context} ${passedOn.otherwise}`] as const],
  );
  return { names: [...names], inVain };
}

/** A job that names their results is about those; one that asks for all of them, or has failed already, about all. */
const ALL_RESULTS = /\bneeds\.\*\.result\b|\btojson\(\s*needs\s*\)|\bfailure\(\s*\)|\balls-green@/i;
const GOES_ON = /\b(?:always|failure|cancelled)\(\s*\)/;

/**
 * Whose failures a waiting job makes its own. One that is skipped because a job before it failed counts as passed.
 * https://docs.github.com/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks
 */
function passes({ job, steps }: RunningJob): { readonly of: (id: string) => boolean; readonly otherwise: string } {
  if (!GOES_ON.test(job.condition ?? ''))
    return { of: () => false, otherwise: 'is skipped when it fails, which counts as passed' };
  const texts = [
    job.condition ?? '',
    ...job.env.map(({ value }) => value),
    ...steps.flatMap(({ uses, run, condition, with: given, env }) => [
      `${uses?.value ?? ''} ${run?.value ?? ''} ${condition ?? ''}`,
      ...[...given, ...env].map(({ value }) => value),
    ]),
  ].join('\n');
  const all = ALL_RESULTS.test(texts);
  return {
    of: (id) => all || texts.includes(`needs.${id}.result`),
    otherwise: 'runs all the same, and does not ask how it ended',
  };
}

/** The checks of those jobs, and of all that come before them. */
function checksOf(ids: readonly string[], gate: RunningJob, jobs: readonly RunningJob[]): string[] {
  const names = neededJobs(ids, gate.workflow.jobs).map((job) => job.name ?? job.id);
  return jobs
    .filter(({ workflow, check }) => workflow === gate.workflow && names.some((name) => isCheck(name, check)))
    .map(({ check }) => check);
}

/** Kinds that run on a change and that no required check stands for. */
export function requirementOf(wanted: readonly Kind[], { gates: known, onChange }: Checks, params: Params): Finding[] {
  if (known.unknown !== undefined) return [];
  return wanted.flatMap((kind) => {
    const uses = onChange.filter((use) => use.kind === kind);
    if (uses.length === 0 || (kind === 'sast' && known.scanners.length > 0)) return [];
    if (uses.some(({ check }) => isRequired(check, known))) return [];
    const names = [...new Set(uses.map(({ check }) => check))];
    const inVain = names.map((name) => known.inVain[name]).find((because) => because !== undefined);
    return [
      {
        message: `${kind} runs in ${names.join(', ')}, and a change merges into ${params.defaultBranch} without it${inVain === undefined ? '' : `: ${inVain}`}`,
        severity: 'high',
        ...(known.origin === undefined ? {} : { origin: known.origin }),
        remediation:
          inVain === undefined
            ? 'Add it to the required status checks of the ruleset, and export the ruleset again.'
            : 'Let the waiting job run with if: always(), and fail unless every needs.*.result is a success.',
      } satisfies Finding,
    ];
  });
}

function isRequired(check: string, { contexts, waitsFor }: Gates): boolean {
  return contexts.some(
    (context) => isCheck(check, context) || (waitsFor[context] ?? []).some((waitedFor) => waitedFor === check),
  );
}

/** Whether a reported name is a job's: itself, with its matrix in brackets, or with expressions in it replaced. */
function isCheck(name: string, reported: string): boolean {
  if (name === reported || reported.startsWith(`${name} (`) || reported.startsWith(`${name} / `)) return true;
  const fixed = name.split(/\$\{\{.*?\}\}/);
  if (fixed.length === 1) return false;
  return reported.startsWith(fixed[0] ?? '') && reported.endsWith(fixed.at(-1) ?? '') && fixed.join('').trim() !== '';
}

import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Finding } from '../../model/result.ts';
import { readBranchRules } from '../../proofs/branch-rules/index.ts';
import type { RunningJob } from '../../proofs/workflows/index.ts';
import type { Checks, Params } from './check.ts';
import type { Kind } from './tools.ts';

/** What must be green before a change merges. */
export interface Gates {
  readonly contexts: readonly string[];
  /** Tools of code scanning whose results are required. */
  readonly scanners: readonly string[];
  /** Checks that a required one waits for, by the required one's name. */
  readonly waitsFor: Readonly<Record<string, readonly string[]>>;
  readonly unknown?: string;
  readonly origin?: Origin;
}

export function gates(view: PlatformView, jobs: readonly RunningJob[]): Gates {
  const branch = defaultBranchOf(view);
  const exported = readBranchRules(view.data('github-ruleset'), branch);
  const active = exported.filter(({ enforcement, onDefault }) => enforcement === 'active' && onDefault);
  const contexts = [...new Set(active.flatMap(({ checks }) => checks))];
  return {
    contexts,
    scanners: [...new Set(active.flatMap(({ scanners }) => scanners))],
    waitsFor: Object.fromEntries(contexts.map((context) => [context, waited(context, jobs)])),
    ...(exported.length === 0
      ? { unknown: 'which checks a merge requires is a setting of GitHub that is not exported' }
      : {}),
    ...(exported[0] === undefined ? {} : { origin: exported[0].origin }),
  };
}

function defaultBranchOf(view: PlatformView): string {
  const set = view.spec.params['ci-required-checks']?.['defaultBranch'];
  return typeof set === 'string' ? set : 'main';
}

/** Names of the checks that a required one needs, however far. */
function waited(context: string, jobs: readonly RunningJob[]): string[] {
  const gate = jobs.find(({ check }) => check === context);
  if (gate === undefined) return [];
  const ids = new Set<string>();
  const queue = [...gate.job.needs];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (ids.has(id)) continue;
    ids.add(id);
    queue.push(...(gate.workflow.jobs.find((job) => job.id === id)?.needs ?? []));
  }
  const own = new Map(gate.workflow.jobs.map((job) => [job.id, job.name ?? job.id]));
  const names = [...ids].flatMap((id) => own.get(id) ?? []);
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
    const names = [...new Set(uses.map(({ check }) => check))].join(', ');
    return [
      {
        message: `${kind} runs in ${names}, and a change merges into ${params.defaultBranch} without it`,
        severity: 'high',
        ...(known.origin === undefined ? {} : { origin: known.origin }),
        remediation: 'Add it to the required status checks of the ruleset, and export the ruleset again.',
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

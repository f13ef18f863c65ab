import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { theRepository } from '../../model/subjects.ts';
import {
  findTools,
  hasPipelines,
  jobsOn,
  onChangeTo,
  opaqueCalls,
  otherPipelines,
  readPipelines,
  unreadPipelines,
  type RunningJob,
  type ToolUse,
} from '../../proofs/workflows/index.ts';
import { DATABASE, STARTS_ONE, TOOLS, type Kind } from './tools.ts';

interface Fidelity {
  readonly workflows: number;
  readonly uses: readonly ToolUse<Kind>[];
  /** Jobs on a change in which a real database runs. */
  readonly withDatabase: readonly string[];
  readonly hidden: readonly string[];
  /** A test suite runs, which may start databases by itself. */
  readonly suite: boolean;
  /** Pipelines of other systems, in words. */
  readonly unread?: string;
  readonly sqlStores: readonly string[];
  readonly declared: boolean;
}

export interface Params {
  readonly kinds: readonly Kind[];
  readonly reportWithin: string;
  readonly minTests: number;
}

const SQL: ReadonlySet<string> = new Set(['postgres', 'mysql', 'mariadb']);

/** The repository, where the spec or a workflow shows that there is something to integrate. */
export function testedRepository(view: PlatformView): Subject[] {
  return view.provisional && !hasPipelines(view) ? [] : theRepository();
}

export function fidelity(): Query<Fidelity> {
  return (view) => {
    const pipelines = readPipelines(view);
    const jobs = jobsOn(onChangeTo(undefined), pipelines);
    const unread = unreadPipelines(view.files());
    return {
      workflows: pipelines.workflows.length,
      uses: findTools(jobs, TOOLS),
      withDatabase: jobs.filter(hasDatabase).map(({ workflow, job }) => `${workflow.path} ${job.id}`),
      hidden: [...opaqueCalls(jobs, TOOLS), ...otherPipelines(view.files())],
      ...(unread !== undefined && { unread }),
      suite: jobs.some(({ steps }) => steps.some(({ run }) => /\btests?\b|pytest|\bverify\b/.test(run?.value ?? ''))),
      sqlStores: view.spec.stores.filter(({ kind }) => SQL.has(kind)).map(({ name }) => name),
      declared: !view.provisional,
    };
  };
}

function hasDatabase({ job, steps }: RunningJob): boolean {
  if (job.services.some((image) => DATABASE.test(image.value))) return true;
  return steps.some(
    ({ run, uses }) =>
      STARTS_ONE.test(run?.value ?? '') ||
      (DATABASE.test(uses?.value ?? '') && !/setup-.*client/.test(uses?.value ?? '')),
  );
}

export function check(_subject: Subject, input: Fidelity, params: Params): Result {
  if (input.workflows === 0) return inconclusive(input.unread ?? 'the repository has no workflow of GitHub Actions');
  if (!input.declared)
    return inconclusive('without a spec it is not known which contracts and stores the repository has');
  const wanted = params.kinds.filter((kind) => kind === 'contract' || input.sqlStores.length > 0);
  if (wanted.length === 0) return inconclusive('the spec declares no SQL store, and contract tests are not asked for');
  const missing = wanted.flatMap((kind) => absence(kind, input));
  const toothless = wanted.flatMap((kind) => letOff(kind, input.uses));
  const certain = input.hidden.length > 0 ? [] : missing.filter(({ kind }) => kind !== 'database' || !input.suite);
  const findings = [...certain.map(({ finding }) => finding), ...toothless];
  if (missing.length > 0 && findings.length === 0)
    return inconclusive(
      `${missing.map(({ finding }) => finding.message).join('; ')}; ${input.hidden.slice(0, 3).join(', ') || 'the test suite'} may do it`,
    );
  return failOr(findings, `${wanted.join(', ')} run on every change`, { kinds: wanted.length });
}

const NAMES: Readonly<Record<Kind, string>> = {
  contract: 'contract tests',
  database: 'integration tests on a real database',
  migrations: 'the migrations',
};

function absence(
  kind: Kind,
  { uses, withDatabase, sqlStores }: Fidelity,
): { readonly kind: Kind; readonly finding: Finding }[] {
  const own = uses.filter((use) => use.kind === kind);
  const real =
    kind === 'database' ? own.filter(({ workflow, job }) => withDatabase.includes(`${workflow} ${job}`)) : own;
  if (real.length > 0) return [];
  const finding: Finding = {
    message: `no workflow runs ${NAMES[kind]} on a change${kind === 'contract' ? '' : `, and the platform has ${sqlStores.join(', ')}`}`,
    severity: 'medium',
    fromAbsence: true,
    remediation: 'Run them on pull requests, against the real thing in a container.',
  };
  return [{ kind, finding }];
}

function letOff(kind: Kind, uses: readonly ToolUse<Kind>[]): Finding[] {
  const own = uses.filter((use) => use.kind === kind);
  const [first] = own;
  if (first?.toothless === undefined || own.some(({ toothless }) => toothless === undefined)) return [];
  return [
    {
      message: `${first.tool} in job ${first.job} of ${first.workflow} stops nothing when it fails: ${first.toothless}`,
      severity: 'medium',
      origin: first.origin,
      remediation: 'Let the job fail with it.',
    },
  ];
}

import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { configurationsOf } from '../../proofs/topology/index.ts';
import { otherPlanners, readPipelines } from '../../proofs/workflows/index.ts';
import { backendsOf, type Backend } from './backend.ts';
import { planningJobs, unreadPlanners, type PlanningJob } from './plans.ts';

export interface Params {
  readonly freshWithin: string;
  readonly maxChanges: number;
  readonly drift: boolean;
}

export interface Planning {
  readonly environment: string;
  readonly backends: readonly Backend[];
  readonly plans: readonly PlanningJob[];
  /** Whether any workflow is here at all. */
  readonly workflows: number;
  /** Files of pipelines and runners, and calls of the workflows, that are not read and may plan. */
  readonly hidden: readonly string[];
}

/** The environment, where Terraform makes something of it. */
export function plannedEnvironment(view: PlatformView): Subject[] {
  const makes = configurationsOf(view).some(({ resources, unread }) => resources.length + unread.length > 0);
  return makes ? [{ kind: 'environment', name: view.environment.name }] : [];
}

export function planning(): Query<Planning> {
  return (view) => {
    const pipelines = readPipelines(view);
    const roots = configurationsOf(view).map(({ root }) => root);
    return {
      environment: view.environment.name,
      backends: backendsOf(view, roots),
      plans: planningJobs(view, pipelines, roots),
      workflows: pipelines.workflows.length,
      hidden: [...otherPlanners(view.files()), ...unreadPlanners(pipelines)],
    };
  };
}

export function check(_subject: Subject, input: Planning, params: Params): Result {
  const findings = [...input.backends.flatMap(backendFindings), ...planFindings(input, params)];
  if (findings.length === 0) {
    const open = input.backends.find(({ encrypted, locked }) => encrypted === 'unknown' || locked === 'unknown');
    if (open !== undefined)
      return inconclusive(`how ${open.root} keeps its state (${open.kind}) is settled elsewhere`, open.origin);
  }
  const unplanned = findings.length === 0 ? planFindings({ ...input, hidden: [] }, params)[0] : undefined;
  if (unplanned !== undefined)
    return inconclusive(`${unplanned.message}, unless ${input.hidden[0]} does, which is not read`);
  const kinds = [...new Set(input.backends.map(({ kind }) => kind))].join(', ');
  // Without a job of the repository every root is kept, and planned, by HCP Terraform.
  const by = input.plans.map(({ workflow, job }) => `${workflow} (${job})`).join(', ') || 'HCP Terraform';
  return failOr(findings, `state is kept in ${kinds}, encrypted and locked; ${by} plans it`, {
    roots: input.backends.length,
    plans: input.plans.length,
  });
}

function titleOf(root: string): string {
  return root === '.' ? "the repository's Terraform" : root;
}

function backendFindings({ root, kind, encrypted, locked, origin }: Backend): Finding[] {
  if (kind === 'local')
    return [
      {
        message: `${titleOf(root)} keeps its state in a file, beside whoever ran it last`,
        severity: 'high',
        fromAbsence: true,
        origin,
        remediation: 'Keep it in a remote backend that encrypts and locks, such as s3 with encrypt and use_lockfile.',
      },
    ];
  return [
    ...(encrypted === 'no'
      ? [
          {
            message: `${titleOf(root)} keeps its state in ${kind} without asking for encryption, and it holds every secret of the infrastructure`,
            severity: 'high' as const,
            origin,
            remediation: 'Set encrypt = true and kms_key_id in the backend.',
          },
        ]
      : []),
    ...(locked === 'no'
      ? [
          {
            message: `${titleOf(root)} keeps its state in ${kind} without a lock, so two runs at once may lose each other's changes`,
            severity: 'high' as const,
            origin,
            remediation: 'Set use_lockfile = true in the backend.',
          },
        ]
      : []),
  ];
}

/** HCP Terraform plans by itself, and looks for drift where its workspace is told to. What is not read may do both. */
function planFindings({ backends, plans: jobs, environment, hidden }: Planning, { drift }: Params): Finding[] {
  if (hidden.length > 0) return [];
  const unplanned = rootsWithout(jobs, backends);
  const unscheduled = drift
    ? rootsWithout(
        jobs.filter(({ scheduled }) => scheduled),
        backends,
      ).filter((root) => !unplanned.includes(root))
    : [];
  return [
    ...(unplanned.length === 0
      ? []
      : [
          {
            message: `no workflow plans ${unplanned.join(', ')}, so nobody sees what an apply to ${environment} would change`,
            severity: 'medium' as const,
            fromAbsence: true,
            remediation: 'Add a workflow that plans on every change and on a schedule.',
          },
        ]),
    ...(unscheduled.length === 0
      ? []
      : [
          {
            message: `no workflow plans ${unscheduled.join(', ')} on a schedule, so changes made by hand are not seen`,
            severity: 'medium' as const,
            fromAbsence: true,
            remediation: 'Plan on a schedule with -detailed-exitcode, and report exit status 2 as drift.',
          },
        ]),
  ];
}

function rootsWithout(jobs: readonly PlanningJob[], backends: readonly Backend[]): string[] {
  return backends
    .filter(({ kind }) => kind !== 'cloud' && kind !== 'remote')
    .filter(({ root }) => !jobs.some(({ roots }) => roots === undefined || roots.includes(root)))
    .map(({ root }) => titleOf(root));
}

import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { configurationsOf } from '../../proofs/topology/index.ts';
import { commandsOf, jobsOn, otherPlanners, readPipelines, type RunningJob } from '../../proofs/workflows/index.ts';
import { backendsOf, type Backend } from './backend.ts';

export interface Params {
  readonly freshWithin: string;
  readonly maxChanges: number;
  readonly drift: boolean;
}

export interface Planning {
  readonly environment: string;
  readonly backends: readonly Backend[];
  /** Jobs that plan, by workflow, and whether a schedule starts them. */
  readonly plans: readonly { readonly workflow: string; readonly job: string; readonly scheduled: boolean }[];
  /** Whether any workflow is here at all. */
  readonly workflows: number;
  /** Files of pipelines and runners that are not read. */
  readonly hidden: readonly string[];
}

const PLANS = /^(?:terraform|tofu|terragrunt)\b.*\s(?:plan|run-all plan)\b/;
const PLANNING_ACTIONS =
  /^(?:dflook\/terraform-(?:plan|check)|dflook\/tofu-(?:plan|check)|op5dev\/tf-via-pr|hashicorp\/tfc-workflows-github\/actions\/create-run)/;

/** The environment, where Terraform makes something of it. */
export function plannedEnvironment(view: PlatformView): Subject[] {
  const makes = configurationsOf(view).some(({ resources, unread }) => resources.length + unread.length > 0);
  return makes ? [{ kind: 'environment', name: view.environment.name }] : [];
}

export function planning(): Query<Planning> {
  return (view) => {
    const pipelines = readPipelines(view);
    const scheduled = jobsOn(({ event }) => event === 'schedule', pipelines).filter(plans);
    const names = new Set(scheduled.map(({ workflow, job }) => `${workflow.path} ${job.id}`));
    return {
      environment: view.environment.name,
      backends: backendsOf(
        view,
        configurationsOf(view).map(({ root }) => root),
      ),
      plans: jobsOn(() => true, pipelines)
        .filter(plans)
        .map(({ workflow, job }) => ({
          workflow: workflow.path,
          job: job.id,
          scheduled: names.has(`${workflow.path} ${job.id}`),
        })),
      workflows: pipelines.workflows.length,
      hidden: otherPlanners(view.files()),
    };
  };
}

function plans({ steps }: RunningJob): boolean {
  return steps.some(
    ({ run, uses }) =>
      PLANNING_ACTIONS.test(uses?.value ?? '') || commandsOf(run?.value ?? '').some(({ text }) => PLANS.test(text)),
  );
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
  const by = input.plans.map(({ workflow, job }) => `${workflow} (${job})`).join(', ');
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
  const elsewhere = backends.length > 0 && backends.every(({ kind }) => kind === 'cloud' || kind === 'remote');
  if (elsewhere || hidden.length > 0) return [];
  const roots = backends.map(({ root }) => titleOf(root)).join(', ');
  if (jobs.length === 0)
    return [
      {
        message: `no workflow plans ${roots}, so nobody sees what an apply to ${environment} would change`,
        severity: 'medium',
        fromAbsence: true,
        remediation: 'Add a workflow that plans on every change and on a schedule.',
      },
    ];
  if (!drift || jobs.some(({ scheduled }) => scheduled)) return [];
  return [
    {
      message: `no workflow plans ${roots} on a schedule, so changes made by hand are not seen`,
      severity: 'medium',
      fromAbsence: true,
      remediation: 'Plan on a schedule with -detailed-exitcode, and report exit status 2 as drift.',
    },
  ];
}

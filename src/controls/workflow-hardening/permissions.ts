import type { Finding } from '../../model/result.ts';
import type { Permissions, Pipelines, Workflow } from '../../proofs/workflows/index.ts';

/** Tokens that may do everything, that may do what the repository's setting says, or that may write in jobs that need not. */
export function loosePermissions({ workflows }: Pipelines): Finding[] {
  return workflows.flatMap((workflow) => [...everything(workflow), ...unstated(workflow), ...shared(workflow)]);
}

function everything(workflow: Workflow): Finding[] {
  const stated = [
    { who: `workflow ${workflow.path}`, permissions: workflow.permissions },
    ...workflow.jobs.map((job) => ({ who: `job ${job.id} of ${workflow.path}`, permissions: job.permissions })),
  ];
  return stated.flatMap(({ who, permissions }) =>
    permissions?.value === 'write-all'
      ? [
          {
            message: `${who} gives its token every permission`,
            severity: 'high',
            origin: permissions.origin,
            remediation: 'Start from permissions: {} and grant each job the scopes it uses.',
          } satisfies Finding,
        ]
      : [],
  );
}

/** What only `workflow_call` starts is limited by the caller. */
function unstated(workflow: Workflow): Finding[] {
  if (workflow.permissions !== undefined || workflow.triggers.every(({ event }) => event === 'workflow_call'))
    return [];
  const jobs = workflow.jobs.filter(({ permissions }) => permissions === undefined);
  if (jobs.length === 0) return [];
  return [
    {
      message: `${jobs.length === 1 ? `job ${jobs[0]?.id} of ${workflow.path} states` : `${jobs.length} jobs of ${workflow.path} state`} no permissions, so the token may do what a setting of the repository says`,
      severity: 'medium',
      origin: jobs[0]?.origin ?? workflow.origin,
      remediation: 'Set permissions: {} for the workflow and grant each job the scopes it uses.',
    },
  ];
}

function shared(workflow: Workflow): Finding[] {
  const { permissions } = workflow;
  const inheriting = workflow.jobs.filter((job) => job.permissions === undefined);
  if (permissions === undefined || inheriting.length < 2) return [];
  const scopes = writes(permissions.value);
  if (scopes.length === 0) return [];
  return [
    {
      message: `${workflow.path} grants ${scopes.join(', ')} to ${inheriting.length} jobs at once`,
      severity: 'low',
      origin: permissions.origin,
      remediation: 'Grant it to the jobs that use it.',
    },
  ];
}

/** Scopes with which a release, a deploy or the history can be changed. */
const POWERFUL: readonly string[] = [
  'contents',
  'packages',
  'id-token',
  'actions',
  'attestations',
  'deployments',
  'pages',
];

function writes(permissions: Permissions): string[] {
  if (typeof permissions === 'string') return [];
  return Object.entries(permissions).flatMap(([scope, level]) =>
    level === 'write' && POWERFUL.includes(scope) ? [`${scope}: write`] : [],
  );
}

import type { Query } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { readGrants, type ForeignBinding, type Grant } from './grants.ts';
import { wildcardIam, type WideGrant } from './iam.ts';

interface Access {
  readonly grants: readonly Grant[];
  readonly foreign: readonly ForeignBinding[];
  readonly iam: readonly WideGrant[];
  /** Policies and roles of a cloud that were looked through. */
  readonly clouds: number;
  /** Nothing here says who may do what: neither RBAC objects nor IAM blocks. */
  readonly silent: boolean;
}

interface Params {
  readonly trusted: readonly string[];
}

const READING = ['get', 'list', 'watch'];
const ESCALATING = ['escalate', 'bind', 'impersonate'];

export function access(): Query<Access> {
  return (view) => {
    const rbac = ['ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding'].some(
      (kind) => view.objects(kind).length > 0,
    );
    const clouds = [...view.terraform('resource'), ...view.terraform('data')].filter((block) =>
      /_iam_/.test(block.labels[0] ?? ''),
    ).length;
    return { ...readGrants(view), iam: wildcardIam(view), clouds, silent: !rbac && clouds === 0 };
  };
}

export function check(_subject: unknown, input: Access, params: Params): Result {
  if (input.silent)
    return inconclusive('no RBAC object and no IAM block was found: who may do what is decided somewhere else');
  const untrusted = (holders: readonly string[]): readonly string[] =>
    holders.filter((holder) => !params.trusted.includes(holder));
  const findings = [
    ...input.grants.flatMap((grant) => judgeGrant(grant, untrusted(grant.holders))),
    ...input.foreign.flatMap((binding) => judgeBinding(binding, untrusted(binding.holders))),
    ...input.iam.map(iamFinding),
  ];
  return failOr(
    findings,
    `${input.grants.length} granted rules, ${input.foreign.length} bindings to roles from elsewhere and ${input.clouds} IAM blocks: none is a wildcard`,
    {
      rules: input.grants.length,
      foreign: input.foreign.length,
      iam: input.clouds,
    },
  );
}

function judgeGrant(grant: Grant, holders: readonly string[]): Finding[] {
  if (holders.length === 0) return [];
  const who = holders.join(', ');
  const reach = grant.namespace === undefined ? 'in the whole cluster' : `in namespace ${grant.namespace}`;
  const wide = grant.namespace === undefined ? ('high' as const) : ('medium' as const);
  const found = (what: string, remediation: string): Finding[] => [
    { message: `${who} may ${what} ${reach}, by ${grant.role}`, severity: wide, origin: grant.origin, remediation },
  ];
  const all = grant.verbs.includes('*');
  if (all && grant.resources.includes('*'))
    return found(
      'do everything to every resource',
      'Name the resources and verbs that are used; an audit log or a dry run shows them.',
    );
  if (grant.resources.includes('*'))
    return found(`${grant.verbs.join(', ')} every resource, secrets included`, 'Name the resources that are used.');
  const covers = (resource: string): boolean =>
    grant.resources.includes(resource) && (grant.apiGroups.includes('') || grant.apiGroups.includes('*'));
  const reads = all || grant.verbs.some((verb) => READING.includes(verb));
  if (covers('secrets') && reads && grant.resourceNames.length === 0)
    return found(
      'read every secret',
      'Name the secrets in resourceNames, or mount them instead of reading them through the API.',
    );
  const escalating = grant.verbs.filter((verb) => ESCALATING.includes(verb));
  if (escalating.length > 0)
    return found(
      `${escalating.join(', ')} ${grant.resources.join(', ')}, and so take any right`,
      'Remove the verb; grant the rights themselves.',
    );
  if (all) return found(`use every verb on ${grant.resources.join(', ')}`, 'Name the verbs that are used.');
  return [];
}

function judgeBinding(
  { binding, role, namespace, origin }: Omit<ForeignBinding, 'holders'>,
  holders: readonly string[],
): Finding[] {
  const anybody = holders.filter((holder) =>
    /^Group system:(?:authenticated|unauthenticated)$|^User system:anonymous$/.test(holder),
  );
  if (
    anybody.length > 0 &&
    role !== 'system:public-info-viewer' &&
    role !== 'system:discovery' &&
    role !== 'system:basic-user'
  ) {
    return [
      {
        message: `${anybody.join(', ')} holds ${role}, by ${binding}`,
        severity: 'high',
        origin,
        remediation: 'Bind the role to the accounts that need it.',
      },
    ];
  }
  if (role !== 'cluster-admin' || holders.length === 0) return [];
  const reach = namespace === undefined ? 'the whole cluster' : `namespace ${namespace}`;
  return [
    {
      message: `${holders.join(', ')} is cluster-admin of ${reach}, by ${binding}`,
      severity: namespace === undefined ? 'high' : 'medium',
      origin,
      remediation: 'Bind a role with the resources and verbs that are used.',
    },
  ];
}

function iamFinding({ value, origin, severity }: WideGrant): Finding {
  return { message: value, severity, origin, remediation: 'Name the actions and the resources that are used.' };
}

import type { Finding } from '../../model/result.ts';
import type { ForeignBinding, Grant } from './grants.ts';
import { leadingOn, podsMade } from './leading-on.ts';

const READING = ['get', 'list', 'watch'];
const ESCALATING = ['escalate', 'bind', 'impersonate'];

/** Built-in roles that may read every Secret where they are bound. https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
const READ_SECRETS = ['admin', 'edit'];
/** Further built-in roles that lead to any right, where they are bound in the whole cluster. */
const LEADING: Readonly<Record<string, string>> = {
  'system:kubelet-api-admin': 'ask kubelets to run commands in every pod',
  'system:certificates.k8s.io:kube-apiserver-client-approver': 'approve client certificates in any name',
};
/** Built-in roles that Kubernetes itself gives to everybody. */
const FOR_EVERYBODY = [
  'system:public-info-viewer',
  'system:discovery',
  'system:basic-user',
  'system:service-account-issuer-discovery',
];
const EVERYBODY = /^Group system:(?:authenticated|unauthenticated|serviceaccounts)$|^User system:anonymous$/;

/** Those whom the API server could not identify: whoever reaches it. */
const STRANGERS = /^Group system:unauthenticated$|^User system:anonymous$/;

/** What somebody holds by a rule of a role that is here. Nobody, nothing: those who may have it are left out before. */
export function judgeGrant(grant: Grant, holders: readonly string[]): Finding[] {
  if (holders.length === 0) return [];
  return grant.resources.length === 0 ? judgeUrls(grant, holders) : judgeResources(grant, holders);
}

function judgeResources(grant: Grant, holders: readonly string[]): Finding[] {
  const { verbs, resources, resourceNames } = grant;
  const strangers = holders.filter((holder) => STRANGERS.test(holder));
  if (strangers.length > 0)
    return [
      finding(
        grant,
        strangers,
        `${verbs.join(', ')} ${resources.join(', ')} without being asked who they are`,
        'Bind the role to the accounts that need it.',
      ),
    ];
  const found = (what: string, remediation: string): Finding[] => [finding(grant, holders, what, remediation)];
  const all = verbs.includes('*');
  if (resources.includes('*')) {
    const which = `every resource${groupsOf(grant)}`;
    return all
      ? found(
          `do everything to ${which}`,
          'Name the resources and verbs that are used; an audit log or a dry run shows them.',
        )
      : found(
          `${verbs.join(', ')} ${which}${inCore(grant) ? ', secrets included' : ''}`,
          'Name the resources that are used.',
        );
  }
  const reads = all || verbs.some((verb) => READING.includes(verb));
  if (resources.includes('secrets') && inCore(grant) && reads && resourceNames.length === 0)
    return found(
      'read every secret',
      'Name the secrets in resourceNames, or mount them instead of reading them through the API.',
    );
  const escalating = verbs.filter((verb) => ESCALATING.includes(verb) && !isBounded(verb, grant));
  if (escalating.length > 0)
    return found(
      `${escalating.join(', ')} ${resources.join(', ')}, and so take any right`,
      'Remove the verb; grant the rights themselves.',
    );
  const makes = all || verbs.includes('create');
  if (resources.includes('serviceaccounts/token') && inCore(grant) && makes && resourceNames.length === 0)
    return found(
      'make tokens of every service account, and so take any of their rights',
      'Name the service accounts in resourceNames.',
    );
  const further = leadingOn(grant, grant.namespace);
  if (further !== undefined) return found(further.what, further.remediation);
  const made = grant.namespace === undefined ? podsMade(grant) : [];
  if (made.length > 0)
    return found(
      `make ${made.join(', ')} that run as any service account`,
      'Grant it by a RoleBinding, in a namespace without strong service accounts.',
    );
  if (all) return found(`use every verb on ${resources.join(', ')}`, 'Name the verbs that are used.');
  return [];
}

function judgeUrls({ verbs, nonResourceURLs: urls, role, origin }: Grant, holders: readonly string[]): Finding[] {
  if (!verbs.includes('*')) return [];
  const isAll = urls.some((url) => url === '*' || url === '/*');
  const which = isAll ? 'every URL' : urls.join(', ');
  const message = `${holders.join(', ')} may use every verb on ${which} of the API server, by ${role}`;
  return [
    { message, severity: isAll ? 'high' : 'medium', origin, remediation: 'Name the URLs and verbs that are used.' },
  ];
}

function finding(grant: Grant, holders: readonly string[], what: string, remediation: string): Finding {
  const isWhole = grant.namespace === undefined;
  const reach = isWhole ? 'in the whole cluster' : `in namespace ${grant.namespace}`;
  const message = `${holders.join(', ')} may ${what} ${reach}, by ${grant.role}`;
  return { message, severity: isWhole ? 'high' : 'medium', origin: grant.origin, remediation };
}

/** Who may bind named roles gets their rights and no others. */
function isBounded(verb: string, { resourceNames }: Grant): boolean {
  return verb === 'bind' && resourceNames.length > 0 && !resourceNames.includes('cluster-admin');
}

function inCore({ apiGroups }: Grant): boolean {
  return apiGroups.includes('') || apiGroups.includes('*');
}

function groupsOf({ apiGroups }: Grant): string {
  if (apiGroups.length === 0 || apiGroups.includes('*')) return '';
  return ` of ${apiGroups.map((group) => (group === '' ? 'the core group' : group)).join(', ')}`;
}

/** What somebody holds by a role that is known by its name alone. */
export function judgeBinding(bound: Omit<ForeignBinding, 'holders'>, holders: readonly string[]): Finding[] {
  const { binding, role, kind, namespace, origin } = bound;
  const everybody = holders.filter((holder) => EVERYBODY.test(holder));
  if (everybody.length > 0 && !FOR_EVERYBODY.includes(role)) {
    return [
      {
        message: `${everybody.join(', ')} holds ${role}, by ${binding}`,
        severity: 'high',
        origin,
        remediation: 'Bind the role to the accounts that need it.',
      },
    ];
  }
  if (holders.length === 0 || kind !== 'ClusterRole') return [];
  const reach = namespace === undefined ? 'the whole cluster' : `namespace ${namespace}`;
  const severity = namespace === undefined ? 'high' : 'medium';
  const remediation = 'Bind a role with the resources and verbs that are used.';
  if (role === 'cluster-admin')
    return [
      { message: `${holders.join(', ')} is cluster-admin of ${reach}, by ${binding}`, severity, origin, remediation },
    ];
  const leads = namespace === undefined ? LEADING[role] : undefined;
  if (leads !== undefined)
    return [
      { message: `${holders.join(', ')} may ${leads}, as ${role}, by ${binding}`, severity, origin, remediation },
    ];
  if (!READ_SECRETS.includes(role)) return [];
  const message = `${holders.join(', ')} may read every secret of ${reach}, as ${role}, by ${binding}`;
  return [{ message, severity, origin, remediation }];
}

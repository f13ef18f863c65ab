/**
 * Roles of AWS that a workflow of any branch of a repository of GitHub may assume, and that change things: whoever may push does with them what
 * nobody has reviewed. A subject such as `repo:acme/api:*` is right for a role that plans, so it is told only of one that has a policy here which
 * allows more than reading.
 * https://docs.github.com/actions/reference/security/oidc#filtering-for-a-specific-branch
 */
import { isList, type Configuration, type Resource, type Value } from '../../proofs/topology/evaluate/index.ts';
import { documentOf, writtenIn } from '../../proofs/topology/index.ts';
import { refersTo } from '../../proofs/topology/read.ts';
import { documentsIn } from './documents.ts';
import type { WideGrant } from './iam.ts';
import { statementOf, statementsIn, type Statement } from './statements.ts';
import { claimOf, isNaming, rolesOf, trustsOf, type Trust } from './trust.ts';

export function anyBranchGrants(root: Configuration): WideGrant[] {
  return rolesOf(root).flatMap((role): WideGrant[] => {
    const policy = role.attribute('assume_role_policy');
    const subject = trustsOf(root, policy)
      .map(subjectOfAnyBranch)
      .find((one) => one !== undefined);
    const change = subject === undefined ? undefined : changeAllowed(root, role);
    if (policy === undefined || subject === undefined || change === undefined) return [];
    return [
      {
        value: `${role.address}, which may do ${change}, may be assumed by workflows of every branch of a repository (${subject})`,
        origin: policy.origin,
        severity: 'low',
        remediation:
          'Name the branch or the environment in the claim sub, as in "repo:acme/api:environment:production", and give pull requests a role that reads.',
      },
    ];
  });
}

/** Claims that say which branch, environment or workflow it is. */
const PLACES =
  /^(?:ref|ref_type|ref_protected|environment|job_workflow_ref|workflow_ref|head_ref|base_ref|actor|actor_id)$/;

/** `repo:acme/api:*`, and the same of all branches; a subject that names an environment or one branch is none. */
const ANY_BRANCH = /^repo:[^/*?]+\/[^:*?]+:(?:\*+|ref:\*+|ref:refs\/\*+|ref:refs\/heads\/\*+|pull_request)$/;

/** The subject by which any branch gets in, unless another condition says which. */
function subjectOfAnyBranch({ issuer, conditions, open }: Trust): string | undefined {
  if (open !== undefined || issuer.what !== 'repository of GitHub') return undefined;
  const asked = conditions.filter(({ operator }) => isNaming(operator));
  if (asked.some(({ key }) => PLACES.test(claimOf(key)))) return undefined;
  const subjects = asked.filter(({ key }) => claimOf(key) === 'sub');
  // Without Like a star is a star, which no subject has.
  const [first, ...more] = subjects.map(({ operator, values }) =>
    values.find((value) => ANY_BRANCH.test(value) && (!value.includes('*') || /Like/i.test(operator))),
  );
  return more.length === 0 ? first : undefined;
}

/** What a policy of the role changes: an action as written, or the name of a policy of AWS. */
function changeAllowed(root: Configuration, role: Resource): string | undefined {
  const isOfRole = (one: Resource): boolean => refersTo(one, 'role', role, 'name');
  const inline = [
    ...role.blocks('inline_policy').map((block) => block.attribute('policy')?.value),
    ...root
      .of('aws_iam_role_policy')
      .filter(isOfRole)
      .map((one) => one.attribute('policy')?.value),
  ];
  const attached = [
    role.attribute('managed_policy_arns')?.value,
    ...root
      .of('aws_iam_role_policy_attachment')
      .filter(isOfRole)
      .map((one) => one.attribute('policy_arn')?.value),
  ].flatMap((value): Value[] => (value === undefined ? [] : isList(value) ? [...value] : [value]));
  const own = attached.flatMap((arn) => root.named(arn).flatMap((one) => one.attribute('policy')?.value ?? []));
  const statements = [...inline, ...own].flatMap((policy) => (policy === undefined ? [] : statementsOf(root, policy)));
  return (
    statements.flatMap(changesIn)[0] ??
    attached.flatMap((arn) => CHANGING_POLICY.exec(writtenIn(arn) ?? '')?.groups?.['name'] ?? [])[0]
  );
}

/** Policies of AWS that their names say to allow more than reading. */
const CHANGING_POLICY =
  /:policy\/(?:[\w-]+\/)*(?<name>AdministratorAccess|PowerUserAccess|\w+FullAccess|\w+PowerUser)$/;

function statementsOf(root: Configuration, policy: Value): Statement[] {
  const documents = documentsIn(root, policy);
  return documents.length > 0
    ? documents.flatMap((document) => document.blocks('statement').map(statementOf))
    : (statementsIn(documentOf(policy)) ?? []);
}

/** Verbs that change something. Locks of Terraform's state, logs and measurements are what a role that plans writes too. */
const CHANGING =
  /^(?!dynamodb:(?:Put|Update|Delete)Item$|logs:|cloudwatch:PutMetricData$)[\w-]+:(?:\*|(?:Put|Create|Delete|Update|Modify|Write|Attach|Detach|Run|Start|Stop|Terminate|Reboot|Register|Deregister|Set|Add|Remove|Associate|Disassociate|Publish|Send|Invoke|Execute|Upload|Complete|Restore|Replace|Import|Enable|Disable|Change|Pass|Reset|Rotate|Revoke|Authorize|Deploy|Abort|Cancel|Batch(?:Write|Delete|Put))\w*\*?$)/i;

function changesIn({ denies, actions, notActions }: Statement): string[] {
  if (denies) return [];
  const named = actions.filter((action) => /^\*+$/.test(action) || CHANGING.test(action));
  return notActions.length > 0 ? [...named, `all but ${notActions.join(', ')}`] : named;
}

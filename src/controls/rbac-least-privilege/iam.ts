import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import {
  isList,
  textOf,
  whyUnknown,
  type Body,
  type Configuration,
  type Resource,
  type Value,
} from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf, documentOf, writtenIn } from '../../proofs/topology/index.ts';
import { anyBranchGrants } from './any-branch.ts';
import { azureGrants } from './azure.ts';
import { documentsIn } from './documents.ts';
import { everySecret } from './every-secret.ts';
import { unknownPools } from './google-pools.ts';
import { googleGrants } from './google.ts';
import { moduleGrants, unknownModules } from './modules.ts';
import {
  mayBeWide,
  statementOf,
  statementsIn,
  wideAsWritten,
  wideOf,
  type Statement,
  type Wide,
} from './statements.ts';
import { trustGrants, unknownTrust } from './trust.ts';

/** Resources whose `policy` is JSON. */
const POLICIES = ['aws_iam_policy', 'aws_iam_role_policy', 'aws_iam_user_policy', 'aws_iam_group_policy'];

/** Attributes that name policies of AWS, by the type of their resource. */
const ATTACHMENTS: Readonly<Record<string, string>> = {
  aws_iam_role_policy_attachment: 'policy_arn',
  aws_iam_user_policy_attachment: 'policy_arn',
  aws_iam_group_policy_attachment: 'policy_arn',
  aws_iam_policy_attachment: 'policy_arn',
  aws_iam_role_policy_attachments_exclusive: 'policy_arns',
  aws_iam_role: 'managed_policy_arns',
};

/** Policies of AWS that allow every action, every one but those on people and accounts, or every one on people. */
const WIDE_POLICY = /:policy\/(?<name>AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

/** Policies of AWS that allow every action of a service on every resource; one that is looked up by its name alone may be somebody's own. */
const SERVICE_POLICY =
  /(?:::aws:policy\/(?:[\w-]+\/)*|^:policy\/(?=Amazon|AWS|CloudWatch|SecretsManager))(?<name>\w*(?<!Invoke)FullAccess|SecretsManagerReadWrite)$/;

/**
 * Attributes that hold the policy of a resource, in which everybody is nobody's wish. Left out are endpoints of a VPC and APIs, whose policies
 * name everybody by default, and buckets, which have their own block for the public.
 */
const RESOURCE_POLICIES: Readonly<Record<string, string>> = {
  aws_kms_key: 'policy',
  aws_kms_key_policy: 'policy',
  aws_kms_replica_key: 'policy',
  aws_kms_external_key: 'policy',
  aws_secretsmanager_secret: 'policy',
  aws_secretsmanager_secret_policy: 'policy',
  aws_sqs_queue: 'policy',
  aws_sqs_queue_policy: 'policy',
  aws_sns_topic: 'policy',
  aws_sns_topic_policy: 'policy',
  aws_ecr_repository_policy: 'policy',
  aws_backup_vault_policy: 'policy',
  aws_dynamodb_resource_policy: 'policy',
  aws_opensearch_domain: 'access_policies',
  aws_opensearch_domain_policy: 'access_policies',
};

/** A grant that names neither what may be done nor to what, or not who may do it. */
export interface WideGrant extends At<string> {
  readonly severity: 'high' | 'medium' | 'low';
  readonly remediation?: string;
}

/**
 * Wide grants in Terraform's IAM: policy documents, inline JSON, policies of AWS that allow everything, roles that everybody or any token of a shared
 * issuer may assume, in production those that any branch may and that change things, basic roles of Google and grants to everybody, and what amounts to them
 * in Azure.
 */
export function wildcardIam(view: PlatformView): WideGrant[] {
  const isProduction = view.environment.kind === 'production';
  return configurationsOf(view).flatMap((root) => [...inRoot(root), ...(isProduction ? anyBranchGrants(root) : [])]);
}

/** Policies of which it cannot be told that they are not wide, and why. */
export function unknownIam(view: PlatformView): At<string>[] {
  return configurationsOf(view).flatMap((root) => [
    ...root.of('aws_iam_policy_document').flatMap((document) =>
      document
        .blocks('statement')
        .filter((block) => mayBeWide(statementOf(block)))
        .map((block) => ({
          value: `a statement of ${document.address} names its actions or resources by what is not known here`,
          origin: block.origin,
        })),
    ),
    ...POLICIES.flatMap((type) => root.of(type))
      .filter(({ mode }) => mode === 'managed')
      .flatMap((resource) => unknownPolicy(root, resource)),
    ...unknownTrust(root),
    ...unknownPools(root),
    ...unknownModules(root),
  ]);
}

function unknownPolicy(root: Configuration, resource: Resource): At<string>[] {
  const policy = resource.attribute('policy');
  if (policy === undefined || documentsIn(root, policy.value).length > 0) return [];
  const statements = statementsIn(documentOf(policy.value));
  if (statements?.some(mayBeWide) === false) return [];
  const why = whyUnknown(policy.value);
  const because = why === undefined ? 'it is no policy in JSON' : why;
  return [{ value: `what ${resource.address} allows is not known: ${because}`, origin: policy.origin }];
}

function inRoot(root: Configuration): WideGrant[] {
  const of = (type: string, mode: Resource['mode'] = 'managed'): Resource[] =>
    root.of(type).filter((resource) => resource.mode === mode);
  return [
    ...of('aws_iam_policy_document', 'data').flatMap(inDocument),
    ...POLICIES.flatMap((type) => of(type).flatMap(inPolicy)),
    ...of('aws_iam_role').flatMap((role) => role.blocks('inline_policy').flatMap((policy) => inJson(role, policy))),
    ...Object.entries(ATTACHMENTS).flatMap(([type, name]) => of(type).flatMap((one) => attached(root, one, name))),
    ...of('aws_iam_role').flatMap((role) => assumedByEverybody(root, role)),
    ...Object.entries(RESOURCE_POLICIES).flatMap(([type, name]) =>
      of(type).flatMap((one) => usedByEverybody(root, one, name)),
    ),
    ...trustGrants(root),
    ...moduleGrants(root),
    ...googleGrants(root),
    ...azureGrants(root),
  ];
}

function inDocument(document: Resource): WideGrant[] {
  return document
    .blocks('statement')
    .flatMap((block) => granted(document, [widthOf(statementOf(block))], block.origin));
}

/** By its JSON where that is known, else by how its expression is written. */
function inPolicy(resource: Resource): WideGrant[] {
  const policy = resource.attribute('policy');
  if (policy === undefined) return [];
  const isKnown = statementsIn(documentOf(policy.value)) !== undefined;
  if (isKnown) return inJson(resource, resource);
  const text = resource.asBlock().attributes['policy']?.text ?? '';
  return granted(resource, [wideAsWritten(text)], policy.origin);
}

function inJson(holder: Resource, body: Body): WideGrant[] {
  const policy = body.attribute('policy');
  if (policy === undefined) return [];
  return granted(holder, (statementsIn(documentOf(policy.value)) ?? []).map(widthOf), policy.origin);
}

function widthOf(statement: Statement): Wide | undefined {
  return wideOf(statement) ?? everySecret(statement);
}

function granted({ address }: Resource, wide: readonly (Wide | undefined)[], origin: Origin): WideGrant[] {
  const found = wide.filter((one) => one !== undefined);
  const everything = found.filter(({ what }) => what === 'every action');
  const told = everything.length > 0 ? everything : found;
  return told.map(({ what, where, severity }) => ({
    value: `${address} allows ${what} on ${where}`,
    origin,
    severity,
  }));
}

function attached(root: Configuration, resource: Resource, name: string): WideGrant[] {
  const at = resource.attribute(name);
  if (at === undefined) return [];
  return (isList(at.value) ? at.value : [at.value]).flatMap((value): WideGrant[] => {
    const arn = writtenIn(value) ?? policyNamed(root, value);
    const told = `${resource.address} attaches`;
    const wide = WIDE_POLICY.exec(arn)?.groups?.['name'];
    if (wide !== undefined) return [{ value: `${told} ${wide}`, origin: at.origin, severity: 'high' }];
    const service = SERVICE_POLICY.exec(arn)?.groups?.['name'];
    if (service === undefined) return [];
    const everything = `${service}, which allows every action of a service on every resource`;
    return [{ value: `${told} ${everything}`, origin: at.origin, severity: 'medium' }];
  });
}

/** The ARN of a policy that a data source looks up by its name. */
function policyNamed(root: Configuration, value: Value): string {
  const [source] = root.named(value).filter(({ mode, type }) => mode === 'data' && type === 'aws_iam_policy');
  const name = source?.attribute('name')?.value;
  return writtenIn(source?.attribute('arn')?.value ?? '') || `:policy/${textOf(name ?? '') ?? ''}`;
}

/** Whoever may assume a role holds what it may do; with "*" that is every account there is. */
function assumedByEverybody(root: Configuration, role: Resource): WideGrant[] {
  const value = `${role.address} may be assumed by everybody, from any account`;
  return openByPolicy(root, role.attribute('assume_role_policy')).map((origin) => ({
    value,
    origin,
    severity: 'high',
    remediation: 'Name the accounts, roles or services that assume it.',
  }));
}

/** The policy of a key, a secret or a queue stands beside those of people: whom it allows needs no other permission in the same account. */
function usedByEverybody(root: Configuration, resource: Resource, name: string): WideGrant[] {
  const value = `${resource.address} lets everybody in, from any account`;
  return openByPolicy(root, resource.attribute(name)).map((origin) => ({
    value,
    origin,
    severity: 'high',
    remediation: 'Name the accounts, roles or services, or ask for the account in a condition.',
  }));
}

/** Where a policy that belongs to a resource allows everybody, without a condition. */
function openByPolicy(root: Configuration, policy: At<Value> | undefined): Origin[] {
  if (policy === undefined) return [];
  const documents = documentsIn(root, policy.value);
  const statements =
    documents.length === 0
      ? (statementsIn(documentOf(policy.value)) ?? [])
      : documents.flatMap((document) => document.blocks('statement').map(statementOf));
  return statements.some(({ denies, toEverybody }) => toEverybody && !denies) ? [policy.origin] : [];
}

import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import {
  isList,
  textOf,
  Unknown,
  type Body,
  type Configuration,
  type Resource,
  type Value,
} from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf } from '../../proofs/topology/index.ts';
import { statementOf, statementsIn, wideAsWritten, wideOf, type Wide } from './statements.ts';

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

/** What a basic role of Google is granted on, by the type of the resource. */
const BASIC_ROLES: Readonly<Record<string, string>> = {
  google_project_iam_member: 'project',
  google_project_iam_binding: 'project',
  google_folder_iam_member: 'folder',
  google_folder_iam_binding: 'folder',
  google_organization_iam_member: 'organization',
  google_organization_iam_binding: 'organization',
};

/** A grant that names neither what may be done nor to what. */
export interface WideGrant extends At<string> {
  readonly severity: 'high' | 'medium';
}

/** Wide grants in Terraform's IAM: policy documents, inline JSON, policies of AWS that allow everything, and basic roles. */
export function wildcardIam(view: PlatformView): WideGrant[] {
  return configurationsOf(view).flatMap(inRoot);
}

function inRoot(root: Configuration): WideGrant[] {
  const of = (type: string, mode: Resource['mode'] = 'managed'): Resource[] =>
    root.of(type).filter((resource) => resource.mode === mode);
  return [
    ...of('aws_iam_policy_document', 'data').flatMap(inDocument),
    ...POLICIES.flatMap((type) => of(type).flatMap(inPolicy)),
    ...of('aws_iam_role').flatMap((role) => role.blocks('inline_policy').flatMap((policy) => inJson(role, policy))),
    ...Object.entries(ATTACHMENTS).flatMap(([type, name]) => of(type).flatMap((one) => attached(root, one, name))),
    ...Object.entries(BASIC_ROLES).flatMap(([type, scope]) => of(type).flatMap((one) => basicRole(one, scope))),
  ];
}

function inDocument(document: Resource): WideGrant[] {
  return document.blocks('statement').flatMap((block) => granted(document, [wideOf(statementOf(block))], block.origin));
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
  return granted(holder, (statementsIn(documentOf(policy.value)) ?? []).map(wideOf), policy.origin);
}

/** What the JSON text says, as far as it is known. */
function documentOf(value: Value): Value | undefined {
  if (value instanceof Unknown && value.json !== undefined) return value.json;
  const text = writtenIn(value);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Value);
  } catch {
    return undefined;
  }
}

/** The text that a value comes to, with `${…}` for what is not known. */
function writtenIn(value: Value): string | undefined {
  return textOf(value) ?? (value instanceof Unknown ? value.sketch : undefined);
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
  return (isList(at.value) ? at.value : [at.value]).flatMap((value) => {
    const policy = WIDE_POLICY.exec(writtenIn(value) ?? policyNamed(root, value))?.groups?.['name'];
    if (policy === undefined) return [];
    return [{ value: `${resource.address} attaches ${policy}`, origin: at.origin, severity: 'high' as const }];
  });
}

/** The ARN of a policy that a data source looks up by its name. */
function policyNamed(root: Configuration, value: Value): string {
  const [source] = root.named(value).filter(({ mode, type }) => mode === 'data' && type === 'aws_iam_policy');
  const name = source?.attribute('name')?.value;
  return writtenIn(source?.attribute('arn')?.value ?? '') || `:policy/${textOf(name ?? '') ?? ''}`;
}

function basicRole(resource: Resource, scope: string): WideGrant[] {
  const role = resource.attribute('role');
  if (role?.value !== 'roles/owner' && role?.value !== 'roles/editor') return [];
  const value = `${resource.address} grants ${role.value} on the ${scope}`;
  return [{ value, origin: role.origin, severity: 'high' }];
}

import { isMapping } from '../../model/cursor.ts';
import type { HclAttribute, HclBlock } from '../../model/document.ts';
import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { dataBlocks, resourceBlocks } from '../../proofs/topology/index.ts';

const POLICY_RESOURCES = ['aws_iam_policy', 'aws_iam_role_policy', 'aws_iam_user_policy', 'aws_iam_group_policy'];
const ATTACHMENTS = [
  'aws_iam_role_policy_attachment',
  'aws_iam_user_policy_attachment',
  'aws_iam_group_policy_attachment',
  'aws_iam_policy_attachment',
];
const ALL_ACTIONS = /"?Action"?\s*[:=]\s*(?:\[\s*)?"\*"/;
const ALL_RESOURCES = /"?Resource"?\s*[:=]\s*(?:\[\s*)?"\*"/;
const DENY = /"?Effect"?\s*[:=]\s*"Deny"/;

/** Grants of everything in Terraform's IAM: policy documents, inline JSON and AdministratorAccess. */
export function wildcardIam(view: PlatformView): At<string>[] {
  return [...documents(view), ...inline(view), ...administrators(view), ...basicRoles(view)];
}

function named(block: HclBlock): string {
  return block.labels.join('.');
}

function documents(view: PlatformView): At<string>[] {
  return dataBlocks(view, 'aws_iam_policy_document').flatMap((block) =>
    block.blocks
      .filter((statement) => statement.type === 'statement' && statement.attributes['effect']?.literal !== 'Deny')
      .filter(
        (statement) =>
          holdsStar(statement.attributes['actions']?.literal) && holdsStar(statement.attributes['resources']?.literal),
      )
      .map((statement) => ({
        value: `data.${named(block)} allows every action on every resource`,
        origin: statement.origin,
      })),
  );
}

function inline(view: PlatformView): At<string>[] {
  return POLICY_RESOURCES.flatMap((type) =>
    resourceBlocks(view, type).flatMap((block) => {
      const policy = block.attributes['policy'];
      if (policy === undefined) return [];
      const open = opensAll(policy);
      return open ? [{ value: `${named(block)} allows every action on every resource`, origin: policy.origin }] : [];
    }),
  );
}

function administrators(view: PlatformView): At<string>[] {
  return ATTACHMENTS.flatMap((type) =>
    resourceBlocks(view, type).flatMap((block) => {
      const arn = block.attributes['policy_arn'];
      const written = arn === undefined ? '' : writtenIn(arn).trim();
      return arn !== undefined && /:policy\/(?:AdministratorAccess|IAMFullAccess)"?$/.test(written)
        ? [{ value: `${named(block)} attaches ${written.replace(/^.*policy\/|"$/g, '')}`, origin: arn.origin }]
        : [];
    }),
  );
}

function basicRoles(view: PlatformView): At<string>[] {
  return ['google_project_iam_member', 'google_project_iam_binding'].flatMap((type) =>
    resourceBlocks(view, type).flatMap((block) => {
      const role = block.attributes['role'];
      return role?.literal === 'roles/owner' || role?.literal === 'roles/editor'
        ? [{ value: `${named(block)} grants ${String(role.literal)} on the project`, origin: role.origin }]
        : [];
    }),
  );
}

/** Whether a statement of a policy allows everything: by its JSON where that is known, else by how its expression is written. */
function opensAll(policy: HclAttribute): boolean {
  const document = typeof policy.literal === 'string' ? parsed(policy.literal) : undefined;
  if (isMapping(document))
    return listOf(document['Statement']).some(
      (statement) =>
        isMapping(statement) &&
        statement['Effect'] !== 'Deny' &&
        listOf(statement['Action']).includes('*') &&
        listOf(statement['Resource']).includes('*'),
    );
  const statements = policy.text.split(/(?=\bEffect\b)/);
  return statements.some((text) => ALL_ACTIONS.test(text) && ALL_RESOURCES.test(text) && !DENY.test(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** The text that it comes to, or where that is not known the expression. */
function writtenIn({ literal, text }: HclAttribute): string {
  return typeof literal === 'string' ? literal : text;
}

function holdsStar(value: unknown): boolean {
  return Array.isArray(value) && value.includes('*');
}

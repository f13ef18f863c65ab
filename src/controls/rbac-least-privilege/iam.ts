import { isMapping } from '../../model/cursor.ts';
import type { HclAttribute, HclBlock } from '../../model/document.ts';
import type { At, Origin } from '../../model/origin.ts';
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

/** A grant that names neither what may be done nor to what. */
export interface WideGrant extends At<string> {
  readonly severity: 'high' | 'medium';
}

/** Wide grants in Terraform's IAM: policy documents, inline JSON, AdministratorAccess and basic roles. */
export function wildcardIam(view: PlatformView): WideGrant[] {
  return [
    ...documents(view),
    ...inline(view),
    ...[...administrators(view), ...basicRoles(view)].map((grant) => ({ ...grant, severity: 'high' as const })),
  ];
}

function named(block: HclBlock): string {
  return block.labels.join('.');
}

/** In a policy of a resource, which names principals, a resource of "*" is that resource alone: of those, only "*" on "*" is reported. */
function documents(view: PlatformView): WideGrant[] {
  return dataBlocks(view, 'aws_iam_policy_document').flatMap((block) =>
    block.blocks
      .filter((statement) => statement.type === 'statement' && statement.attributes['effect']?.literal !== 'Deny')
      .filter((statement) => listOf(statement.attributes['resources']?.literal).includes('*'))
      .flatMap((statement) => {
        const ofResource = statement.blocks.some(({ type }) => type === 'principals');
        const wide = wideActions(listOf(statement.attributes['actions']?.literal), ofResource);
        return wide === undefined ? [] : [grant(`data.${named(block)}`, wide, statement.origin)];
      }),
  );
}

function inline(view: PlatformView): WideGrant[] {
  return POLICY_RESOURCES.flatMap((type) =>
    resourceBlocks(view, type).flatMap((block) => {
      const policy = block.attributes['policy'];
      const wide = policy === undefined ? undefined : widest(policy);
      return policy === undefined || wide === undefined ? [] : [grant(named(block), wide, policy.origin)];
    }),
  );
}

function grant(holder: string, wide: Wide, origin: Origin): WideGrant {
  const what = wide === 'everything' ? 'every action' : `every action of ${wide.join(', ')}`;
  const severity = wide === 'everything' || wide.includes('iam') ? 'high' : 'medium';
  return { value: `${holder} allows ${what} on every resource`, origin, severity };
}

/** Everything, or the services of which every action is allowed. */
type Wide = 'everything' | readonly string[];

function wideActions(actions: readonly unknown[], ofResource = false): Wide | undefined {
  if (actions.includes('*')) return 'everything';
  const services = actions.flatMap((action) => /^([a-z0-9-]+):\*$/i.exec(String(action))?.[1]?.toLowerCase() ?? []);
  return services.length === 0 || ofResource ? undefined : [...new Set(services)];
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

/** What a policy allows on every resource: by its JSON where that is known, else by how its expression is written. */
function widest(policy: HclAttribute): Wide | undefined {
  const document = typeof policy.literal === 'string' ? parsed(policy.literal) : undefined;
  if (!isMapping(document)) return opensAll(policy.text) ? 'everything' : undefined;
  return wideActions(
    listOf(document['Statement'])
      .filter(isMapping)
      .filter((statement) => statement['Effect'] !== 'Deny' && listOf(statement['Resource']).includes('*'))
      .flatMap((statement) => listOf(statement['Action'])),
  );
}

function opensAll(text: string): boolean {
  const statements = text.split(/(?=\bEffect\b)/);
  return statements.some((one) => ALL_ACTIONS.test(one) && ALL_RESOURCES.test(one) && !DENY.test(one));
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

/** Issuers of tokens that serve everybody, and how far a pattern of their subjects reaches. */

/** Whom a pattern lets in that it should not name by accident. */
export interface Strangers {
  /** `every repository of GitHub`. */
  readonly who: string;
  readonly severity: 'high' | 'medium';
}

interface Issuer {
  readonly host: RegExp;
  /** What the tokens stand for, in one word of many. */
  readonly what: string;
  /** Claims by which tokens of one customer are told from those of others. */
  readonly claims: RegExp;
  /** Those of them that name an owner alone. */
  readonly owners: RegExp;
  /** How a subject begins: its owner, and the part within the owner. Undefined where subjects are not told apart by patterns. */
  readonly subject?: RegExp;
}

/**
 * Issuers whose tokens any customer can get: what a trust does not ask for, everybody has.
 * https://docs.github.com/actions/reference/security/oidc, https://docs.gitlab.com/ci/secrets/id_token_authentication/,
 * https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens
 */
const ISSUERS: readonly Issuer[] = [
  {
    host: /^token\.actions\.githubusercontent\.com$/,
    what: 'repository of GitHub',
    claims:
      /^(?:sub|repository|repository_id|repository_owner|repository_owner_id|job_workflow_ref|workflow_ref|enterprise|enterprise_id)$/,
    owners: /^(?:repository_owner|repository_owner_id|enterprise|enterprise_id)$/,
    subject: /^repo:(?<owner>[^/]*)(?:\/(?<within>[^:]*))?/,
  },
  {
    host: /^gitlab\.com$/,
    what: 'project of gitlab.com',
    claims: /^(?:sub|namespace_path|namespace_id|project_path|project_id)$/,
    owners: /^(?:namespace_path|namespace_id)$/,
    subject: /^project_path:(?<owner>[^/]*)(?:\/(?<within>[^:]*))?/,
  },
  {
    host: /^app\.terraform\.io$/,
    what: 'workspace of HCP Terraform',
    claims:
      /^(?:sub|terraform_organization_id|terraform_organization_name|terraform_project_id|terraform_workspace_id|terraform_workspace_name)$/,
    owners: /^(?:terraform_organization_id|terraform_organization_name)$/,
    subject: /^organization:(?<owner>[^:]*)/,
  },
  {
    host: /^agent\.buildkite\.com$/,
    what: 'pipeline of Buildkite',
    claims: /^(?:sub|organization_slug|organization_id|pipeline_slug|pipeline_id)$/,
    owners: /^(?:organization_slug|organization_id)$/,
    subject: /^organization:(?<owner>[^:]*)/,
  },
];

/** The issuer that serves everybody, by its host. */
export function sharedIssuer(host: string): Issuer | undefined {
  return ISSUERS.find((issuer) => issuer.host.test(host));
}

export type { Issuer };

/** Whom a trust lets in that asks for no claim by which one customer is told from another. */
export function everybodyOf({ what }: Issuer): Strangers {
  return { who: `every ${what}, whoever owns it`, severity: 'high' };
}

/** Whom a trust lets in that names an owner and nothing of what is theirs. */
export function everyOneOf({ what }: Issuer, owner: string): Strangers {
  return { who: `every ${what} that ${owner} owns`, severity: 'medium' };
}

/** Stands for what is not known in a text; it is taken for somebody in particular. */
const UNKNOWN = /\$\{[^}]*\}/g;
const OWNED_WORKFLOW = /job_workflow_ref:[^/*?]+\/[^/*?]+\/[^*?@]+/;

/** Whom a pattern of subjects lets in besides somebody in particular; `*` and `?` stand for any text. */
export function strangersIn(issuer: Issuer, pattern: string): Strangers | undefined {
  const text = pattern.replaceAll(UNKNOWN, 'x');
  if (!/[*?]/.test(text) || OWNED_WORKFLOW.test(text)) return undefined;
  const { owner, within } = issuer.subject?.exec(text)?.groups ?? {};
  if (owner === undefined) return /^[*?]/.test(text) ? everybodyOf(issuer) : undefined;
  if (/[*?]/.test(owner)) return everybodyOf(issuer);
  if (within === undefined || !/[*?]/.test(within)) return undefined;
  if (/^\*+$/.test(within)) return everyOneOf(issuer, owner);
  return { who: `every ${issuer.what} that ${owner} owns and whose name is like ${within}`, severity: 'medium' };
}

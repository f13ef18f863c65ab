import type { HclExpression } from './hcl.ts';
import type { Origin } from './origin.ts';

/** What kinds of source a control may read. A part that could not be read makes the controls that need its class inconclusive. */
export const SOURCE_CLASSES = [
  'spec',
  'kubernetes',
  'terraform',
  'terraform-plan',
  'github-workflow',
  'github-ruleset',
  'github-action',
  'github-environment',
  'ci-pipeline',
  'dockerfile',
  'compose',
  'codeowners',
  'security-policy',
  'price-table',
  'update-bot',
  'scanner-config',
  'prometheus-config',
  'prometheus-rules',
  'slo-spec',
  'alertmanager-config',
  'grafana-dashboard',
  'grafana-alerting',
  'otel-collector',
  'metrics-capture',
  'redis-conf',
  'redis-acl',
  'postgres-conf',
  'pg-hba',
  'nginx-conf',
  'markdown',
  'env-file',
  'login-file',
  'registry-logins',
  'kubeconfig',
  'chart-values',
  'unrendered',
  'files',
] as const;
export type SourceClass = (typeof SOURCE_CLASSES)[number];

/** Classes whose documents are parsed into plain data. */
export type DataClass =
  | 'github-workflow'
  | 'github-ruleset'
  | 'github-action'
  | 'github-environment'
  | 'ci-pipeline'
  | 'compose'
  | 'update-bot'
  | 'scanner-config'
  | 'prometheus-config'
  | 'prometheus-rules'
  | 'slo-spec'
  | 'alertmanager-config'
  | 'grafana-dashboard'
  | 'grafana-alerting'
  | 'otel-collector'
  | 'terraform-plan'
  | 'registry-logins'
  | 'kubeconfig'
  | 'chart-values'
  | 'unrendered';

/** Classes whose documents are parsed into directives, one or more a line. */
export type DirectiveClass =
  | 'dockerfile'
  | 'codeowners'
  | 'redis-conf'
  | 'redis-acl'
  | 'postgres-conf'
  | 'pg-hba'
  | 'nginx-conf'
  | 'env-file';

/** Classes that are read as text. */
export type TextClass = 'markdown' | 'security-policy' | 'price-table' | 'metrics-capture' | 'login-file';

/** A parsed YAML or JSON file that is not a Kubernetes object. */
export interface DataDocument {
  readonly class: DataClass;
  readonly path: string;
  readonly data: unknown;
  readonly origin: Origin;
}

/** One instruction of a line-based format: `FROM`, `user relay on …`, `location / { … }`. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly children?: readonly Directive[];
  readonly origin: Origin;
}

export interface DirectiveDocument {
  readonly class: DirectiveClass;
  readonly path: string;
  readonly directives: readonly Directive[];
}

/** The directives of a text, and in words what of it could not be read: `line 12: a file is included here, which is not read`. */
export interface DirectiveReading {
  readonly directives: readonly Directive[];
  readonly problems: readonly string[];
}

export interface TextDocument {
  readonly class: TextClass;
  readonly path: string;
  readonly text: string;
}

/** What a Markdown file consists of, as far as runbooks and trackers are judged by it. Lines are one-based. */
export interface MarkdownOutline {
  readonly headings: readonly { readonly level: number; readonly text: string; readonly line: number }[];
  /** Links and images, references resolved; an unresolved reference is plain text, as in CommonMark. */
  readonly links: readonly { readonly target: string; readonly text: string; readonly line: number }[];
  readonly fences: readonly { readonly language: string; readonly text: string; readonly line: number }[];
  /** Places the author left to fill in: TODO, TBD, `<your team>` in prose. Commands may keep their `<pod>`. */
  readonly placeholders: readonly { readonly text: string; readonly line: number }[];
}

/** A Markdown file with its outline. */
export interface OutlinedDocument {
  readonly path: string;
  readonly outline: MarkdownOutline;
  /** Words outside of headings and code, roughly: what tells a runbook from a stub. */
  readonly words: number;
}

export type RepoDocument = DataDocument | DirectiveDocument | TextDocument;

/** A block of Terraform or other HCL with the places of all its parts. */
export interface HclBlock {
  /** `resource`, `module`, `variable`, or the name of a nested block such as `ingress`; `refused` for what Terraform does not take. */
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: Readonly<Record<string, HclAttribute>>;
  readonly blocks: readonly HclBlock[];
  /** Address of the instance that it is, where it was evaluated: `module.edge.aws_lb.public`. */
  readonly address?: string;
  /** Id of the Terraform root or module folder it belongs to: the folder's path. */
  readonly module: string;
  /** What the files state, where it comes to something else: the block itself first, then what overrides it. */
  readonly written?: readonly HclBlock[];
  readonly origin: Origin;
}

/** The right-hand side of an attribute: its source text, and its value where that is a literal through and through or, in an evaluated block, known. */
export interface HclAttribute {
  readonly text: string;
  readonly literal?: unknown;
  readonly expression: HclExpression;
  /** Addresses of the resources that its value names, where it was evaluated. */
  readonly refersTo?: readonly string[];
  readonly origin: Origin;
}

import type { DirectiveClass, SourceClass, TextClass } from '../../model/document.ts';
import { classifyData } from './classify-data.ts';
import { classifyText } from './classify-text.ts';
import type { YamlDialect } from './yaml-dialect.ts';

/** How a file is read: YAML or JSON; Terraform; Terraform in JSON; lines of directives; prose. */
export type FileFormat = 'data' | 'hcl' | 'hcl-json' | 'directives' | 'text';

/** The format of a file by its name; `undefined` for files that are only listed. */
export function formatOf(path: string): FileFormat | undefined {
  const name = baseName(path);
  if (/\.(?:tf|tofu)\.json$|\.tfvars\.json$/.test(name)) return 'hcl-json';
  if (/\.(?:tf|tofu|tfvars)$/.test(name)) return 'hcl';
  if (classOfText(path) !== undefined) return 'text';
  if (isDirectiveName(path)) return 'directives';
  if (/\.(?:ya?ml|json|json5|jsonc)$/i.test(name) || /^\.(?:renovaterc|docker(?:cfg|configjson))$/.test(name))
    return 'data';
  if (KUBECONFIG.test(path)) return 'data';
  return undefined;
}

/** Where people keep a kubeconfig whose name has no ending: `.kube/config`, `kubeconfig`, `production.kubeconfig`. */
const KUBECONFIG = /(?:^|\/)(?:\.kube\/config|(?:[\w.-]*[._-])?kubeconfig)$/;

/** The YAML dialect that the reader of a file applies. */
export function dialectOf(path: string): YamlDialect {
  const name = baseName(path);
  const strict = /(?:^|\/)\.github\//.test(path) || /^action\.ya?ml$/.test(name) || /^(?:docker-)?compose\b/.test(name);
  return strict || /^launchgate\b/.test(name) ? 'yaml-1.2' : 'kubernetes';
}

/**
 * What a file is, by its name where the name is fixed and by its content where names vary.
 * `content`: a parsed document for the format `data`, the text for `directives` and `text`. Undefined: nothing here reads it.
 */
export function classify(path: string, content: unknown): SourceClass | undefined {
  switch (formatOf(path)) {
    case 'hcl':
    case 'hcl-json':
      return 'terraform';
    case 'text':
      return classOfText(path);
    case 'directives':
      return classOfName(path) ?? (typeof content === 'string' ? classifyText(content) : undefined);
    case 'data':
      return classifyData(path, content);
    default:
      return undefined;
  }
}

/** True where the owner's place of a file decides: the root, `.github/` and `docs/`, as GitHub has it, and `.gitlab/`. */
function isInPolicyFolder(path: string): boolean {
  return /^(?:\.github\/|docs\/|\.gitlab\/)?[^/]+$/.test(path);
}

function classOfText(path: string): TextClass | undefined {
  const name = baseName(path);
  if (/^security(?:\.(?:md|markdown|rst|txt|adoc))?$/i.test(name) && isInPolicyFolder(path)) return 'security-policy';
  if (/(?:prices?|focus)[\w.-]*\.csv$|\.focus\.json$/i.test(name)) return 'price-table';
  if (/\.(?:md|markdown)$/i.test(name)) return 'markdown';
  if (LOGIN_FILE.test(name)) return 'login-file';
  return /\.(?:prom|openmetrics)$|(?:^|[-_.])metrics\.txt$/i.test(name) ? 'metrics-capture' : undefined;
}

/** Where clients of PostgreSQL, curl and git, and npm keep passwords and tokens: `.pgpass`, `pgpass.conf`, `_netrc`, `ci.npmrc`, `.npmrc.ci`. */
const LOGIN_FILE = /^(?:[\w-]*\.|_)?(?:pgpass|netrc|npmrc)$|^\.(?:pgpass|netrc|npmrc)\.[\w-]+$|^pgpass\.conf$/;

const NAMES: readonly (readonly [RegExp, DirectiveClass])[] = [
  [/^(?:Dockerfile|Containerfile)(?:\.(?!dockerignore$|md$|j2$|tmpl$|tpl$).+)?$/, 'dockerfile'],
  [/\.(?:docker|container)file$/i, 'dockerfile'],
  [/^redis[\w.-]*\.conf$/, 'redis-conf'],
  [/^users[\w.-]*\.acl$/, 'redis-acl'],
  [/^pg_hba[\w.-]*\.conf$/, 'pg-hba'],
  [/^postgres(?:ql)?[\w.-]*\.conf$/, 'postgres-conf'],
  [/^nginx[\w.-]*\.conf(?:\.template)?$/, 'nginx-conf'],
  [/^\.env(?:\..+)?$|\.env$/, 'env-file'],
];

function classOfName(path: string): DirectiveClass | undefined {
  const name = baseName(path);
  if (name === 'CODEOWNERS') return isInPolicyFolder(path) ? 'codeowners' : undefined;
  return NAMES.find(([pattern]) => pattern.test(name))?.[1];
}

function isDirectiveName(path: string): boolean {
  return (
    classOfName(path) !== undefined ||
    /\.(?:conf|acl|nginx)(?:\.template)?$|(?:^|\/)sites-(?:available|enabled)\/[^/]+$/.test(path)
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

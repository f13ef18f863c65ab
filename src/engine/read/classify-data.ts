import { isMapping } from '../../model/cursor.ts';
import type { DataClass, SourceClass } from '../../model/document.ts';
import { isGrafanaAlerting } from '../../model/grafana-alerting.ts';

type Data = Readonly<Record<string, unknown>>;

/** What a parsed YAML or JSON document is; undefined for data that nothing reads. */
export function classifyData(path: string, value: unknown): SourceClass | undefined {
  if (!isMapping(value)) return undefined;
  if (isKubernetes(value)) return 'kubernetes';
  return BY_PATH.find(([pattern]) => pattern.test(path))?.[1] ?? byContent(path, value);
}

/** Pipelines in YAML of GitLab, CircleCI, Buildkite, Azure, Bitbucket, Drone, Woodpecker, Travis, Semaphore, Cirrus, AppVeyor and Cloud Build. */
const PIPELINES =
  /^(?:\.gitlab-ci|\.gitlab(?:-ci)?\/.+|\.circleci\/.+|\.buildkite\/.+|azure-pipelines|bitbucket-pipelines|\.drone|\.woodpecker|\.woodpecker\/.+|\.travis|\.semaphore\/.+|\.cirrus|appveyor|cloudbuild)\.ya?ml$/;

/** Places that GitHub, other systems of pipelines, the update bots, scanners and Docker read, whatever the file says. */
const BY_PATH: readonly (readonly [RegExp, DataClass])[] = [
  [/^\.github\/workflows\/[^/]+\.ya?ml$/, 'github-workflow'],
  [PIPELINES, 'ci-pipeline'],
  [/^\.github\/dependabot\.ya?ml$/, 'update-bot'],
  [/^(?:\.github\/|\.gitlab\/)?renovate\.json[5c]?$/, 'update-bot'],
  [/^\.renovaterc(?:\.json5?)?$/, 'update-bot'],
  [/(?:^|\/)\.?(?:checkov|trivy|grype)(?:-config)?\.ya?ml$|(?:^|\/)\.grype\/config\.yaml$/, 'scanner-config'],
  [/(?:^|\/)\.(?:docker\/config\.json|dockercfg|dockerconfigjson)$/, 'registry-logins'],
];

function byContent(path: string, value: Data): DataClass | undefined {
  if (/(?:^|\/)action\.ya?ml$/.test(path)) return isMapping(value['runs']) ? 'github-action' : undefined;
  return (Object.keys(SHAPES) as (keyof typeof SHAPES)[]).find((kind) => SHAPES[kind](value, path));
}

const SHAPES = {
  'prometheus-rules': isRuleFile,
  'slo-spec': isSloSpec,
  'prometheus-config': (value) =>
    Array.isArray(value['scrape_configs']) || (isMapping(value['global']) && Array.isArray(value['rule_files'])),
  'alertmanager-config': (value) =>
    (isMapping(value['route']) && Array.isArray(value['receivers'])) ||
    typeof value['alertmanager_config'] === 'string',
  'otel-collector': (value) =>
    isMapping(value['receivers']) && isMapping(value['service']) && isMapping(value['service']['pipelines']),
  'grafana-dashboard': isDashboard,
  'grafana-alerting': isGrafanaAlerting,
  'github-ruleset': (value) => isRuleset(value) || isBranchProtection(value),
  'github-environment': (value) => typeof value['name'] === 'string' && Array.isArray(value['protection_rules']),
  'terraform-plan': isPlan,
  'registry-logins': isRegistryLogins,
  kubeconfig: isKubeconfig,
  compose: isCompose,
} as const satisfies Partial<Record<DataClass, (value: Data, path: string) => boolean>>;

/** Files in the shape of Kubernetes objects that tools read and no cluster ever stores. */
const TOOL_GROUPS =
  /^(?:launchgate|skaffold|kustomize\.config\.k8s\.io|openslo|kind\.x-k8s\.io|eksctl\.io|backstage\.io|kubeadm\.k8s\.io|[a-z]+\.config\.k8s\.io|audit\.k8s\.io|k3d\.io|ctlptl\.dev)\//;

function isKubernetes(value: Data): boolean {
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false;
  return !isKubeconfig(value) && !TOOL_GROUPS.test(apiVersion);
}

/** What clients of a cluster find it by and log in to it with. */
function isKubeconfig({ apiVersion, kind }: Data): boolean {
  return apiVersion === 'v1' && kind === 'Config';
}

/**
 * `groups` with rules that record or alert. A rule that does neither is a mistake in such a file, and no reason to take the file for another
 * one; an empty group counts, and an empty file of groups.
 */
function isRuleFile(value: Data): boolean {
  const groups = value['groups'];
  if (!Array.isArray(groups) || 'apiVersion' in value) return false;
  const rules: unknown[] = groups.flatMap((group) => (isMapping(group) ? rulesOf(group) : []));
  const doesOne = (rule: unknown): boolean => isMapping(rule) && ('alert' in rule || 'record' in rule);
  const isEmpty = rules.length === 0 && groups.every((group) => isMapping(group) && 'rules' in group);
  return groups.every(isRuleGroup) && (isEmpty || rules.some(doesOne));
}

function isRuleGroup(group: unknown): boolean {
  return isMapping(group) && typeof group['name'] === 'string' && Array.isArray(group['rules'] ?? []);
}

function rulesOf({ rules }: Data): unknown[] {
  return Array.isArray(rules) ? rules : [];
}

/** OpenSLO objects, Sloth's specs, and the windows that Sloth is given. */
function isSloSpec({ apiVersion, version, kind, slos }: Data): boolean {
  if (typeof apiVersion === 'string' && apiVersion.startsWith('openslo/')) return true;
  return version === 'prometheus/v1' && Array.isArray(slos) && kind === undefined;
}

/** As exported by Grafana's page, or wrapped as its HTTP API answers. */
function isDashboard(value: Data): boolean {
  const dashboard = isMapping(value['dashboard']) ? value['dashboard'] : value;
  return (
    typeof dashboard['schemaVersion'] === 'number' &&
    (Array.isArray(dashboard['panels']) || Array.isArray(dashboard['rows']))
  );
}

function isRuleset(value: Data): boolean {
  const hasScope = isMapping(value['conditions']) || typeof value['target'] === 'string';
  return Array.isArray(value['rules']) && typeof value['enforcement'] === 'string' && hasScope;
}

/** The older protection of one branch, as GitHub's API answers it. */
function isBranchProtection(value: Data): boolean {
  return isMapping(value['enforce_admins']) && isMapping(value['allow_force_pushes']);
}

/** As `terraform show -json` writes a plan; a state has `values` in place of what is planned. */
function isPlan(value: Data): boolean {
  return (
    typeof value['format_version'] === 'string' &&
    typeof value['terraform_version'] === 'string' &&
    isMapping(value['planned_values'])
  );
}

/** As `docker login` writes it, and podman and kaniko read it. */
function isRegistryLogins({ auths }: Data): boolean {
  return isMapping(auths) && Object.values(auths).some((entry) => isMapping(entry) && 'auth' in entry);
}

/** By name, or by services that all are built from something. */
function isCompose(value: Data, path: string): boolean {
  const services = value['services'];
  if (!isMapping(services)) return false;
  if (/(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$/.test(path)) return true;
  const all = Object.values(services);
  return all.length > 0 && all.every((service) => isMapping(service) && ('image' in service || 'build' in service));
}

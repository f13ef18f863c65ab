import { isMapping } from '../../model/cursor.ts';
import type { Deployable } from '../../model/platform.ts';
import type { Spec } from '../../model/spec.ts';
import { environmentOfPath, sameEnvironment } from '../discover/environment.ts';
import type { Survey } from '../discover/survey.ts';

/** APIs that a chart asks the cluster for, and what is known of each. */
export interface AskedApis {
  /** Served: by every supported Kubernetes, or because this repository has objects or definitions of it. */
  readonly served: readonly string[];
  /** Nothing here tells. */
  readonly open: readonly string[];
}

/** https://helm.sh/docs/chart_template_guide/builtin_objects/ */
const ASKED = /\.Capabilities\.APIVersions\.Has\s+["`]([\w.-]{1,253}(?:\/[\w.-]{1,63}){0,2})["`]/g;

/** Groups of Kubernetes' own whose `v1` every supported release serves. Helm knows them by version, and not by kind. */
const OWN =
  /^(?:(?:v1|(?:apps|batch|policy|autoscaling|(?:networking|storage|rbac\.authorization|scheduling|coordination|discovery|node|events|admissionregistration|apiextensions)\.k8s\.io)\/v1|autoscaling\/v2)\/[A-Z]\w*)$/;

/** Groups that Kubernetes serves only where somebody installed them, although their names end as its own do. */
const ADDED =
  /^(?:gateway\.networking|policy\.networking|snapshot\.storage|(?:custom\.|external\.)?metrics|autoscaling)\.k8s\.io\//;

/** A distribution of Kubernetes of its own: charts ask whether they are on it, and are not where nothing speaks of it. */
const DISTRIBUTION = /\.openshift\.io\//;

/** What the templates of a chart ask. An application or a spec that lists the APIs of a cluster lists them all, and leaves nothing open. */
export function askedApis(survey: Survey, deployable: Deployable, spec: Spec | undefined): AskedApis {
  const asked = new Set(
    deployable.sources
      .filter((path) => /(?:^|\/)templates\//.test(path))
      .flatMap((path) => {
        const text = survey.sources.text(path, []);
        return typeof text === 'string' ? [...text.matchAll(ASKED)].map(([, api = '']) => api) : [];
      }),
  );
  const listed = deployable.helm?.apiVersions;
  if (listed !== undefined) return { served: listed, open: [] };
  const own = [...asked].filter((api) => OWN.test(api));
  const custom = [...asked].filter(isCustom);
  const declared = declaredApis(spec, deployable);
  if (declared !== undefined) return { served: [...own, ...custom.filter((api) => lists(declared, api))], open: [] };
  const seen = custom.length === 0 ? new Set<string>() : seenApis(survey, deployable, custom);
  return {
    served: [...own, ...custom.filter((api) => seen.has(api))].sort(),
    open: custom.filter((api) => !seen.has(api) && !DISTRIBUTION.test(api)).sort(),
  };
}

/** What the spec says of the clusters that a deployable goes to; `undefined` where it does not speak of each, or they differ. */
function declaredApis(spec: Spec | undefined, { environment }: Deployable): readonly string[] | undefined {
  const meant = (spec?.environments ?? []).filter(
    ({ name }) => environment === undefined || sameEnvironment(environment, name, []),
  );
  const [first, ...others] = meant.map(({ apiVersions }) => apiVersions?.toSorted());
  return others.every((apis) => JSON.stringify(apis) === JSON.stringify(first)) ? first : undefined;
}

/** A version that is listed without a kind stands for all of its kinds. */
function lists(listed: readonly string[], api: string): boolean {
  return listed.includes(api) || listed.includes(api.split('/').slice(0, 2).join('/'));
}

function isCustom(api: string): boolean {
  const [group = '', version] = api.split('/');
  return version !== undefined && group.includes('.') && (!group.endsWith('.k8s.io') || ADDED.test(api));
}

/** Which of these the manifests of the repository use or define, those of other environments aside. */
function seenApis(survey: Survey, { environment }: Deployable, apis: readonly string[]): ReadonlySet<string> {
  const groups = [...new Set(apis.map((api) => api.slice(0, api.indexOf('/'))))];
  const { sources } = survey;
  const seen = new Set<string>();
  for (const path of sources.tree.files) {
    if (!/\.(?:ya?ml|json)$/i.test(path) || survey.leftOut(path) !== undefined) continue;
    const text = sources.text(path, ['kubernetes']);
    if (typeof text !== 'string' || !groups.some((group) => text.includes(group)) || sources.isTemplate(path)) continue;
    const other = environmentOfPath(path)?.name;
    if (other !== undefined && environment !== undefined && !sameEnvironment(other, environment, [])) continue;
    for (const { apiVersion, kind, body } of sources.manifests(path)) {
      for (const api of kind === 'CustomResourceDefinition' ? definedBy(body) : [apiVersion, `${apiVersion}/${kind}`])
        seen.add(api);
    }
  }
  return seen;
}

function definedBy(body: Readonly<Record<string, unknown>>): string[] {
  const spec = isMapping(body['spec']) ? body['spec'] : {};
  const kind = isMapping(spec['names']) ? spec['names']['kind'] : undefined;
  const versions = Array.isArray(spec['versions']) ? spec['versions'].filter(isMapping) : [];
  return versions
    .filter(({ served }) => served !== false)
    .flatMap(({ name }) => [
      `${String(spec['group'])}/${String(name)}`,
      `${String(spec['group'])}/${String(name)}/${String(kind)}`,
    ]);
}

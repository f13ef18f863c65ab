import type { KubeObject } from '../../model/kube.ts';
import type { ChosenEnvironment } from '../discover/choose.ts';
import { environmentOf, environmentOfPath, sameEnvironment } from '../discover/environment.ts';
import type { Discovery } from '../discover/index.ts';
import type { Manifest } from '../discover/sources.ts';

/** Kinds that tell a controller what to bring from git, by the group they need. */
const KINDS: Readonly<Record<string, RegExp>> = {
  Application: /^argoproj\.io\//,
  ApplicationSet: /^argoproj\.io\//,
  Kustomization: /^kustomize\.toolkit\.fluxcd\.io\//,
  HelmRelease: /^helm\.toolkit\.fluxcd\.io\//,
  GitRepository: /^source\.toolkit\.fluxcd\.io\//,
  OCIRepository: /^source\.toolkit\.fluxcd\.io\//,
};

/**
 * What Argo CD and Flux are told about an environment: manifests of the repository whose name or folder speaks of it or of none,
 * and those that its deployables render. Test folders, templates and charts are left out.
 */
export function applicationsOf(
  { survey }: Discovery,
  rendered: readonly KubeObject[],
  environment: ChosenEnvironment,
  declared: readonly string[],
): KubeObject[] {
  const fits = (name: string, path: string): boolean => {
    const own = environmentOf(name) ?? environmentOfPath(path);
    return own === undefined || sameEnvironment(own.name, environment.name, declared);
  };
  const found = new Map(
    rendered
      .filter((object) => isDelivery(object) && fits(object.name, object.origin.path))
      .map((object) => [keyOf(object), object]),
  );
  for (const path of survey.sources.tree.files) {
    if (!/\.ya?ml$/i.test(path) || survey.leftOut(path) !== undefined) continue;
    const text = survey.sources.text(path, ['kubernetes']);
    if (typeof text !== 'string' || !/argoproj\.io\/|toolkit\.fluxcd\.io\//.test(text)) continue;
    if (survey.chartAround(path) !== undefined || survey.sources.isTemplate(path)) continue;
    for (const object of survey.sources.manifests(path).filter(isDelivery).map(asObject)) {
      if (fits(object.name, path) && !found.has(keyOf(object))) found.set(keyOf(object), object);
    }
  }
  return [...found.values()];
}

function isDelivery({ kind, apiVersion }: { readonly kind: string; readonly apiVersion: string }): boolean {
  return Object.hasOwn(KINDS, kind) && KINDS[kind]?.test(apiVersion) === true;
}

function keyOf({ kind, namespace, name }: KubeObject): string {
  return `${kind}/${namespace ?? 'default'}/${name}`;
}

function asObject({ path, index, apiVersion, kind, body }: Manifest): KubeObject {
  const metadata = (body['metadata'] ?? {}) as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const namespace = text(metadata['namespace']);
  return {
    apiVersion,
    kind,
    name: text(metadata['name']) ?? '',
    ...(namespace === undefined ? {} : { namespace }),
    labels: {},
    body,
    deployable: '',
    origin: { path, document: index },
  };
}

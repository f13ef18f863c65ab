import { Cursor, isMapping } from '../../model/cursor.ts';
import { foreign, type AppSource } from './app.ts';
import { isHelmRelease } from './app-manifests.ts';
import { fluxVariables, stringsOf } from './flux-variables.ts';
import { recognise } from './found.ts';
import { tellingNamespace } from './namespaces.ts';
import { fluxPlace, folderBrought, isElsewhere } from './own-repository.ts';
import { inFolder, ROOT, resolvePath } from './paths.ts';
import type { Manifest } from './sources.ts';
import type { Survey } from './survey.ts';

/** Fields of a Flux Kustomization that are fields of a kustomization under the same name. */
const KUSTOMIZE_FIELDS = ['namePrefix', 'nameSuffix', 'images', 'components'];

/** What a Flux Kustomization or HelmRelease deploys; `undefined` when it is suspended. https://fluxcd.io/flux/components/ */
export function fluxSource(survey: Survey, manifest: Manifest): AppSource | undefined {
  const at = new Cursor(manifest.body, { path: manifest.path, document: manifest.index });
  const spec = at.get('spec');
  if (spec.get('suspend').boolean() === true) return undefined;
  const app = at.get('metadata', 'name').string() ?? 'application';
  const namespace = spec.get('targetNamespace').string() ?? at.get('metadata', 'namespace').string();
  const source = isHelmRelease(manifest)
    ? helmRelease(survey, app, spec, manifest)
    : kustomization(survey, app, spec, manifest);
  const common = commonMetadata(spec.get('commonMetadata'));
  return {
    app,
    declaredBy: manifest.path,
    line: manifest.line,
    environment: recognise([
      { what: 'path', text: spec.get('path').string(), path: true },
      { what: 'folder', text: manifest.path, path: true },
      { what: 'application', text: app },
      { what: 'namespace', text: tellingNamespace(namespace, survey.environments) },
    ]),
    ...(namespace === undefined || (!isHelmRelease(manifest) && !spec.get('targetNamespace').exists)
      ? {}
      : { namespace }),
    ...(common === undefined ? {} : { commonMetadata: common }),
    source,
  };
}

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#common-metadata, and the same of a HelmRelease. */
function commonMetadata(at: Cursor): AppSource['commonMetadata'] {
  if (!at.exists) return undefined;
  return { labels: stringsOf(at.get('labels')), annotations: stringsOf(at.get('annotations')) };
}

function kustomization(survey: Survey, app: string, spec: Cursor, manifest: Manifest): AppSource['source'] {
  const written = spec.get('path').string() ?? ROOT;
  const place = fluxPlace(survey, manifest, spec.get('sourceRef'));
  const path = folderBrought(survey, manifest, written, place);
  if (path === undefined || !survey.folders.has(path)) return foreign(app, `the path ${written} of its source`);
  if (isElsewhere(survey, place)) return foreign(app, `the path ${written} of ${place?.url}`);
  const overlay: Record<string, unknown> = {};
  for (const field of KUSTOMIZE_FIELDS) {
    const value = spec.get(field).value;
    if (value !== undefined && value !== null) overlay[field] = value;
  }
  const patches = [
    ...spec
      .get('patches')
      .items()
      .map(({ value }) => value),
    ...olderPatches(spec),
  ];
  if (patches.length > 0) overlay['patches'] = patches;
  const namespace = spec.get('targetNamespace').string();
  if (namespace !== undefined) overlay['namespace'] = namespace;
  return {
    type: 'folder',
    path,
    recurse: true,
    ...(Object.keys(overlay).length === 0 ? {} : { overlay }),
    generated: true,
    ...fluxVariables(survey, manifest),
    helm: { release: app, valuesFiles: [] },
    missing: [],
    unsupported: [],
  };
}

/** Fields of v1beta2 whose entries are objects and operations; `patches` takes both as text. */
function olderPatches(spec: Cursor): unknown[] {
  return [
    ...spec
      .get('patchesStrategicMerge')
      .items()
      .map(({ value }) => ({ patch: JSON.stringify(value) })),
    ...spec
      .get('patchesJson6902')
      .items()
      .map((entry) => ({ target: entry.get('target').value, patch: JSON.stringify(entry.get('patch').value) })),
  ];
}

function helmRelease(survey: Survey, app: string, spec: Cursor, manifest: Manifest): AppSource['source'] {
  const chart = spec.get('chart', 'spec');
  const written = chart.get('chart').string();
  const inRepository = ['GitRepository', 'Bucket'].includes(chart.get('sourceRef', 'kind').string() ?? '');
  const path = written === undefined || !inRepository ? undefined : resolvePath(ROOT, written);
  if (path === undefined || !survey.charts.some((candidate) => candidate.folder === path)) {
    return foreign(app, `the chart ${written ?? spec.get('chartRef', 'name').string() ?? 'it does not name'}`);
  }
  const place = fluxPlace(survey, manifest, chart.get('sourceRef'));
  if (isElsewhere(survey, place)) return foreign(app, `the chart ${written} of ${place?.url}`);
  const files = chart
    .get('valuesFiles')
    .strings()
    .map((file) => resolvePath(ROOT, file) ?? file);
  const present = files.filter((file) => survey.sources.tree.has(file));
  const values = spec.get('values').value;
  const unsupported = spec.get('valuesFrom').items().length > 0 ? ['valuesFrom, which reads from the cluster'] : [];
  if (spec.get('postRenderers').items().length > 0) unsupported.push('postRenderers');
  const defaults = inFolder(path, 'values.yaml');
  if (files.length > 0 && !files.includes(defaults) && survey.sources.tree.has(defaults))
    unsupported.push(`valuesFiles without ${defaults}, which they replace`);
  const ignoreMissing = chart.get('ignoreMissingValuesFiles').boolean() === true;
  return {
    type: 'chart',
    path,
    helm: {
      release: spec.get('releaseName').string() ?? prefixed(spec.get('targetNamespace').string(), app),
      valuesFiles: present,
      ...(isMapping(values) ? { values } : {}),
    },
    missing: ignoreMissing ? [] : files.filter((file) => !present.includes(file)),
    unsupported: unsupported.map((what) => `${what} (${manifest.path})`),
  };
}

function prefixed(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}-${name}`;
}

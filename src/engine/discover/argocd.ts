import { Cursor, isMapping } from '../../model/cursor.ts';
import { parseYamlDocuments } from '../read/yaml.ts';
import { foreign, type AppSource, type HelmOptions } from './app.ts';
import { recognise } from './found.ts';
import { resolvePath, ROOT } from './paths.ts';
import type { Survey } from './survey.ts';
import { mergeValues, parameterValues } from './values.ts';

/** An Application's body, written down or made by an ApplicationSet. */
export interface Application {
  readonly body: Readonly<Record<string, unknown>>;
  readonly declaredBy: string;
  readonly line: number;
}

/** Kustomize options of an Application that are fields of a kustomization under the same name. */
const KUSTOMIZE_FIELDS = [
  'namePrefix',
  'nameSuffix',
  'namespace',
  'commonAnnotations',
  'replicas',
  'patches',
  'components',
];

/**
 * The sources of an Argo CD Application. https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml
 * A source whose path is in this repository is taken to be this repository's; which repository a URL means cannot be told from files.
 */
export function argoSources(survey: Survey, application: Application): AppSource[] {
  const at = new Cursor(application.body, { path: application.declaredBy });
  const spec = at.get('spec');
  const app = at.get('metadata', 'name').string() ?? 'application';
  const all = [...(spec.get('source').exists ? [spec.get('source')] : []), ...spec.get('sources').items()];
  const namespace = spec.get('destination', 'namespace').string();
  return all
    .filter(
      (source) => source.get('ref').string() === undefined || source.get('path').exists || source.get('chart').exists,
    )
    .map((source) => ({
      app,
      declaredBy: application.declaredBy,
      line: application.line,
      environment: recognise([
        { what: 'source path', text: source.get('path').string(), path: true },
        ...valueFiles(source).map((text) => ({ what: 'values file', text, path: true })),
        { what: 'application', text: app },
        { what: 'destination', text: spec.get('destination', 'name').string() },
        { what: 'destination namespace', text: namespace },
        { what: 'project', text: spec.get('project').string() },
        { what: 'folder', text: application.declaredBy, path: true },
      ]),
      ...(namespace === undefined || isOpen(namespace) ? {} : { namespace }),
      source: readSource(survey, app, source),
    }));
}

function readSource(survey: Survey, app: string, source: Cursor): AppSource['source'] {
  const chart = source.get('chart').string();
  const repository = source.get('repoURL').string() ?? 'an unnamed repository';
  if (chart !== undefined) return foreign(app, `the chart ${chart} of ${repository}`);
  const written = source.get('path').string() ?? ROOT;
  if (isOpen(written)) return foreign(app, `the path ${written}, which is filled in by the cluster`);
  const path = resolvePath(ROOT, written.replace(/^\/+/, ''));
  if (path === undefined || !survey.folders.has(path)) return foreign(app, `${written} of ${repository}`);
  if (source.get('plugin').exists) return foreign(app, `${written} through a config management plug-in`);
  const kustomize = source.get('kustomize');
  const helm = readHelm(survey, app, path, source.get('helm'));
  return {
    type: 'folder',
    path,
    recurse: source.get('directory', 'recurse').boolean() ?? false,
    ...optional('include', source.get('directory', 'include').string()),
    ...optional('exclude', source.get('directory', 'exclude').string()),
    ...optional('overlay', kustomize.exists ? overlayOf(kustomize) : undefined),
    helm: helm.options,
    unsupported: helm.unsupported,
  };
}

/** Argo CD applies values files, then `values`, then `valuesObject`, then `parameters`. */
function readHelm(
  survey: Survey,
  app: string,
  path: string,
  helm: Cursor,
): { options: HelmOptions; unsupported: string[] } {
  const unsupported: string[] = [];
  const files = helm
    .get('valueFiles')
    .strings()
    .map((written) => valuesPath(path, written));
  const present = files.filter((file) => survey.sources.tree.has(file));
  const ignoreMissing = helm.get('ignoreMissingValueFiles').boolean() === true;
  if (helm.get('fileParameters').items().length > 0) unsupported.push('helm.fileParameters');
  return {
    options: {
      release: helm.get('releaseName').string() ?? app,
      valuesFiles: present,
      missing: ignoreMissing ? [] : files.filter((file) => !present.includes(file)),
      ...optional('values', inlineValues(helm, unsupported)),
    },
    unsupported,
  };
}

function inlineValues(helm: Cursor, unsupported: string[]): Record<string, unknown> | undefined {
  const layers: Readonly<Record<string, unknown>>[] = [];
  const text = helm.get('values').string();
  if (text !== undefined && text.trim() !== '') {
    const parsed = parseYamlDocuments(text, { dialect: 'kubernetes', path: 'values.yaml' }).documents[0]?.value;
    if (isMapping(parsed)) layers.push(parsed);
    else unsupported.push('helm.values that are not a mapping');
  }
  const object = helm.get('valuesObject').value;
  if (isMapping(object)) layers.push(object);
  for (const parameter of helm.get('parameters').items()) {
    const name = parameter.get('name').string() ?? '';
    const values = parameterValues(
      name,
      String(parameter.get('value').value ?? ''),
      parameter.get('forceString').boolean() === true,
    );
    if (values === undefined) unsupported.push(`the parameter ${name}`);
    else layers.push(values);
  }
  return layers.length === 0 ? undefined : layers.reduce((under, over) => mergeValues(under, over), {});
}

/** `$values/path` is rooted in the repository that another source names by `ref`; other paths start at the chart. */
function valuesPath(chart: string, written: string): string {
  const fromRef = /^\$[\w-]+\/(?<rest>.*)$/.exec(written)?.groups?.['rest'];
  if (fromRef !== undefined) return resolvePath(ROOT, fromRef) ?? written;
  if (written.startsWith('/')) return resolvePath(ROOT, written.slice(1)) ?? written;
  return resolvePath(chart, written) ?? written;
}

function valueFiles(source: Cursor): string[] {
  return source.get('helm', 'valueFiles').strings();
}

function overlayOf(kustomize: Cursor): Record<string, unknown> {
  const overlay: Record<string, unknown> = {};
  for (const field of KUSTOMIZE_FIELDS) {
    const value = kustomize.get(field).value;
    if (value !== undefined && value !== null) overlay[field] = value;
  }
  const images = kustomize.get('images').strings().map(imageOverride);
  if (images.length > 0) overlay['images'] = images;
  const labels = kustomize.get('commonLabels').value;
  if (isMapping(labels))
    overlay['labels'] = [{ pairs: labels, includeSelectors: kustomize.get('labelWithoutSelector').boolean() !== true }];
  return overlay;
}

/** Argo CD writes images as `kustomize edit set image` takes them: `name=new:tag`, `name:tag`, `name@digest`. */
function imageOverride(written: string): Record<string, string> {
  const equals = written.indexOf('=');
  const target = equals === -1 ? written : written.slice(equals + 1);
  const match = /^(?<newName>.+?)(?::(?<newTag>[^:/@]+))?(?:@(?<digest>.+))?$/.exec(target)?.groups ?? {};
  const { newName = target, newTag, digest } = match as { newName?: string; newTag?: string; digest?: string };
  return {
    name: equals === -1 ? newName : written.slice(0, equals),
    ...(equals === -1 ? {} : { newName }),
    ...(newTag === undefined ? {} : { newTag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** True when a template of an ApplicationSet was left in it. */
function isOpen(text: string): boolean {
  return text.includes('{{');
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}

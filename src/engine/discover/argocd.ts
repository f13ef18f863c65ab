import { Cursor, isMapping } from '../../model/cursor.ts';
import { parseYamlDocuments } from '../read/yaml.ts';
import { foreign, type AppSource, type ForeignSource, type HelmOptions } from './app.ts';
import { recognise } from './found.ts';
import { tellingNamespace } from './namespaces.ts';
import { isElsewhere } from './own-repository.ts';
import { folderOf, isWithin, resolvePath, ROOT } from './paths.ts';
import type { Survey } from './survey.ts';
import { mergeValues, withParameter } from './values.ts';

/** An Application's body, written down or made by an ApplicationSet. */
export interface Application {
  readonly body: Readonly<Record<string, unknown>>;
  readonly declaredBy: string;
  readonly line: number;
  /** An ApplicationSet made it: what looks like a template in it is one that could not be evaluated. */
  readonly generated?: true;
  /** What would change it further and is not evaluated here, in words. */
  readonly unevaluated?: string;
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
 * A source whose path is in this repository is taken to be this repository's, unless another application tells that its URL is not.
 */
export function argoSources(survey: Survey, application: Application): AppSource[] {
  const at = new Cursor(application.body, { path: application.declaredBy });
  const spec = at.get('spec');
  const app = at.get('metadata', 'name').string() ?? 'application';
  const sources = sourcesOf(spec);
  const namespace = spec.get('destination', 'namespace').string();
  return (sources.length === 0 ? [undefined] : sources).map((source) => ({
    app,
    declaredBy: application.declaredBy,
    line: application.line,
    environment: recognise([
      { what: 'source path', text: source?.get('path').string(), path: true },
      ...(source === undefined ? [] : valueFiles(source)).map((file) => ({
        what: 'values file',
        text: file.replace(/\.ya?ml$/, ''),
        path: true,
      })),
      { what: 'application', text: app },
      { what: 'destination', text: spec.get('destination', 'name').string() },
      { what: 'destination namespace', text: tellingNamespace(namespace, survey.environments) },
      { what: 'project', text: spec.get('project').string() },
      { what: 'folder', text: application.declaredBy, path: true },
    ]),
    ...(namespace === undefined || isOpen(namespace) ? {} : { namespace }),
    source: source === undefined ? sourceless(app) : readSource(survey, app, source, application),
  }));
}

/**
 * What an Application renders: `sources` where there are any, else `source`; with a `sourceHydrator` what that renders to the branch which
 * is synced. A source that only lends its files to others, by `ref`, renders nothing.
 */
function sourcesOf(spec: Cursor): Cursor[] {
  const several = spec.get('sources').items();
  const [dry, single] = [spec.get('sourceHydrator', 'drySource'), spec.get('source')];
  const all = dry.exists ? [dry] : several.length > 0 ? several : single.exists ? [single] : [];
  return all.filter(
    (source) => source.get('ref').string() === undefined || source.get('path').exists || source.get('chart').exists,
  );
}

function sourceless(app: string): ForeignSource {
  return { type: 'foreign', name: app, reason: `${app} names no source`, fix: 'Give it spec.source or spec.sources.' };
}

function readSource(
  survey: Survey,
  app: string,
  source: Cursor,
  { generated, unevaluated }: Application,
): AppSource['source'] {
  const chart = source.get('chart').string();
  const repository = source.get('repoURL').string() ?? 'an unnamed repository';
  if (chart !== undefined)
    return foreign(app, `the chart ${chart} of ${repository}`, valuesHere(survey, ROOT, source.get('helm')).present);
  const written = source.get('path').string() ?? ROOT;
  if (isOpen(written)) return foreign(app, `the path ${written}, which is filled in by the cluster`);
  const path = resolvePath(ROOT, written.replace(/^\/+/, ''));
  if (path === undefined || !survey.folders.has(path) || isElsewhere(survey, { kind: 'git', url: repository }))
    return foreign(app, `${written} of ${repository}`);
  if (source.get('plugin').exists) return foreign(app, `${written} through a config management plug-in`);
  const kustomize = source.get('kustomize');
  const open = generated === true ? openIn([source.get('helm').value, kustomize.value]) : undefined;
  const helm = readHelm(survey, app, path, source.get('helm'));
  const recurse = source.get('directory', 'recurse').boolean() ?? false;
  return {
    type: 'folder',
    path,
    recurse,
    ...optional('include', source.get('directory', 'include').string()),
    ...optional('exclude', source.get('directory', 'exclude').string()),
    ...optional('overlay', kustomize.exists ? overlayOf(kustomize) : undefined),
    helm: helm.options,
    missing: helm.missing,
    unsupported: [
      ...(unevaluated === undefined ? [] : [unevaluated]),
      ...(open === undefined ? [] : [`the template ${open}, which only Argo CD evaluates`]),
      ...helm.unsupported,
      ...jsonnetIn(survey, path, recurse).map((file) => `Jsonnet (${file})`),
    ],
  };
}

/** The first template that was left in the options of an application. */
function openIn(options: unknown): string | undefined {
  return /\{\{[^{}]*\}\}/.exec(JSON.stringify(options))?.[0].replaceAll('\\"', '"');
}

/** Argo CD evaluates Jsonnet in a folder that is neither a chart nor a kustomization. */
function jsonnetIn(survey: Survey, folder: string, recurse: boolean): string[] {
  if (survey.kustomize.byFolder.has(folder) || survey.charts.some((chart) => chart.folder === folder)) return [];
  return survey.sources.tree.files.filter(
    (file) => file.endsWith('.jsonnet') && (recurse ? isWithin(folder, file) : folderOf(file) === folder),
  );
}

/** Argo CD applies values files, then `valuesObject` (without one, `values`), then `parameters`. */
function readHelm(
  survey: Survey,
  app: string,
  path: string,
  helm: Cursor,
): { options: HelmOptions; missing: string[]; unsupported: string[] } {
  const unsupported: string[] = [];
  const { files, present } = valuesHere(survey, path, helm);
  const ignoreMissing = helm.get('ignoreMissingValueFiles').boolean() === true;
  if (helm.get('fileParameters').items().length > 0) unsupported.push('helm.fileParameters');
  return {
    options: {
      release: helm.get('releaseName').string() ?? app,
      valuesFiles: present,
      ...optional('values', inlineValues(survey, helm, present, unsupported)),
      ...optional('kubeVersion', helm.get('kubeVersion').string()),
      ...optional('apiVersions', helm.get('apiVersions').exists ? helm.get('apiVersions').strings() : undefined),
      ...(helm.get('skipCrds').boolean() === true && { skipCrds: true }),
    },
    missing: ignoreMissing ? [] : files.filter((file) => !present.includes(file)),
    unsupported,
  };
}

/** The values files that a chart in a folder is given, and those of them that are in this repository. */
function valuesHere(survey: Survey, folder: string, helm: Cursor): { files: string[]; present: string[] } {
  const files = helm
    .get('valueFiles')
    .strings()
    .map((written) => valuesPath(folder, written));
  return { files, present: files.filter((file) => survey.sources.tree.has(file)) };
}

function inlineValues(
  survey: Survey,
  helm: Cursor,
  files: readonly string[],
  unsupported: string[],
): Record<string, unknown> | undefined {
  const parameters = helm.get('parameters').items();
  const written = writtenValues(helm, unsupported);
  if (written === undefined && parameters.length === 0) return undefined;
  const under = files.reduce<Record<string, unknown>>(
    (merged, file) => mergeValues(merged, survey.sources.mapping(file) ?? {}),
    {},
  );
  let values: Record<string, unknown> = { ...written };
  for (const parameter of parameters) {
    const name = parameter.get('name').string() ?? '';
    const text = String(parameter.get('value').value ?? '');
    const asString = parameter.get('forceString').boolean() === true;
    const set = withParameter(values, under, { name, text, asString });
    if (set === undefined) unsupported.push(`the parameter ${name}`);
    else values = set;
  }
  return values;
}

/** `values` is text and counts only without a `valuesObject`. */
function writtenValues(helm: Cursor, unsupported: string[]): Readonly<Record<string, unknown>> | undefined {
  const object = helm.get('valuesObject').value;
  if (isMapping(object)) return object;
  const text = helm.get('values').string();
  if (text === undefined || text.trim() === '') return undefined;
  const parsed = parseYamlDocuments(text, { dialect: 'kubernetes', path: 'values.yaml' }).documents[0]?.value;
  if (isMapping(parsed)) return parsed;
  unsupported.push('helm.values that are not a mapping');
  return undefined;
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
  // Argo CD takes the count as text too, Kustomize does not.
  if (Array.isArray(overlay['replicas'])) overlay['replicas'] = overlay['replicas'].map(countAsNumber);
  const images = kustomize.get('images').strings().map(imageOverride);
  if (images.length > 0) overlay['images'] = images;
  const labels = kustomize.get('commonLabels').value;
  if (isMapping(labels))
    overlay['labels'] = [{ pairs: labels, includeSelectors: kustomize.get('labelWithoutSelector').boolean() !== true }];
  return overlay;
}

function countAsNumber(entry: unknown): unknown {
  if (!isMapping(entry) || typeof entry['count'] !== 'string' || !/^\d+$/.test(entry['count'])) return entry;
  return { ...entry, count: Number(entry['count']) };
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

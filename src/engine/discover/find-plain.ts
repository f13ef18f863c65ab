import type { Deployable, Gap } from '../../model/platform.ts';
import { classify } from '../read/classify.ts';
import type { LeftOut } from './discovery.ts';
import { environmentOf } from './environment.ts';
import { recognise, type Found } from './found.ts';
import { isKustomizationFile, type Kustomization } from './kustomization.ts';
import { environmentOfNamespaces } from './namespaces.ts';
import { ROOT, baseName, folderOf, foldersAbove, isWithin, stem } from './paths.ts';
import type { Survey } from './survey.ts';

/**
 * Folders of manifests that neither Kustomize nor Helm owns. A folder takes in its subfolders, except those of an environment of
 * their own; `taken` are files that an application or the spec names already. What an application leaves out of its folder runs
 * nowhere.
 */
export function findPlain(
  survey: Survey,
  taken: ReadonlySet<string>,
  passedOver: (file: string) => LeftOut | undefined = () => undefined,
): Found {
  const leftOut: LeftOut[] = [];
  const gaps: Gap[] = [];
  const manifests: string[] = [];
  for (const file of survey.sources.tree.files) {
    const isTemplate = TEMPLATE_NAME.test(file);
    if ((!isManifestName(file) && !isTemplate) || taken.has(file) || isOwned(survey, file)) continue;
    if (isTemplate && isManifestTemplate(survey, file)) gaps.push(templateGap(file));
    if (isTemplate || !survey.sources.mayHoldManifests(file)) continue;
    if (survey.sources.isTemplate(file)) gaps.push(templateGap(file));
    else if (isManifestFile(survey, file)) {
      const stray = besideKustomization(survey, file);
      const spared = passedOver(file);
      if (spared !== undefined) leftOut.push(spared);
      else if (stray !== undefined) leftOut.push({ path: file, reason: strayReason(stray) });
      else if (isLoosePatch(survey, file)) leftOut.push({ path: file, reason: 'a patch that nothing applies' });
      else manifests.push(file);
    }
  }
  return { deployables: plainDeployables(survey, manifests), leftOut, gaps };
}

/** Manifests below a folder that an application takes as they are. */
export function manifestsIn(survey: Survey, folder: string, recurse: boolean): string[] {
  return survey.sources.tree.files.filter(
    (file) =>
      isManifestName(file) &&
      (recurse ? isWithin(folder, file) : folderOf(file) === folder) &&
      survey.sources.mayHoldManifests(file) &&
      isManifestFile(survey, file),
  );
}

export function plainDeployable(path: string, sources: readonly string[], more: Partial<Deployable> = {}): Deployable {
  return { id: `plain:${path}`, renderer: 'plain', path, sources, declaredBy: path, ...more };
}

function plainDeployables(survey: Survey, files: readonly string[]): Deployable[] {
  const direct = new Set(files.map(folderOf));
  const byFolder = Map.groupBy(files, (file) => homeOf(file, direct));
  return [...byFolder].flatMap(([folder, members]) => {
    const environment = recognise([{ what: 'folder', text: folder, path: true }]);
    if (environment.environment !== undefined) return [plainDeployable(folder, members, environment)];
    return splitByFileName(folder, members) ?? splitByNamespace(survey, folder, members);
  });
}

/** The folder whose deployable a file belongs to: the innermost one of an environment, else the outermost one with manifests. */
function homeOf(file: string, direct: ReadonlySet<string>): string {
  const folders = foldersAbove(file).filter((folder) => folder !== ROOT);
  const ofEnvironment = folders.find((folder) => environmentOf(baseName(folder)) !== undefined);
  return ofEnvironment ?? folders.findLast((folder) => direct.has(folder)) ?? ROOT;
}

/** `deployment-prod.yaml` beside `deployment-staging.yaml`: two environments in one folder. One alone proves nothing. */
function splitByFileName(folder: string, files: readonly string[]): Deployable[] | undefined {
  const groups = Map.groupBy(files, (file) => environmentOf(stem(file))?.name ?? '');
  if (groups.size - Number(groups.has('')) < 2) return undefined;
  return [...groups].map(([environment, members]) =>
    partOf(folder, environment, members, `file ${baseName(members[0] ?? '')}`),
  );
}

/**
 * Where every object stands in a namespace of one environment, its folder is of that environment, or of as many as its files are. Objects in other
 * namespaces, or in none, leave it to all environments. What has no namespace to have goes along.
 */
function splitByNamespace(survey: Survey, folder: string, files: readonly string[]): Deployable[] {
  const groups = Map.groupBy(files, (file) =>
    environmentOfNamespaces(survey.sources.manifests(file), survey.environments),
  );
  const shared = groups.get(undefined) ?? [];
  const [only, ...more] = [...groups.keys()].filter((environment) => environment !== undefined);
  if (only === undefined || groups.has('')) return [plainDeployable(folder, files)];
  const from = (environment: string): string => `namespaces of ${environment}`;
  if (more.length === 0) return [plainDeployable(folder, files, { environment: only, environmentFrom: from(only) })];
  return [
    ...[only, ...more].map((environment) =>
      partOf(folder, environment, groups.get(environment) ?? [], from(environment)),
    ),
    ...(shared.length === 0 ? [] : [plainDeployable(folder, shared)]),
  ];
}

/** The files of a folder that are for one environment; those for none are the folder itself. */
function partOf(folder: string, environment: string, files: readonly string[], environmentFrom: string): Deployable {
  if (environment === '') return plainDeployable(folder, files);
  return plainDeployable(folder, files, { id: `plain:${folder}@${environment}`, environment, environmentFrom });
}

function isManifestName(file: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(file) && !isKustomizationFile(file);
}

/** Manifests that a pipeline fills in first, by `sed`, `envsubst`, Jinja or the like: `deployment.yaml.tmpl`. */
const TEMPLATE_NAME = /\.(?:ya?ml|json)\.(?:tmpl|tpl|template|gotmpl|j2|jinja2?|erb|ejs|mustache|envsubst|in)$/i;

/** By its lines, since it need not be YAML yet. A login to a cluster is none of its objects; what lies filled in beside it is read there. */
function isManifestTemplate(survey: Survey, file: string): boolean {
  if (survey.sources.tree.has(file.replace(/\.[^.]+$/, ''))) return false;
  const text = survey.sources.text(file, []);
  if (typeof text !== 'string' || !/^[ \t]*["']?apiVersion["']?[ \t]*:/m.test(text)) return false;
  return /^[ \t]*["']?kind["']?[ \t]*:(?![ \t]*["']?Config\b)/m.test(text);
}

/** Left out already, or a part of a chart or a kustomization. */
function isOwned(survey: Survey, file: string): boolean {
  return (
    survey.leftOut(file) !== undefined ||
    survey.kustomize.mentioned.has(file) ||
    survey.chartAround(file) !== undefined ||
    baseName(file) === 'launchgate.yaml'
  );
}

/** True when the file holds an object, or says so and cannot be parsed: then it is a gap of its deployable. */
function isManifestFile(survey: Survey, file: string): boolean {
  if (survey.sources.manifests(file).some(({ body }) => classify(file, body) === 'kubernetes')) return true;
  const { documents, problems } = survey.sources.yaml(file);
  if (documents.length === 0 && problems.length === 0) return typeof survey.sources.text(file, []) !== 'string';
  const text = survey.sources.text(file, ['kubernetes']);
  return (
    problems.length > 0 && typeof text === 'string' && /^["']?(?:apiVersion|kind)["']?[ \t]*:|^[ \t]*\{/m.test(text)
  );
}

/** The kustomization that stands in the file's folder, or in one above it, and does not list the file. */
function besideKustomization(survey: Survey, file: string): Kustomization | undefined {
  const folder = foldersAbove(file).find(
    (above) => survey.kustomize.byFolder.has(above) && (above !== ROOT || folderOf(file) === ROOT),
  );
  return folder === undefined ? undefined : survey.kustomize.byFolder.get(folder);
}

function strayReason({ path, broken }: Kustomization): string {
  return broken === undefined ? `not listed in ${path}` : `${path}, which cannot be parsed, says what becomes of it`;
}

/** A file named after patches whose workload lacks what Kubernetes demands. */
function isLoosePatch(survey: Survey, file: string): boolean {
  if (!/patch/i.test(file)) return false;
  return survey.sources.manifests(file).every(({ kind, body }) => {
    if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) return false;
    const spec = body['spec'] as { selector?: unknown } | null | undefined;
    return spec?.selector === undefined;
  });
}

function templateGap(path: string): Gap {
  return {
    path,
    reason: 'it is the source of a template, and no chart owns it',
    fix: 'Render it with its own tool and check the result, or exclude it in the spec.',
    hides: ['kubernetes'],
  };
}

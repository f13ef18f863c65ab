import { isMapping } from '../../model/cursor.ts';
import { baseName, folderOf, resolvePath } from './paths.ts';
import type { ReadProblem } from '../read/stream.ts';
import type { Sources } from './sources.ts';

/** Names that Kustomize looks for in a folder. */
export const KUSTOMIZATION_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** A kustomization as far as discovery reads it: what it is made of. */
export interface Kustomization {
  /** The folder, which is how others refer to it. */
  readonly folder: string;
  readonly path: string;
  readonly component: boolean;
  readonly namespace?: string;
  /** Folders of kustomizations and files of objects it takes in, in order: resources, bases, components, crds. */
  readonly inputs: readonly Reference[];
  /** Patches, generator inputs, replacements and configurations: files it reads that are not objects. */
  readonly helpers: readonly Reference[];
  /** Things only a remote fetch, a plug-in or Helm can produce, each in words. */
  readonly foreign: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
  /** Set where the file cannot be parsed: what it takes in is not known, and Kustomize refuses it. */
  readonly broken?: ReadProblem;
}

/** A path somebody wrote, and the file or folder of the repository it means. */
export interface Reference {
  readonly written: string;
  /** Undefined: it leaves the repository. */
  readonly path: string | undefined;
}

export function isKustomizationFile(path: string): boolean {
  return (KUSTOMIZATION_NAMES as readonly string[]).includes(baseName(path));
}

/** Reads a kustomization file; `undefined` when it is not one. */
export function readKustomization(sources: Sources, path: string): Kustomization | undefined {
  const body = sources.mapping(path);
  const folder = folderOf(path);
  const broken = body === undefined ? sources.yaml(path).problems[0] : undefined;
  if (broken !== undefined)
    return { folder, path, component: false, inputs: [], helpers: [], foreign: [], body: {}, broken };
  if (body === undefined || !speaksKustomize(body)) return undefined;
  const written = ['resources', 'bases', 'components', 'crds'].flatMap((field) => strings(body[field]));
  const remote = written.filter(isRemote);
  const namespace = body['namespace'];
  return {
    folder,
    path,
    component: body['kind'] === 'Component',
    ...(typeof namespace === 'string' ? { namespace } : {}),
    inputs: written.filter((reference) => !isRemote(reference)).map((reference) => refer(folder, reference)),
    helpers: helperFiles(body).map((reference) => refer(folder, reference)),
    foreign: [...remote.map((reference) => `the remote base ${reference}`), ...foreignFeatures(body)],
    body,
  };
}

/**
 * Whether Kustomize would fetch the reference instead of reading it from disk: a URL, a git address, or `host/owner/repo`
 * with a known host or a `?ref=`. See https://github.com/kubernetes-sigs/kustomize/blob/master/examples/remoteBuild.md
 */
export function isRemote(reference: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:(?::|\/\/)/i.test(reference) ||
    /^[\w.-]+@[\w.-]+:/.test(reference) ||
    /^(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|dev\.azure\.com|ssh\.dev\.azure\.com)[/:]/i.test(reference) ||
    /[?&](?:ref|version|timeout|submodules)=/.test(reference) ||
    /\.git(?:\/|$)/.test(reference.replace(/^(?:\.\.?\/)+/, '')) ||
    reference.includes('_git/')
  );
}

function refer(folder: string, written: string): Reference {
  return { written, path: resolvePath(folder, written) };
}

/** Kustomize itself takes a file without `kind`; anything else in a file of this name is another tool's. */
function speaksKustomize(body: Readonly<Record<string, unknown>>): boolean {
  const { apiVersion, kind } = body;
  if (typeof apiVersion === 'string' && !apiVersion.startsWith('kustomize.config.k8s.io/')) return false;
  return kind === undefined || kind === 'Kustomization' || kind === 'Component';
}

function helperFiles(body: Readonly<Record<string, unknown>>): string[] {
  return [
    ...strings(body['patchesStrategicMerge']).filter(isFileReference),
    ...['patches', 'patchesJson6902', 'replacements'].flatMap((field) => paths(body[field])),
    ...strings(body['configurations']),
    ...['configMapGenerator', 'secretGenerator'].flatMap((field) => list(body[field]).flatMap(generatorFiles)),
    ...['generators', 'transformers', 'validators'].flatMap((field) => strings(body[field]).filter(isFileReference)),
    ...(isMapping(body['openapi']) && typeof body['openapi']['path'] === 'string' ? [body['openapi']['path']] : []),
  ].filter((reference) => !isRemote(reference));
}

/** `files:` holds `path` or `key=path`; `envs:` and `env:` hold paths. */
function generatorFiles(generator: unknown): string[] {
  if (!isMapping(generator)) return [];
  const files = strings(generator['files']).map((file) => file.slice(file.indexOf('=') + 1));
  const env = generator['env'];
  return [...files, ...strings(generator['envs']), ...(typeof env === 'string' ? [env] : [])];
}

function foreignFeatures(body: Readonly<Record<string, unknown>>): string[] {
  const features: string[] = [];
  if (list(body['helmCharts']).length > 0 || list(body['helmChartInflationGenerator']).length > 0)
    features.push('helmCharts, which Kustomize hands to Helm');
  const openapi = isMapping(body['openapi']) ? body['openapi']['path'] : undefined;
  if (typeof openapi === 'string' && isRemote(openapi)) features.push(`the remote schema ${openapi}`);
  for (const field of ['generators', 'transformers', 'validators', 'patchesStrategicMerge', 'configurations']) {
    for (const reference of strings(body[field]).filter((entry) => isFileReference(entry) && isRemote(entry)))
      features.push(`the remote file ${reference} (${field})`);
  }
  for (const field of ['patches', 'patchesJson6902', 'replacements']) {
    for (const path of paths(body[field]).filter(isRemote)) features.push(`the remote file ${path} (${field})`);
  }
  return features;
}

/** Entries of these lists may also be inline YAML. */
function isFileReference(entry: string): boolean {
  return !entry.includes('\n') && !/^\s*[{[]/.test(entry) && !/^\s*[\w.]+:\s/.test(entry);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): string[] {
  return list(value).filter((item) => typeof item === 'string');
}

function paths(value: unknown): string[] {
  return list(value).flatMap((item) => (isMapping(item) && typeof item['path'] === 'string' ? [item['path']] : []));
}

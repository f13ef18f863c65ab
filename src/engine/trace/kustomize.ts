import { isMapping } from '../../model/cursor.ts';
import type { KubeObject } from '../../model/kube.ts';
import type { Origin, Pointer } from '../../model/origin.ts';
import type { Deployable } from '../../model/platform.ts';
import type { Kustomization } from '../discover/kustomization.ts';
import { baseName, resolvePath } from '../discover/paths.ts';
import { substituteVariables } from '../render/substitute.ts';
import type { Survey } from '../discover/survey.ts';
import { overlayPlace } from './overlay-place.ts';
import { isScalar, mapPointer, valueAt } from './pointers.ts';
import { ownerAmongTransformers, type Target } from './transformers.ts';

/** The field of a kustomization that generates objects of a kind. */
const GENERATORS: Readonly<Record<string, string>> = { ConfigMap: 'configMapGenerator', Secret: 'secretGenerator' };

/** Where an object was written down, and the kustomizations it went through, outermost first. */
interface Chain {
  readonly layers: readonly { readonly kustomization: Kustomization; readonly after: string }[];
  readonly file: Origin;
  readonly body: unknown;
}

/** An object that is looked for, and how a name that is written down compares with one it has. */
interface Sought {
  readonly object: KubeObject;
  readonly isCalled: (written: unknown, name: string) => boolean;
}

/**
 * The source that owns a value of a kustomization's output: for a scalar the outermost transformer or patch that sets it, else the
 * resource it was written in. What has no value belongs to the patch that took it away, else to the resource. Falls back to the kustomization itself.
 */
export function traceKustomize(survey: Survey, deployable: Deployable, object: KubeObject, pointer: Pointer): Origin {
  const fallback: Origin = { path: survey.kustomize.byFolder.get(deployable.path)?.path ?? deployable.declaredBy };
  const overlaid = withOverlay(survey, deployable);
  const sought = { object, isCalled: called(deployable) };
  const chain =
    findChain(survey, overlaid, sought, object.name, new Set()) ??
    findChain(survey, overlaid, sought, withoutHash(object), new Set());
  if (chain === undefined) return fallback;
  const inFile = mapPointer(object.body, chain.body, pointer);
  const written: Origin = { ...chain.file, pointer: [...(chain.file.pointer ?? []), ...inFile.pointer] };
  const value = valueAt(object.body, pointer);
  if (value !== undefined && !isScalar(value) && inFile.complete) return written;
  const names = namesOf(chain, object.name);
  for (const [index, { kustomization }] of chain.layers.entries()) {
    const target: Target = { object, pointer, value, names: names.slice(index) };
    const owner = ownerIn(survey, kustomization, target, new Set());
    if (owner === undefined) continue;
    const isAdded = kustomization.folder === '' && owner.path === deployable.declaredBy;
    return isAdded ? addedPlace(survey, deployable, owner) : owner;
  }
  return chain.body === undefined ? (generatedFrom(survey, chain, object, pointer) ?? written) : written;
}

/** Where an application writes what it adds; of a patch in a text the line as well. */
function addedPlace({ sources }: Survey, deployable: Deployable, { pointer = [], textLine }: Origin): Origin {
  const place = overlayPlace(sources, deployable, pointer);
  return textLine === undefined || place.pointer === undefined ? place : { ...place, textLine };
}

/** Where a key of a generated ConfigMap or Secret comes from: the outermost generator of its name that has it. */
function generatedFrom(survey: Survey, { layers }: Chain, object: KubeObject, pointer: Pointer): Origin | undefined {
  const [field, key] = pointer;
  if (field !== 'data' || typeof key !== 'string') return undefined;
  for (const { kustomization, after } of layers) {
    for (const inner of new Set([withoutAffixes(kustomization, after), after])) {
      const at = findGenerator(kustomization, object, inner)?.file.pointer;
      const owner = at === undefined ? undefined : inGenerator(survey, kustomization, at, key);
      if (owner !== undefined) return owner;
    }
  }
  return undefined;
}

/** The literal, or the file, that a generator takes a key from. */
function inGenerator(survey: Survey, kustomization: Kustomization, at: Pointer, key: string): Origin | undefined {
  const generator = valueAt(kustomization.body, at);
  if (!isMapping(generator)) return undefined;
  const [literals, files] = ['literals', 'files'].map((field) => textsOf(generator[field]));
  const literal = (literals ?? []).findIndex((entry) => entry.split('=')[0] === key);
  if (literal !== -1) return { path: kustomization.path, document: 0, pointer: [...at, 'literals', literal] };
  const written = (files ?? []).find((entry) => (entry.includes('=') ? entry.split('=')[0] : baseName(entry)) === key);
  const path = written === undefined ? undefined : resolvePath(kustomization.folder, written.replace(/^[^=]*=/, ''));
  return path === undefined || !survey.sources.tree.has(path) ? undefined : { path };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** The kustomization's own transformers come after its components', so they are asked first; of several components the last. */
function ownerIn(
  survey: Survey,
  kustomization: Kustomization,
  target: Target,
  seen: Set<Kustomization>,
): Origin | undefined {
  if (seen.has(kustomization)) return undefined;
  seen.add(kustomization);
  const own = ownerAmongTransformers(survey.sources, kustomization, target);
  if (own !== undefined) return own;
  for (const { path } of kustomization.inputs.toReversed()) {
    const component = path === undefined ? undefined : survey.kustomize.byFolder.get(path);
    const owner = component?.component === true ? ownerIn(survey, component, target, seen) : undefined;
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/** Every name the object had, per layer the ones known by then: patches may call it by any earlier name. */
function namesOf(chain: Chain, rendered: string): string[] {
  const inner = isMapping(chain.body) && isMapping(chain.body['metadata']) ? chain.body['metadata']['name'] : undefined;
  return [...chain.layers.map(({ after }) => after), typeof inner === 'string' ? inner : rendered];
}

/** Flux fills in variables after a build, so that `${APP}-pg` is rendered under another name. */
function called({ kustomize = {} }: Deployable): Sought['isCalled'] {
  return (written, name) =>
    written === name ||
    (typeof written === 'string' && written.includes('$') && substituteVariables(written, kustomize).text === name);
}

function findChain(
  survey: Survey,
  kustomization: Kustomization,
  sought: Sought,
  name: string,
  visited: Set<string>,
): Chain | undefined {
  const key = `${kustomization.folder} ${name}`;
  if (visited.has(key)) return undefined;
  visited.add(key);
  for (const inner of new Set([withoutAffixes(kustomization, name), name])) {
    const layer = { kustomization, after: name };
    for (const { path } of kustomization.inputs) {
      if (path === undefined) continue;
      const base = survey.kustomize.byFolder.get(path);
      const found =
        base === undefined ? findInFile(survey, path, sought, inner) : findChain(survey, base, sought, inner, visited);
      if (found !== undefined) return { ...found, layers: [layer, ...found.layers] };
    }
    const generated = findGenerator(kustomization, sought.object, inner);
    if (generated !== undefined) return { layers: [layer], ...generated };
  }
  return undefined;
}

function withoutAffixes(kustomization: Kustomization, name: string): string {
  const { namePrefix, nameSuffix } = kustomization.body;
  let inner = name;
  if (typeof namePrefix === 'string' && inner.startsWith(namePrefix)) inner = inner.slice(namePrefix.length);
  if (typeof nameSuffix === 'string' && nameSuffix !== '' && inner.endsWith(nameSuffix))
    inner = inner.slice(0, -nameSuffix.length);
  return inner;
}

function findInFile(survey: Survey, path: string, sought: Sought, name: string): Chain | undefined {
  if (!survey.sources.tree.has(path)) return undefined;
  for (const { value, index } of survey.sources.yaml(path).documents) {
    const items = isMapping(value) && Array.isArray(value['items']) ? value['items'] : undefined;
    const candidates: [unknown, Pointer][] =
      items === undefined ? [[value, []]] : items.map((item: unknown, at) => [item, ['items', at]]);
    for (const [body, pointer] of candidates) {
      if (isSame(body, sought, name)) return { layers: [], file: { path, document: index, pointer }, body };
    }
  }
  return undefined;
}

function isSame(body: unknown, { object, isCalled }: Sought, name: string): boolean {
  if (!isMapping(body) || !isMapping(body['metadata'])) return false;
  return (
    body['kind'] === object.kind &&
    groupOf(String(body['apiVersion'])) === groupOf(object.apiVersion) &&
    isCalled(body['metadata']['name'] ?? body['metadata']['generateName'], name)
  );
}

/** Generated ConfigMaps and Secrets carry a hash behind their name, and behind its suffixes. */
function withoutHash({ kind, name }: KubeObject): string {
  return Object.hasOwn(GENERATORS, kind) ? name.replace(/-[a-z0-9]{10}$/, '') : name;
}

function findGenerator(
  kustomization: Kustomization,
  object: KubeObject,
  name: string,
): { file: Origin; body: unknown } | undefined {
  const field = GENERATORS[object.kind];
  const generators = field === undefined ? undefined : kustomization.body[field];
  if (field === undefined || !Array.isArray(generators)) return undefined;
  const index = generators.findIndex((generator: unknown) => isMapping(generator) && generator['name'] === name);
  if (index === -1) return undefined;
  return { file: { path: kustomization.path, document: 0, pointer: [field, index] }, body: undefined };
}

/** What an application adds acts like one more kustomization around the folder. */
function withOverlay(survey: Survey, deployable: Deployable): Kustomization {
  const root = survey.kustomize.byFolder.get(deployable.path);
  const overlay = deployable.kustomize?.overlay;
  const plain = { folder: '', path: deployable.declaredBy, component: false, helpers: [], foreign: [] };
  if (root !== undefined && overlay === undefined) return root;
  const inputs = root === undefined ? deployable.sources : [deployable.path];
  return { ...plain, inputs: inputs.map((path) => ({ written: path, path })), body: overlay ?? {} };
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

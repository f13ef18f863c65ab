import { isMapping } from '../../model/cursor.ts';
import type { KubeObject } from '../../model/kube.ts';
import type { Origin, Pointer } from '../../model/origin.ts';
import type { Kustomization } from '../discover/kustomization.ts';
import { resolvePath } from '../discover/paths.ts';
import type { Sources } from '../discover/sources.ts';
import { ownerAmongPatches } from './patches.ts';

/** A value of rendered output, as the transformers of one kustomization see it. */
export interface Target {
  readonly object: KubeObject;
  readonly pointer: Pointer;
  readonly value: unknown;
  /** Names of the object, the one this kustomization gave it first. */
  readonly names: readonly string[];
}

type Finder = (kustomization: Kustomization, target: Target) => Pointer | undefined;

/**
 * Fields of a kustomization that set a value, the last to run first. Kustomize runs: patches, namespace, prefix and suffix, labels,
 * annotations, JSON patches, replicas, images, replacements.
 */
const BEFORE_PATCHES: readonly Finder[] = [inImages, inReplicas];
const AFTER_JSON_PATCHES: readonly Finder[] = [inAnnotations, inLabels, inName, inNamespace];

/** The field or patch of a kustomization that sets the value, `undefined` when nothing in it does. Only patches take a value away. */
export function ownerAmongTransformers(
  sources: Sources,
  kustomization: Kustomization,
  target: Target,
): Origin | undefined {
  const among = (finders: readonly Finder[]): Origin | undefined => {
    if (target.value === undefined) return undefined;
    const pointer = finders.reduce<Pointer | undefined>(
      (found, find) => found ?? find(kustomization, target),
      undefined,
    );
    return pointer === undefined ? undefined : { path: kustomization.path, document: 0, pointer };
  };
  return (
    (target.value === undefined ? undefined : ownerAmongReplacements(sources, kustomization, target)) ??
    among(BEFORE_PATCHES) ??
    ownerAmongPatches(sources, kustomization, ['patchesJson6902'], target) ??
    among(AFTER_JSON_PATCHES) ??
    ownerAmongPatches(sources, kustomization, ['patches', 'patchesStrategicMerge'], target)
  );
}

/** The replacement that fills in the value, in the kustomization or in the file that it names. */
function ownerAmongReplacements(sources: Sources, kustomization: Kustomization, target: Target): Origin | undefined {
  for (const [index, entry] of entries(kustomization.body['replacements'])) {
    const path = typeof entry['path'] === 'string' ? resolvePath(kustomization.folder, entry['path']) : undefined;
    if (path === undefined || !sources.tree.has(path)) {
      if (replaces(entry, target)) return { path: kustomization.path, document: 0, pointer: ['replacements', index] };
      continue;
    }
    for (const { value, index: document } of sources.yaml(path).documents) {
      const found = (Array.isArray(value) ? value : [value]).findIndex(
        (one) => isMapping(one) && replaces(one, target),
      );
      if (found !== -1) return { path, document, pointer: Array.isArray(value) ? [found] : ['targets'] };
    }
  }
  return undefined;
}

/** `fieldPaths` are dotted, with `[name=x]` or an index for list items; the last dots of keys may be escaped. */
function replaces(replacement: Readonly<Record<string, unknown>>, { object, pointer, names }: Target): boolean {
  return list(replacement['targets'])
    .filter(isMapping)
    .some((target) => {
      const select = isMapping(target['select']) ? target['select'] : {};
      const selected =
        (select['kind'] === undefined || select['kind'] === object.kind) &&
        (select['name'] === undefined || names.includes(String(select['name'])));
      const paths = list(target['fieldPaths']).filter((path) => typeof path === 'string');
      return selected && paths.some((path) => isFieldPath(path, pointer, object));
    });
}

function isFieldPath(path: string, pointer: Pointer, object: KubeObject): boolean {
  const parts = path.split(/(?<!\\)\./).map((part) => part.replaceAll('\\.', '.'));
  if (parts.length !== pointer.length) return false;
  let value: unknown = object.body;
  return pointer.every((key, depth) => {
    value = typeof key === 'number' ? list(value)[key] : isMapping(value) ? value[key] : undefined;
    const part = parts[depth] ?? '';
    if (typeof key === 'string') return part === key;
    const selector = /^\[(?<field>[^=\]]+)=(?<wanted>[^\]]*)\]$/.exec(part)?.groups;
    if (selector === undefined) return part === '*' || part === String(key);
    return isMapping(value) && String(value[selector['field'] ?? '']) === selector['wanted'];
  });
}

/** An entry acts on images of its name; what it makes of them starts with the new name. */
function inImages({ body }: Kustomization, { pointer, value }: Target): Pointer | undefined {
  if (pointer.at(-1) !== 'image' || typeof value !== 'string') return undefined;
  for (const [index, entry] of entries(body['images']).toReversed()) {
    const name = entry['newName'] ?? entry['name'];
    if (typeof name !== 'string' || !value.startsWith(name) || !/^(?:[:@].*)?$/.test(value.slice(name.length)))
      continue;
    const field = ['digest', 'newTag', 'newName'].find((candidate) => entry[candidate] !== undefined);
    if (field !== undefined) return ['images', index, field];
  }
  return undefined;
}

function inReplicas({ body }: Kustomization, { object, pointer, names }: Target): Pointer | undefined {
  if (pointer.join('.') !== 'spec.replicas' || !/^(?:Deployment|StatefulSet|ReplicaSet)$/.test(object.kind))
    return undefined;
  const found = entries(body['replicas']).find(([, { name }]) => names.includes(String(name)));
  return found === undefined ? undefined : ['replicas', found[0], 'count'];
}

function inAnnotations({ body }: Kustomization, { pointer }: Target): Pointer | undefined {
  const key = pointer.at(-1);
  const common = body['commonAnnotations'];
  const fits =
    pointer.at(-2) === 'annotations' && typeof key === 'string' && isMapping(common) && Object.hasOwn(common, key);
  return fits ? ['commonAnnotations', key] : undefined;
}

function inLabels({ body }: Kustomization, { pointer }: Target): Pointer | undefined {
  const key = pointer.at(-1);
  if (typeof key !== 'string' || !['labels', 'matchLabels', 'selector'].includes(String(pointer.at(-2))))
    return undefined;
  const common = body['commonLabels'];
  if (isMapping(common) && Object.hasOwn(common, key)) return ['commonLabels', key];
  const found = entries(body['labels']).find(([, { pairs }]) => isMapping(pairs) && Object.hasOwn(pairs, key));
  return found === undefined ? undefined : ['labels', found[0], 'pairs', key];
}

/** Only where the affix really was applied: the next inner name is another one. */
function inName({ body }: Kustomization, { pointer, names }: Target): Pointer | undefined {
  if (pointer.join('.') !== 'metadata.name' || names[0] === names[1]) return undefined;
  const field = ['namePrefix', 'nameSuffix'].find((affix) => typeof body[affix] === 'string');
  return field === undefined ? undefined : [field];
}

function inNamespace({ body }: Kustomization, { pointer }: Target): Pointer | undefined {
  return pointer.join('.') === 'metadata.namespace' && typeof body['namespace'] === 'string'
    ? ['namespace']
    : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function entries(value: unknown): [number, Record<string, unknown>][] {
  return list(value).flatMap((entry, index) => (isMapping(entry) ? [[index, entry] as [number, typeof entry]] : []));
}

import { isMapping } from '../../model/cursor.ts';
import type { Origin, Pointer } from '../../model/origin.ts';
import type { Kustomization } from '../discover/kustomization.ts';
import { resolvePath } from '../discover/paths.ts';
import type { Sources } from '../discover/sources.ts';
import { parseYamlDocuments } from '../read/yaml.ts';
import { inlinePlace } from './inline-text.ts';
import { mapPointer, valueAt } from './pointers.ts';
import type { Target } from './transformers.ts';

/** One document of a patch, and how to name a place in it. */
interface PatchDocument {
  readonly body: unknown;
  /** The selector it comes with; without one a merge patch names its object itself. */
  readonly selector: Readonly<Record<string, unknown>> | undefined;
  place(pointer: Pointer): Origin;
}

/**
 * The last patch of these fields that sets the value, or that took it away where there is none, with the place in its file or in the
 * kustomization it stands in.
 */
export function ownerAmongPatches(
  sources: Sources,
  kustomization: Kustomization,
  fields: readonly string[],
  target: Target,
): Origin | undefined {
  for (const field of fields) {
    const entries = kustomization.body[field];
    if (!Array.isArray(entries)) continue;
    for (const [index, entry] of [...entries.entries()].toReversed()) {
      const documents = patchDocuments(sources, kustomization, [field, index], entry);
      for (const document of documents.toReversed()) {
        const pointer = setBy(document, target);
        if (pointer !== undefined) return document.place(pointer);
      }
    }
  }
  return undefined;
}

/** A patch is a file or text of the kustomization itself; text that is inline has its lines counted from where it starts. */
function patchDocuments(sources: Sources, kustomization: Kustomization, at: Pointer, entry: unknown): PatchDocument[] {
  const selector = isMapping(entry) && isMapping(entry['target']) ? entry['target'] : undefined;
  const written = isMapping(entry) ? (entry['path'] ?? entry['patch']) : entry;
  if (typeof written !== 'string') return [];
  const path = resolvePath(kustomization.folder, written);
  const isFile = path !== undefined && sources.tree.has(path) && !(isMapping(entry) && entry['path'] === undefined);
  if (isFile) {
    return sources.yaml(path).documents.map(({ value, index }) => ({
      body: value,
      selector,
      place: (pointer) => ({ path, document: index, pointer }),
    }));
  }
  const inline = isMapping(entry) ? [...at, 'patch'] : at;
  return parseYamlDocuments(written, { dialect: 'kubernetes', path: 'patch.yaml' }).documents.map(
    ({ value, index }) => ({
      body: value,
      selector,
      place: (pointer) =>
        inlinePlace(sources, { path: kustomization.path, document: 0, pointer: inline }, written, index, pointer),
    }),
  );
}

function setBy(document: PatchDocument, target: Target): Pointer | undefined {
  const { body } = document;
  if (Array.isArray(body)) {
    if (!isSelected(document, target)) return undefined;
    return target.value === undefined ? unsetByOperations(body, target) : setByOperations(body, target);
  }
  if (!isMapping(body) || !(document.selector === undefined ? isNamed(body, target) : isSelected(document, target)))
    return undefined;
  if (target.value === undefined) return unsetByMerge(body, target);
  const mapped = mapPointer(target.object.body, body, target.pointer);
  return mapped.complete && !isIdentity(target.pointer) ? mapped.pointer : undefined;
}

/** apiVersion, kind and name say which object a merge patch is for; they set nothing. */
function isIdentity(pointer: Pointer): boolean {
  return /^(?:apiVersion|kind|metadata\.name)$/.test(pointer.join('.'));
}

function isNamed(body: Readonly<Record<string, unknown>>, { object, names }: Target): boolean {
  const metadata = body['metadata'];
  return body['kind'] === object.kind && isMapping(metadata) && names.includes(String(metadata['name']));
}

/** Group, version and label selectors are taken as they stand; kind and name are patterns that must match as a whole. */
function isSelected({ selector }: PatchDocument, { object, names }: Target): boolean {
  if (selector === undefined) return false;
  const { kind, name, labelSelector } = selector;
  if (kind !== undefined && !matches(String(kind), [object.kind])) return false;
  if (name !== undefined && !matches(String(name), names)) return false;
  if (typeof labelSelector !== 'string') return true;
  return labelSelector.split(',').every((term) => {
    const [key = '', value] = term.split(/==?/);
    return value === undefined || object.labels[key.trim()] === value.trim();
  });
}

/** Of the patterns Kustomize takes, those of literals, `.*` and alternatives; any other is taken to match. */
function matches(pattern: string, candidates: readonly string[]): boolean {
  const body = pattern.replace(/^\^/, '').replace(/\$$/, '');
  if (!/^[\w.|*-]*$/.test(body.replaceAll(/[()]/g, ''))) return true;
  const alternatives = body.replaceAll(/[()]/g, '').split('|');
  return alternatives.some((alternative) => candidates.some((candidate) => fits(alternative.split('.*'), candidate)));
}

/** Whether a text consists of these parts in order, with anything between them. */
function fits([first = '', ...rest]: readonly string[], text: string): boolean {
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  const last = rest.at(-1) ?? '';
  for (const part of rest.slice(0, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/**
 * The last JSON patch operation whose value holds the target, by the index that it names, else by the value: merge patches that come after
 * it may have moved the items of a list. `-` appends to a list: which item that became is told by its value.
 * https://www.rfc-editor.org/rfc/rfc6902
 */
function setByOperations(operations: readonly unknown[], target: Target): Pointer | undefined {
  let loose: Pointer | undefined;
  for (const [index, operation] of [...operations.entries()].toReversed()) {
    if (!isMapping(operation) || !['add', 'replace'].includes(String(operation['op']))) continue;
    const fit = fitOf(stepsOf(operation), operation['value'], target);
    const pointer = fit === undefined ? undefined : [index, 'value', ...fit.inside];
    if (fit?.isSame === true) return pointer;
    loose ??= pointer;
  }
  return loose;
}

/** Where in the value of an operation at a path the target lies, and whether it is the same there; `undefined` where it does not. */
function fitOf(path: readonly string[], given: unknown, { pointer, object, value }: Target): Fit | undefined {
  if (path.length > pointer.length || !path.every((part, depth) => isSameStep(part, pointer[depth]))) return undefined;
  const [head, rest] = [pointer.slice(0, path.length), pointer.slice(path.length)];
  const { complete, pointer: inside } = mapPointer(valueAt(object.body, head), given, rest);
  if (!complete) return undefined;
  const isSame = valueAt(given, inside) === value;
  if (path.every((part, depth) => part === String(pointer[depth]))) return { inside, isSame };
  if (!isSame) return undefined;
  // Where it stands under the index that the operation names, that is what the operation made.
  const named = head.map((key, depth) => (typeof key === 'number' && path[depth] !== '-' ? Number(path[depth]) : key));
  const isAppended = path.includes('-');
  return isAppended || valueAt(object.body, [...named, ...rest]) !== value ? { inside, isSame } : undefined;
}

interface Fit {
  readonly inside: Pointer;
  readonly isSame: boolean;
}

/** The last JSON patch operation that removed what held the target, or that gave what holds it another value, without it. */
function unsetByOperations(operations: readonly unknown[], { pointer, object }: Target): Pointer | undefined {
  for (const [index, operation] of [...operations.entries()].toReversed()) {
    if (!isMapping(operation)) continue;
    const path = stepsOf(operation);
    if (path.length > pointer.length || !path.every((part, depth) => part === String(pointer[depth]))) continue;
    const held = valueAt(object.body, pointer.slice(0, path.length));
    if (operation['op'] === 'remove' && held === undefined) return [index, 'path'];
    if (!['add', 'replace'].includes(String(operation['op']))) continue;
    const inside = mapPointer(held, operation['value'], pointer.slice(path.length));
    if (!inside.complete) return [index, 'value', ...inside.pointer];
  }
  return undefined;
}

/** Where a merge patch says `null`, or `$patch: delete` or `replace`, of what held the target. */
function unsetByMerge(body: Readonly<Record<string, unknown>>, { pointer, object }: Target): Pointer | undefined {
  const { pointer: mapped, depth } = mapPointer(object.body, body, pointer);
  const known = mapped.slice(0, depth);
  const deepest = valueAt(body, known);
  if (deepest === null) return known;
  return isMapping(deepest) && Object.hasOwn(deepest, '$patch') ? [...known, '$patch'] : undefined;
}

function stepsOf(operation: Readonly<Record<string, unknown>>): string[] {
  return String(operation['path'])
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function isSameStep(part: string, key: string | number | undefined): boolean {
  return part === String(key) || (/^(?:-|\d+)$/.test(part) && typeof key === 'number');
}

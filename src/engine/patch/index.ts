import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { Patch } from '../../model/control.ts';
import type { FileTree } from '../../model/world.ts';
import { removeFromFile, setInFile } from './file-edit.ts';
import { demandConfined } from './confined.ts';
import { withoutLabels } from './given.ts';
import { listInKustomization } from './kustomization.ts';
import { AS_WRITTEN, ownersIn, type Current, type Neighbour, type Owners, type Sources } from './owners.ts';
import { refusal } from './refusal.ts';
import { lineBreak } from './yaml-edit.ts';
import { blockText } from './yaml-text.ts';

/**
 * The files as they are after the patches: path -> content, changed files only. Nothing is written. Patches apply in order,
 * so that two of them may touch one file; `earlier` holds the changes they come on top of. Throws a LaunchgateError for a patch that
 * cannot be made without changing something else.
 */
export function applyPatches(
  tree: FileTree,
  patches: readonly Patch[],
  sources: Sources = AS_WRITTEN,
  earlier: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const changed: Record<string, string> = { ...earlier };
  const current: Current = (path) => changed[path] ?? (tree.has(path) ? tree.text(path) : undefined);
  for (const patch of patches) {
    for (const [path, content] of edits(patch, ownersIn(tree, sources, current), current)) {
      demandConfined(tree, path);
      changed[path] = content;
    }
  }
  return changed;
}

function edits(patch: Patch, owners: Owners, current: Current): [string, string][] {
  switch (patch.op) {
    case 'create-file':
      return [[patch.path, patch.content]];
    case 'add-object':
      return addObject(patch.object, owners.neighbour(patch.beside), current);
    case 'set': {
      const { path, document, pointer, given } = owners.editable(patch.origin);
      return [[path, setInFile(path, current(path) ?? '', document, pointer, withoutLabels(patch.value, given))]];
    }
    case 'remove': {
      const { path, document, pointer } = owners.removable(patch.origin);
      return [[path, removeFromFile(path, current(path) ?? '', document, pointer)]];
    }
  }
}

/**
 * Writes the object to a file of its own beside its neighbour, or appends it where that file exists already. What the neighbour is given when it
 * is rendered, the object is given too. An object that stands in that file and is not rendered would not be by standing there twice.
 */
function addObject(object: Readonly<Record<string, unknown>>, beside: Neighbour, current: Current): [string, string][] {
  const path = posix.join(posix.dirname(beside.path), fileNameOf(object));
  const before = current(path);
  const added = withoutGiven(object, beside);
  const isThere = before !== undefined && holds(before, added);
  const listed = listInKustomization(beside.path, path, current);
  if (isThere && listed === undefined)
    throw refusal(`${path} holds the object already, and is not among what is rendered`);
  const content: [string, string][] = isThere ? [] : [[path, appended(before, blockText(added))]];
  return listed === undefined ? content : [...content, listed];
}

function holds(text: string, object: unknown): boolean {
  return parseAllDocuments(text).some((document) => isDeepStrictEqual(document.toJS(), object));
}

function appended(before: string | undefined, object: string): string {
  if (before === undefined) return object;
  const end = lineBreak(before);
  return `${before.trimEnd()}\n---\n${object}`.replaceAll(/\r?\n/g, end);
}

function withoutGiven(object: Readonly<Record<string, unknown>>, { givenNamespace, given }: Neighbour): unknown {
  const { namespace, ...metadata } = object['metadata'] as { namespace?: unknown };
  const isGiven = namespace !== undefined && namespace === givenNamespace;
  return withoutLabels(isGiven ? { ...object, metadata } : object, given);
}

function fileNameOf(object: Readonly<Record<string, unknown>>): string {
  const metadata = object['metadata'] as { name?: string } | undefined;
  const kind = String(object['kind'])
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .toLowerCase();
  return `${metadata?.name ?? 'unnamed'}-${kind}.yaml`;
}

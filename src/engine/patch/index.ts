import { posix } from 'node:path';
import { stringify } from 'yaml';
import type { Patch } from '../../model/control.ts';
import type { FileTree } from '../../model/world.ts';
import { removeFromFile, setInFile } from './file-edit.ts';
import { listInKustomization } from './kustomization.ts';
import { AS_WRITTEN, ownersIn, type Current, type Neighbour, type Owners, type Sources } from './owners.ts';

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
    for (const [path, content] of edits(patch, ownersIn(tree, sources, current), current)) changed[path] = content;
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
      const { path, document, pointer } = owners.editable(patch.origin);
      return [[path, setInFile(path, current(path) ?? '', document, pointer, patch.value)]];
    }
    case 'remove': {
      const { path, document, pointer } = owners.removable(patch.origin);
      return [[path, removeFromFile(path, current(path) ?? '', document, pointer)]];
    }
  }
}

/**
 * Writes the object to a file of its own beside its neighbour, or appends it where that file exists already. A namespace that the neighbour is
 * given when it is rendered, the object is given too: other overlays of the same base give others.
 */
function addObject(object: Readonly<Record<string, unknown>>, beside: Neighbour, current: Current): [string, string][] {
  const folder = posix.dirname(beside.path);
  const path = posix.join(folder, fileNameOf(object));
  const before = current(path);
  const text = stringify(withoutGiven(object, beside.givenNamespace));
  const content = before === undefined ? text : `${before.trimEnd()}\n---\n${text}`;
  const listed = listInKustomization(folder, posix.basename(path), current);
  return listed === undefined ? [[path, content]] : [[path, content], listed];
}

function withoutGiven(object: Readonly<Record<string, unknown>>, given: unknown): Readonly<Record<string, unknown>> {
  const { namespace, ...metadata } = object['metadata'] as { namespace?: unknown };
  return namespace === undefined || namespace !== given ? object : { ...object, metadata };
}

function fileNameOf(object: Readonly<Record<string, unknown>>): string {
  const metadata = object['metadata'] as { name?: string } | undefined;
  const kind = String(object['kind'])
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .toLowerCase();
  return `${metadata?.name ?? 'unnamed'}-${kind}.yaml`;
}

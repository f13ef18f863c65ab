import { posix } from 'node:path';
import { stringify } from 'yaml';
import type { Patch } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import type { FileTree } from '../../model/world.ts';
import { removeFromYaml, setInYaml } from './yaml-edit.ts';
import { listInKustomization } from './kustomization.ts';

/** Follows a rendered value to the source that owns it; the identity for what was read from a file. */
export type Owner = (origin: Origin) => Origin;

/**
 * The files as they are after the patches: path -> content, changed files only. Nothing is written. Patches apply in order,
 * so that two of them may touch one file; `earlier` holds the changes they come on top of.
 */
export function applyPatches(
  tree: FileTree,
  patches: readonly Patch[],
  owner: Owner = (origin) => origin,
  earlier: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const changed: Record<string, string> = { ...earlier };
  const current = (path: string): string | undefined => changed[path] ?? (tree.has(path) ? tree.text(path) : undefined);
  for (const patch of patches) {
    for (const [path, content] of edits(patch, owner, current)) changed[path] = content;
  }
  return changed;
}

function edits(patch: Patch, owner: Owner, current: (path: string) => string | undefined): [string, string][] {
  switch (patch.op) {
    case 'create-file':
      return [[patch.path, patch.content]];
    case 'add-object':
      return addObject(patch.object, owner(patch.beside), current);
    case 'set': {
      const { path, document, pointer } = owner(patch.origin);
      return [[path, setInYaml(current(path) ?? '', document ?? 0, pointer ?? [], patch.value)]];
    }
    case 'remove': {
      const { path, document, pointer } = owner(patch.origin);
      return [[path, removeFromYaml(current(path) ?? '', document ?? 0, pointer ?? [])]];
    }
  }
}

/** Writes the object to a file of its own beside its neighbour, or appends it where that file exists already. */
function addObject(
  object: Readonly<Record<string, unknown>>,
  beside: Origin,
  current: (path: string) => string | undefined,
): [string, string][] {
  const folder = posix.dirname(beside.path);
  const path = posix.join(folder, fileNameOf(object));
  const before = current(path);
  const content = before === undefined ? stringify(object) : `${before.trimEnd()}\n---\n${stringify(object)}`;
  const listed = listInKustomization(folder, posix.basename(path), current);
  return listed === undefined ? [[path, content]] : [[path, content], listed];
}

function fileNameOf(object: Readonly<Record<string, unknown>>): string {
  const metadata = object['metadata'] as { name?: string } | undefined;
  const kind = String(object['kind'])
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .toLowerCase();
  return `${metadata?.name ?? 'unnamed'}-${kind}.yaml`;
}

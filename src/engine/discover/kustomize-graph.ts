import { isKustomizationFile, readKustomization, type Kustomization } from './kustomization.ts';
import { unparsable } from '../read/stream.ts';
import { environmentOf, sameEnvironment } from './environment.ts';
import { baseName } from './paths.ts';
import type { Sources } from './sources.ts';

/** All kustomizations of a repository, by folder, and who takes in whom. */
export interface KustomizeGraph {
  readonly byFolder: ReadonlyMap<string, Kustomization>;
  /** Files any kustomization mentions: objects, patches, generator inputs. */
  readonly mentioned: ReadonlySet<string>;
  /** Those of them that are no objects of their own: patches and the like. */
  readonly helpers: ReadonlySet<string>;
}

/** What a kustomization is made of, all of its bases included. */
export interface Closure {
  readonly folders: ReadonlySet<string>;
  /** Files it reads that exist, sorted. */
  readonly files: readonly string[];
  /** Why it cannot be rendered from this repository alone; empty when it can. */
  readonly obstacles: readonly string[];
}

export function kustomizeGraph(sources: Sources): KustomizeGraph {
  const byFolder = new Map<string, Kustomization>();
  const [mentioned, objects] = [new Set<string>(), new Set<string>()];
  for (const path of sources.tree.files) {
    if (!isKustomizationFile(path)) continue;
    const kustomization = readKustomization(sources, path);
    if (kustomization === undefined || byFolder.has(kustomization.folder)) continue;
    byFolder.set(kustomization.folder, kustomization);
    for (const reference of [...kustomization.inputs, ...kustomization.helpers]) {
      if (reference.path !== undefined) mentioned.add(reference.path);
    }
    for (const { path: object } of kustomization.inputs) if (object !== undefined) objects.add(object);
  }
  return { byFolder, mentioned, helpers: mentioned.difference(objects) };
}

/**
 * Folders of kustomizations that nothing selects: what people build. `selecting` says whether a folder's kustomization counts
 * as selecting its bases (one in a test folder does not; one of another environment only builds on it). Components are never roots.
 */
export function rootFolders(graph: KustomizeGraph, selecting: (folder: string) => boolean): string[] {
  const selected = new Set<string>();
  for (const [folder, kustomization] of graph.byFolder) {
    if (!selecting(folder)) continue;
    for (const reference of [...kustomization.inputs, ...kustomization.helpers]) {
      if (reference.path === undefined || reference.path === folder) continue;
      if (!isAnotherEnvironment(folder, reference.path)) selected.add(reference.path);
    }
  }
  return [...graph.byFolder.values()]
    .filter((kustomization) => !kustomization.component && !selected.has(kustomization.folder))
    .map((kustomization) => kustomization.folder)
    .sort();
}

/** `overlays/prod` that is built on `overlays/staging` does not make that one a base: it is deployed as well. */
function isAnotherEnvironment(folder: string, other: string): boolean {
  const [one, two] = [environmentOf(baseName(folder)), environmentOf(baseName(other))];
  if (one === undefined || two === undefined) return false;
  return !sameEnvironment(one.name, two.name, []) && !sameEnvironment(two.name, one.name, []);
}

/**
 * Walks everything a kustomization takes in. Whatever is remote, missing, outside the repository or the work of a plug-in is an
 * obstacle, found before any tool runs.
 */
export function closureOf(graph: KustomizeGraph, sources: Sources, folder: string): Closure {
  const folders = new Set<string>();
  const files = new Set<string>();
  const obstacles: string[] = [];
  const visit = (current: string): void => {
    const kustomization = graph.byFolder.get(current);
    if (kustomization === undefined || folders.has(current)) return;
    folders.add(current);
    files.add(kustomization.path);
    if (kustomization.broken !== undefined) obstacles.push(unparsable(kustomization.path, kustomization.broken));
    obstacles.push(...kustomization.foreign.map((what) => `${kustomization.path} needs ${what}`));
    for (const { written, path } of [...kustomization.inputs, ...kustomization.helpers]) {
      if (path === undefined) obstacles.push(`${kustomization.path} refers to ${written}, outside the repository`);
      else if (graph.byFolder.has(path)) visit(path);
      else if (sources.tree.has(path)) files.add(path);
      else obstacles.push(`${kustomization.path} refers to ${written}, which is not there`);
    }
  };
  visit(folder);
  return { folders, files: [...files].sort(), obstacles };
}

import { closureOf, type KustomizeGraph } from '../discover/kustomize-graph.ts';
import type { Sources } from '../discover/sources.ts';

/** Fields of a kustomization that change nothing of its objects. */
const NEUTRAL = new Set(['apiVersion', 'kind', 'metadata', 'resources', 'bases', 'components', 'sortOptions']);

/**
 * The files of a kustomization that does nothing but list resources, all its bases included: its output is these files, one after
 * the other, and needs no tool. `undefined` when anything in it changes, generates or fetches.
 */
export function listedFiles(graph: KustomizeGraph, sources: Sources, folder: string): string[] | undefined {
  const { folders, obstacles } = closureOf(graph, sources, folder);
  if (obstacles.length > 0) return undefined;
  const listed: string[] = [];
  for (const current of folders) {
    const kustomization = graph.byFolder.get(current);
    if (kustomization === undefined || !isListOnly(kustomization.body)) return undefined;
    for (const { path } of kustomization.inputs) {
      if (path !== undefined && !graph.byFolder.has(path)) listed.push(path);
    }
  }
  return new Set(listed).size === listed.length ? listed : undefined;
}

function isListOnly(body: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(body).every(
    ([field, value]) => NEUTRAL.has(field) || value === null || (Array.isArray(value) && value.length === 0),
  );
}

import { isMapping } from '../../model/cursor.ts';
import { closureOf, type KustomizeGraph } from '../discover/kustomize-graph.ts';
import type { Sources } from '../discover/sources.ts';
import type { RawDocument } from './objects.ts';

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

/** Annotation of objects that Kustomize reads and does not put out. https://kubectl.docs.kubernetes.io/references/kustomize/ */
const LOCAL = 'config.kubernetes.io/local-config';

/** Whether Kustomize would put the documents out as they are: it drops local ones, and refuses two of one name. */
export function passesUnchanged(documents: readonly RawDocument[]): boolean {
  const seen = new Set<string>();
  return documents.every(({ value }) => {
    if (!isMapping(value)) return true;
    const { apiVersion, kind, metadata } = value;
    const { name, namespace, annotations } = isMapping(metadata) ? metadata : {};
    if (isMapping(annotations) && Object.hasOwn(annotations, LOCAL)) return false;
    const id = JSON.stringify([apiVersion, kind, namespace, name]);
    const isNew = name === undefined || !seen.has(id);
    seen.add(id);
    return isNew;
  });
}

function isListOnly(body: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(body).every(
    ([field, value]) => NEUTRAL.has(field) || value === null || (Array.isArray(value) && value.length === 0),
  );
}

import { isMapping } from '../../model/cursor.ts';
import type { DataDocument } from '../../model/document.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { Deployable, Gap } from '../../model/platform.ts';
import { classify } from '../read/classify.ts';
import type { LeftOut, Rendered } from './discovery.ts';
import { unselectedValues } from './find-helm.ts';
import { isKustomizationFile } from './kustomization.ts';
import { baseName } from './paths.ts';
import type { Survey } from './survey.ts';

interface Unrendered {
  readonly documents: readonly DataDocument[];
  readonly gaps: readonly Gap[];
}

/**
 * What lies in the repository and is part of nothing that was rendered, as it is written: manifests that a kustomization does not list or that
 * people apply by hand, other environments than the one that was asked for, values that nothing selects. It does not run, but whoever reads
 * the repository reads it. Folders for tests and examples are left out.
 */
export function findUnrendered(
  survey: Survey,
  deployables: readonly Deployable[],
  rendered: ReadonlyMap<string, Rendered>,
  leftOut: readonly LeftOut[],
): Unrendered {
  const [read, unread] = partition(deployables, ({ id }) => (rendered.get(id)?.objects.length ?? 0) > 0);
  const known = new Set(read.flatMap(({ sources }) => sources));
  const values = new Set([
    ...unselectedValues(leftOut),
    ...unread.flatMap(({ renderer, sources }) => (renderer === 'helm' ? sources : [])),
  ]);
  const found: { documents: DataDocument[]; gaps: Gap[] } = { documents: [], gaps: [] };
  for (const path of survey.sources.tree.files) {
    if (known.has(path) || !/\.(?:ya?ml|json)$/i.test(path) || survey.leftOut(path) !== undefined) continue;
    if (values.has(path) && baseName(path) !== 'Chart.yaml') found.documents.push(...asValues(survey, path));
    else if (isKustomizationFile(path) || survey.sources.mayHoldManifests(path)) addManifests(survey, path, found);
  }
  return found;
}

function asValues(survey: Survey, path: string): DataDocument[] {
  const { sources } = survey;
  const data = sources.isTemplate(path) || sources.mayHoldManifests(path) ? undefined : sources.mapping(path);
  return data === undefined ? [] : [asDocument(path, data, { path, document: 0 })];
}

/** A file that says it holds objects and cannot be parsed may hold anything; one that something fills in first is no YAML yet. */
function addManifests(survey: Survey, path: string, found: { documents: DataDocument[]; gaps: Gap[] }): void {
  if (survey.sources.isTemplate(path)) return;
  const { documents, problems } = survey.sources.yaml(path);
  for (const { value, index } of documents)
    if (isKustomizationFile(path) || classify(path, value) === 'kubernetes')
      found.documents.push(...objectsOf(path, value, { path, document: index }));
  const [problem] = problems;
  const text = survey.sources.text(path, []);
  if (problem === undefined || typeof text !== 'string' || text.includes('{{')) return;
  if (!/^["']?apiVersion["']?[ \t]*:/m.test(text)) return;
  const { line, column, message } = problem;
  found.gaps.push({ path, line, column, reason: message, fix: `Correct line ${line}.`, hides: ['unrendered'] });
}

/** A list is the objects in it. */
function objectsOf(path: string, value: unknown, origin: Origin): DataDocument[] {
  if (!isMapping(value)) return [];
  const { kind, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items))
    return [asDocument(path, value, origin)];
  return items.flatMap((item, index) => objectsOf(path, item, below(origin, 'items', index)));
}

function asDocument(path: string, data: unknown, origin: Origin): DataDocument {
  return { class: 'unrendered', path, data, origin };
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

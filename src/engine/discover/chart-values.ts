import { isMapping } from '../../model/cursor.ts';
import type { DataDocument } from '../../model/document.ts';
import type { Deployable } from '../../model/platform.ts';
import { isFleetFile, isHelmfile } from './find-unevaluated.ts';
import { folderOf, isWithin, resolvePath } from './paths.ts';
import type { Survey } from './survey.ts';

/**
 * What the repository gives to charts that nothing renders here, because they lie elsewhere or belong to Fleet, Helmfile or the Helm of
 * Kustomize: their values stand in it all the same.
 */
export function chartValues(survey: Survey, deployables: readonly Deployable[]): DataDocument[] {
  const { sources } = survey;
  const tools = sources.tree.files.filter((path) => isByTool(survey, path) && survey.leftOut(path) === undefined);
  const named = deployables
    .filter(({ renderer }) => renderer === 'plain')
    .flatMap(({ helm }) => helm?.valuesFiles ?? []);
  const inflated = [...survey.kustomize.byFolder.values()].filter(({ path }) => survey.leftOut(path) === undefined);
  const files = [
    ...tools,
    ...named,
    ...tools.flatMap((path) => filesOfTool(survey, path)),
    ...inflated.flatMap(({ folder, body }) => filesIn(folder, body['helmCharts'])),
  ];
  return [
    ...[...new Set(files)].flatMap((path) => documentOf(survey, path)),
    ...inflated.flatMap(({ path, body }) => {
      const { helmCharts } = body;
      return helmCharts === undefined ? [] : [asDocument(path, { helmCharts })];
    }),
  ];
}

function documentOf(survey: Survey, path: string): DataDocument[] {
  const { sources } = survey;
  if (!sources.tree.has(path) || sources.isTemplate(path)) return [];
  const data = sources.mapping(path);
  return data === undefined ? [] : [asDocument(path, data)];
}

function asDocument(path: string, data: Readonly<Record<string, unknown>>): DataDocument {
  return { class: 'chart-values', path, data, origin: { path, document: 0 } };
}

function isByTool(survey: Survey, path: string): boolean {
  return isHelmfile(path) || isFleetFile(survey, path);
}

/** A Helmfile is mostly a template, and its values lie in a folder or under a name that says so. */
function filesOfTool(survey: Survey, path: string): string[] {
  const folder = folderOf(path);
  if (!isHelmfile(path)) return filesIn(folder, survey.sources.mapping(path));
  return survey.sources.tree.files.filter(
    (file) =>
      isWithin(folder, file) &&
      /(?:^|[/._-])values(?:[/._-])(?:.*\.)?ya?ml$/.test(file) &&
      survey.chartAround(file) === undefined &&
      survey.leftOut(file) === undefined,
  );
}

const NAMES_FILES = new Set(['valuesFile', 'valuesFiles', 'additionalValuesFiles']);

/** Values files that are named anywhere in what a tool is told. */
function filesIn(folder: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => filesIn(folder, item));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (!NAMES_FILES.has(key)) return filesIn(folder, member);
    return [member].flat().flatMap((file) => (typeof file === 'string' ? (resolvePath(folder, file) ?? []) : []));
  });
}

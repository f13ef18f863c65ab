import { isMapping } from '../../model/cursor.ts';
import { unparsable } from '../read/stream.ts';
import { baseName, folderOf, inFolder, isWithin, resolvePath, ROOT } from './paths.ts';
import type { Sources } from './sources.ts';

/** A Helm chart of the repository. https://helm.sh/docs/topics/charts/ */
export interface Chart {
  readonly folder: string;
  readonly path: string;
  readonly name: string;
  /** A library chart holds helpers for others and cannot be installed. */
  readonly library: boolean;
  /** Names of the charts that must lie in `charts/`. */
  readonly dependencies: readonly string[];
  /** Names of dependencies by the alias each goes under. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Folders of this repository that it takes in by `file://`. */
  readonly localDependencies: readonly string[];
  /** The chart in whose `charts/` folder it lies. */
  readonly parent?: string;
  /** Why Helm refuses it, and nothing is known of it. */
  readonly broken?: string;
  /** Whether a path is a part of this chart. */
  owns(path: string): boolean;
}

/** Parts of a chart; beside them a chart at the root of a repository owns nothing. */
const CHART_PARTS = ['templates', 'charts', 'crds', 'ci', 'values', 'files'];

/** Reads every `Chart.yaml`, outer charts before those in their `charts/`. */
export function readCharts(sources: Sources): Chart[] {
  const charts: Chart[] = [];
  for (const path of sources.tree.files) {
    if (baseName(path) !== 'Chart.yaml') continue;
    const folder = folderOf(path);
    const body = sources.mapping(path) ?? {};
    const broken = faultOf(sources, path, body);
    if (broken === undefined && typeof body['name'] !== 'string') continue;
    const parent = charts.find((chart) => isWithin(inFolder(chart.folder, 'charts'), folder));
    charts.push({
      folder,
      path,
      name: typeof body['name'] === 'string' ? body['name'] : baseName(folder),
      library: body['type'] === 'library',
      ...dependenciesOf(sources, folder, body),
      ...(parent === undefined ? {} : { parent: parent.folder }),
      ...(broken === undefined ? {} : { broken }),
      owns: (file) => ownsFile(folder, file),
    });
  }
  return charts;
}

/** A file of this name that cannot be parsed is a chart's; one without a name is where there are templates beside it. */
function faultOf(sources: Sources, path: string, body: Readonly<Record<string, unknown>>): string | undefined {
  const [problem] = sources.yaml(path).problems;
  if (problem !== undefined) return unparsable(path, problem);
  const templates = inFolder(folderOf(path), 'templates');
  return typeof body['name'] !== 'string' && sources.tree.files.some((file) => isWithin(templates, file))
    ? `${path} names no chart`
    : undefined;
}

/** A chart with those that it takes in by `file://`, and that these take in. */
export function partsOf(charts: readonly Chart[], chart: Chart): ReadonlySet<Chart> {
  const found = new Set<Chart>([chart]);
  for (const { localDependencies } of found)
    for (const one of charts) if (localDependencies.includes(one.folder)) found.add(one);
  return found;
}

/** The declared dependencies that are neither a folder nor a packed chart in `charts/`. */
export function missingDependencies(sources: Sources, chart: Chart): string[] {
  const inCharts = sources.tree.files
    .filter((file) => isWithin(inFolder(chart.folder, 'charts'), file))
    .map((file) => file.slice(inFolder(chart.folder, 'charts').length + 1));
  return chart.dependencies.filter(
    (name) =>
      !inCharts.some((file) => file.startsWith(`${name}/`) || (file.startsWith(`${name}-`) && file.endsWith('.tgz'))),
  );
}

function ownsFile(folder: string, file: string): boolean {
  if (folder !== ROOT) return isWithin(folder, file);
  return CHART_PARTS.some((part) => isWithin(part, file)) || /^(?:Chart|values[^/]*)\.ya?ml$/.test(file);
}

/** Helm 3 lists them in `Chart.yaml`, Helm 2 in `requirements.yaml`. */
function dependenciesOf(
  sources: Sources,
  folder: string,
  body: Readonly<Record<string, unknown>>,
): Pick<Chart, 'dependencies' | 'aliases' | 'localDependencies'> {
  const requirements = inFolder(folder, 'requirements.yaml');
  const declared =
    body['dependencies'] ??
    (sources.tree.has(requirements) ? sources.mapping(requirements)?.['dependencies'] : undefined);
  const entries = Array.isArray(declared) ? declared.filter(isMapping) : [];
  return {
    dependencies: entries.flatMap(({ name }) => (typeof name === 'string' ? [name] : [])),
    aliases: new Map(
      entries.flatMap(({ name, alias }): [string, string][] =>
        typeof name === 'string' && typeof alias === 'string' ? [[alias, name]] : [],
      ),
    ),
    localDependencies: entries.flatMap(({ repository }) => {
      if (typeof repository !== 'string' || !repository.startsWith('file://')) return [];
      return resolvePath(folder, repository.slice('file://'.length)) ?? [];
    }),
  };
}

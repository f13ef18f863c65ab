import type { Deployable, Gap } from '../../model/platform.ts';
import { partsOf, type Chart } from './chart.ts';
import type { LeftOut } from './discovery.ts';
import { environmentOf } from './environment.ts';
import { NOTHING_FOUND, join, recognise, type Found } from './found.ts';
import { tellingNamespace } from './namespaces.ts';
import { helmCommands, type HelmCommand } from './helm-commands.ts';
import { baseName, folderOf, inFolder, isWithin, stem } from './paths.ts';
import type { Survey } from './survey.ts';

/**
 * The charts that people install, less those an application names already: as pipelines and scripts install them, else one
 * deployable for each environment that has a values file of its own, else one with `values.yaml` alone.
 */
export function findHelm(survey: Survey, named: readonly Deployable[]): Found {
  const byFolder = Map.groupBy(named, ({ path }) => path);
  const commands = Map.groupBy(helmCommands(survey), ({ chart }) => chart);
  const outer = survey.charts.filter((chart) => chart.parent === undefined && survey.leftOut(chart.path) === undefined);
  return join(
    outer.map((chart) => {
      if (chart.library)
        return { ...NOTHING_FOUND, leftOut: [{ path: chart.folder, reason: 'a library chart, which others take in' }] };
      const apps = byFolder.get(chart.folder);
      if (apps !== undefined) return { ...NOTHING_FOUND, leftOut: unselected(valuesFilesOf(survey, chart, apps)) };
      if (isLocalDependency(survey, chart)) return NOTHING_FOUND;
      const installed = commands.get(chart.folder);
      if (installed === undefined) return chartDeployables(survey, chart);
      const called = commandDeployables(survey, chart, installed);
      return join([called, otherVariants(survey, chart, called.deployables)]);
    }),
  );
}

/** A chart as a deployable with these values files, in the order they apply after the chart's own `values.yaml`. */
export function helmDeployable(
  survey: Survey,
  chart: Chart,
  helm: NonNullable<Deployable['helm']>,
  more: Partial<Deployable> = {},
): Deployable {
  const own = survey.sources.tree.files.filter((file) => chart.owns(file) && isRenderedPart(chart, file));
  const label = helm.valuesFiles.map((file) => (isWithin(chart.folder, file) ? within(chart, file) : file)).join('+');
  return {
    id: `helm:${chart.folder}${label === '' ? '' : `@${label}`}`,
    renderer: 'helm',
    path: chart.folder,
    sources: [...new Set([...own, ...helm.valuesFiles])].sort(),
    helm,
    declaredBy: chart.path,
    ...more,
  };
}

/** The same call in several files is one deployable. */
function commandDeployables(survey: Survey, chart: Chart, commands: readonly HelmCommand[]): Found {
  const made = commands.map(({ file, line, release, valuesFiles, namespace, values, unknown }) => {
    const deployable = helmDeployable(
      survey,
      chart,
      { release, valuesFiles, ...(values === undefined ? {} : { values }) },
      {
        ...recognise([
          ...valuesFiles.map((text) => ({ what: 'values file', text: stem(text) })),
          { what: 'release', text: release },
          { what: 'namespace', text: tellingNamespace(namespace, survey.environments) },
        ]),
        ...(namespace === undefined ? {} : { namespace }),
        declaredBy: file,
      },
    );
    const fix = 'Put it into a values file of the repository.';
    const gaps = unknown.map((what): Gap => ({
      path: file,
      line,
      deployable: deployable.id,
      fix,
      hides: ['kubernetes'],
      reason: `the helm call sets ${what}, which is known only when it runs`,
    }));
    return { deployables: [deployable], gaps, leftOut: [] };
  });
  return join([...new Map(made.map((one) => [one.deployables[0]?.id, one])).values()]);
}

interface Variant {
  readonly environment: string;
  readonly file: string;
}

function chartDeployables(survey: Survey, chart: Chart): Found {
  const { deployables, leftOut } = otherVariants(survey, chart, []);
  if (deployables.length > 0) return { deployables, leftOut, gaps: [] };
  const alone = helmDeployable(survey, chart, { release: chart.name, valuesFiles: [] });
  return { deployables: [alone], leftOut, gaps: [] };
}

/** A deployable for each environment that has a values file of its own, beyond those that pipelines install. */
function otherVariants(survey: Survey, chart: Chart, installed: readonly Deployable[]): Found {
  const known = new Set(installed.map(({ environment }) => environment));
  const variants: Variant[] = [];
  const others: string[] = [];
  for (const file of valuesFilesOf(survey, chart, installed)) {
    const environment = environmentOfValues(chart, file);
    if (environment !== undefined && !known.has(environment)) variants.push({ environment, file });
    else others.push(file);
  }
  const base = { release: chart.name };
  const deployables = [...Map.groupBy(variants, (variant) => variant.environment)].map(([environment, files]) => {
    const valuesFiles = files.map((variant) => variant.file);
    const environmentFrom = `values file ${baseName(valuesFiles[0] ?? '')}`;
    return helmDeployable(survey, chart, { ...base, valuesFiles }, { environment, environmentFrom });
  });
  return { deployables, leftOut: unselected(others), gaps: [] };
}

/** Values files of a chart beside `values.yaml`, less those that deployables select. */
function valuesFilesOf(survey: Survey, chart: Chart, deployables: readonly Deployable[]): string[] {
  const selected = new Set(deployables.flatMap(({ helm }) => helm?.valuesFiles ?? []));
  return survey.sources.tree.files.filter(
    (file) => chart.owns(file) && isValuesFile(chart, file) && !selected.has(file),
  );
}

const UNSELECTED = 'a values file that nothing selects';

function unselected(files: readonly string[]): LeftOut[] {
  return files.map((path) => ({ path, reason: UNSELECTED }));
}

/** Those of them that are values files. */
export function unselectedValues(leftOut: readonly LeftOut[]): string[] {
  return leftOut.filter(({ reason }) => reason === UNSELECTED).map(({ path }) => path);
}

/** Another chart of the repository takes it in by `file://`: it is a part of that one. Of charts that take each other in none is. */
function isLocalDependency({ charts }: Survey, chart: Chart): boolean {
  const parts = partsOf(charts, chart);
  return charts.some((other) => !parts.has(other) && partsOf(charts, other).has(chart));
}

/** Values beside `values.yaml`: `values-prod.yaml`, `prod-values.yaml`, `values/prod.yaml`, `environments/prod/values.yaml`. */
function isValuesFile(chart: Chart, file: string): boolean {
  if (!/\.ya?ml$/.test(file) || file === inFolder(chart.folder, 'values.yaml')) return false;
  const parts = within(chart, file).split('/');
  if (['templates', 'charts', 'crds', 'ci', 'files', 'tests'].includes(parts[0] ?? '')) return false;
  const inValuesFolder = parts.slice(0, -1).some((part) => /^(?:values|env|envs|environments|config)$/.test(part));
  return inValuesFolder || /(?:^|[-_.])values(?:[-_.]|$)/.test(stem(file));
}

function environmentOfValues(chart: Chart, file: string): string | undefined {
  const words = stem(file)
    .replace(/(?:^|[-_.])values(?=[-_.]|$)/, '')
    .replace(/^[-_.]+/, '');
  const own = environmentOf(words)?.name;
  if (own !== undefined) return own;
  const folders = folderOf(within(chart, file)).split('/').toReversed();
  return folders.map((part) => environmentOf(part)?.name).find((name) => name !== undefined);
}

function isRenderedPart(chart: Chart, file: string): boolean {
  const path = within(chart, file);
  return /^(?:templates|charts|crds|files)\//.test(path) || /^(?:Chart|values|requirements)\.ya?ml$/.test(path);
}

function within(chart: Chart, file: string): string {
  return chart.folder === '.' ? file : file.slice(chart.folder.length + 1);
}

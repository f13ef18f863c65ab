import { MalformedValue } from '../../model/cursor.ts';
import type { Deployable, Gap } from '../../model/platform.ts';
import type { AppSource, FolderSource, HelmOptions } from './app.ts';
import { expandApplicationSet } from './applicationset.ts';
import { argoSources } from './argocd.ts';
import type { LeftOut } from './discovery.ts';
import { helmDeployable } from './find-helm.ts';
import { kustomizeDeployable } from './find-kustomize.ts';
import { manifestsIn, plainDeployable } from './find-plain.ts';
import { fluxSource, isFluxKustomization, isHelmRelease } from './flux.ts';
import type { Found } from './found.ts';
import { globMatcher } from './glob.ts';
import { isWithin } from './paths.ts';
import type { Manifest } from './sources.ts';
import type { Survey } from './survey.ts';

/** Deployables that Argo CD or Flux name, and which folders and files they thereby take. */
export interface AppsFound extends Found {
  /** Folders of kustomizations and charts. */
  readonly folders: ReadonlySet<string>;
  /** Files of plain folders. */
  readonly files: ReadonlySet<string>;
}

/** Reads every Application, ApplicationSet, Flux Kustomization and HelmRelease that is not in a test folder or a chart. */
export function findApps(survey: Survey): AppsFound {
  const deployables: Deployable[] = [];
  const leftOut: LeftOut[] = [];
  const gaps: Gap[] = [];
  for (const manifest of appManifests(survey)) {
    try {
      const read = readApp(survey, manifest);
      leftOut.push(...read.leftOut);
      gaps.push(...read.gaps);
      for (const source of read.sources) {
        const made = materialise(survey, source);
        deployables.push(...made.deployables);
        gaps.push(...made.gaps);
      }
    } catch (error) {
      if (!(error instanceof MalformedValue)) throw error;
      gaps.push(gapAt(manifest, error.message, `Correct ${manifest.kind} at line ${manifest.line}.`));
    }
  }
  const unique = withUniqueIds(deployables);
  const plain = unique.filter(({ renderer }) => renderer === 'plain');
  const others = unique.filter(({ renderer }) => renderer !== 'plain');
  return {
    deployables: unique,
    leftOut,
    gaps,
    folders: new Set(others.map(({ path }) => path)),
    files: new Set(plain.flatMap(({ sources }) => sources)),
  };
}

function appManifests(survey: Survey): Manifest[] {
  const { sources } = survey;
  return sources.tree.files.flatMap((path) => {
    if (!/\.(?:ya?ml|json)$/i.test(path) || survey.leftOut(path) !== undefined) return [];
    const text = sources.text(path, ['kubernetes']);
    if (typeof text !== 'string' || !/argoproj\.io\/|toolkit\.fluxcd\.io\//.test(text)) return [];
    if (survey.chartAround(path) !== undefined || (sources.isTemplate(path) && !mayBeSet(text))) return [];
    return sources.manifests(path).filter(isApp);
  });
}

/** An ApplicationSet carries `{{ }}` of its own and is plain YAML all the same. */
function mayBeSet(text: string): boolean {
  return text.includes('kind: ApplicationSet');
}

function isApp(manifest: Manifest): boolean {
  return (
    (manifest.apiVersion === 'argoproj.io/v1alpha1' && /^Application(?:Set)?$/.test(manifest.kind)) ||
    isFluxKustomization(manifest) ||
    isHelmRelease(manifest)
  );
}

function readApp(
  survey: Survey,
  manifest: Manifest,
): { sources: readonly AppSource[]; leftOut: LeftOut[]; gaps: Gap[] } {
  if (manifest.kind === 'Application') {
    return { sources: argoSources(survey, { ...manifest, declaredBy: manifest.path }), leftOut: [], gaps: [] };
  }
  if (manifest.kind === 'ApplicationSet') {
    const { applications, unknown } = expandApplicationSet(survey, manifest);
    const fix = 'Name the deployables of each environment in launchgate.yaml.';
    return {
      sources: applications.flatMap((application) => argoSources(survey, application)),
      leftOut: [],
      gaps: unknown.map((what) => gapAt(manifest, `the ApplicationSet depends on ${what}`, fix)),
    };
  }
  const source = fluxSource(survey, manifest);
  if (source !== undefined) return { sources: [source], leftOut: [], gaps: [] };
  return { sources: [], leftOut: [{ path: manifest.path, reason: `a ${manifest.kind} that is suspended` }], gaps: [] };
}

/** Decides by what lies in the folder how it is rendered, as Argo CD and Flux do: a chart, a kustomization, else its manifests. */
function materialise(survey: Survey, app: AppSource): { deployables: Deployable[]; gaps: Gap[] } {
  const { source } = app;
  const more = {
    ...app.environment,
    ...(app.namespace === undefined ? {} : { namespace: app.namespace }),
    declaredBy: app.declaredBy,
  };
  if (source.type === 'foreign') {
    const id = `foreign:${source.name}`;
    const deployable = plainDeployable(app.declaredBy, [], { ...more, id });
    return { deployables: [deployable], gaps: [gapFor(app, id, source.reason, source.fix)] };
  }
  const chart = survey.charts.find(({ folder }) => folder === source.path);
  const made =
    chart !== undefined
      ? [helmDeployable(survey, chart, helmOf(source.helm), more)]
      : source.type === 'folder'
        ? folderDeployables(survey, source, more)
        : [];
  const id = made[0]?.id ?? `plain:${source.path}`;
  const fix = `Render it with its own tool and pin the result, or remove it from ${app.declaredBy}.`;
  return {
    deployables: made,
    gaps: [
      ...source.unsupported.map((what) => gapFor(app, id, `${app.app} uses ${what}`, fix)),
      ...source.helm.missing.map((file) =>
        gapFor(
          app,
          id,
          `${app.app} names the values file ${file}, which is not there`,
          'Add the file, or remove its name.',
        ),
      ),
      ...(made.length === 0
        ? [gapFor(app, id, `${app.app} deploys ${source.path}, which holds no manifests`, 'Correct its path.')]
        : []),
    ],
  };
}

function folderDeployables(survey: Survey, source: FolderSource, more: Partial<Deployable>): Deployable[] {
  const extra = {
    ...(source.overlay === undefined ? {} : { overlay: source.overlay }),
    ...(source.substitute === undefined ? {} : { substitute: source.substitute }),
  };
  const added = Object.keys(extra).length === 0 ? {} : { kustomize: extra };
  if (survey.kustomize.byFolder.has(source.path))
    return [kustomizeDeployable(survey, source.path, { ...more, ...added })];
  const nested = source.recurse ? nestedKustomizations(survey, source.path) : [];
  const include = source.include === undefined ? undefined : globMatcher(source.include);
  const exclude = source.exclude === undefined ? undefined : globMatcher(source.exclude);
  const files = manifestsIn(survey, source.path, source.recurse)
    .filter((file) => !nested.some((folder) => isWithin(folder, file)))
    .filter((file) => include === undefined || matchesEither(include, source.path, file))
    .filter((file) => exclude === undefined || !matchesEither(exclude, source.path, file));
  return [
    ...(files.length === 0 ? [] : [plainDeployable(source.path, files, { ...more, ...added })]),
    ...nested.map((folder) => kustomizeDeployable(survey, folder, { ...more, ...added })),
  ];
}

/** Outermost kustomizations below a folder that has none itself: what Flux generates takes them in as bases. */
function nestedKustomizations(survey: Survey, folder: string): string[] {
  const below = [...survey.kustomize.byFolder.values()]
    .filter((kustomization) => !kustomization.component && isWithin(folder, kustomization.folder))
    .map((kustomization) => kustomization.folder);
  return below.filter((inner) => !below.some((outer) => outer !== inner && isWithin(outer, inner)));
}

function matchesEither(matches: (path: string) => boolean, folder: string, file: string): boolean {
  return matches(file.slice(folder === '.' ? 0 : folder.length + 1)) || matches(file.slice(file.lastIndexOf('/') + 1));
}

function helmOf({ release, valuesFiles, values }: HelmOptions): NonNullable<Deployable['helm']> {
  return { release, valuesFiles, ...(values === undefined ? {} : { values }) };
}

/** Two applications of one folder differ by their names. */
function withUniqueIds(deployables: readonly Deployable[]): Deployable[] {
  const seen = new Map<string, number>();
  return deployables.map((deployable) => {
    const count = (seen.get(deployable.id) ?? 0) + 1;
    seen.set(deployable.id, count);
    return count === 1 ? deployable : { ...deployable, id: `${deployable.id}#${count}` };
  });
}

function gapFor(app: AppSource, deployable: string, reason: string, fix: string): Gap {
  return { path: app.declaredBy, line: app.line, deployable, reason, fix, hides: ['kubernetes'] };
}

function gapAt(manifest: Manifest, reason: string, fix: string): Gap {
  return { path: manifest.path, line: manifest.line, reason, fix, hides: ['kubernetes'] };
}

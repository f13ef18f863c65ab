import type { Deployable, Gap } from '../../model/platform.ts';
import type { AppSource, FolderSource } from './app.ts';
import { helmDeployable } from './find-helm.ts';
import { kustomizeDeployable } from './find-kustomize.ts';
import { manifestsIn, plainDeployable } from './find-plain.ts';
import { globMatcher } from '../../model/glob.ts';
import { forParts } from './patch-targets.ts';
import { isWithin } from './paths.ts';
import type { Survey } from './survey.ts';

/** Decides by what lies in the folder how it is rendered, as Argo CD and Flux do: a chart, a kustomization, else its manifests. */
export function materialise(survey: Survey, app: AppSource): { deployables: Deployable[]; gaps: Gap[] } {
  const { source } = app;
  const more = {
    ...app.environment,
    ...(app.namespace === undefined ? {} : { namespace: app.namespace }),
    ...(app.commonMetadata === undefined ? {} : { commonMetadata: app.commonMetadata }),
    declaredBy: app.declaredBy,
  };
  if (source.type === 'foreign') {
    const id = `foreign:${source.name}`;
    const { valuesFiles } = source;
    const helm = valuesFiles === undefined ? {} : { helm: { release: source.name, valuesFiles } };
    const deployable = plainDeployable(app.declaredBy, [], { ...more, ...helm, id });
    return { deployables: [deployable], gaps: [gapFor(app, id, source.reason, source.fix)] };
  }
  const chart = survey.charts.find(({ folder }) => folder === source.path);
  const made =
    chart !== undefined
      ? [helmDeployable(survey, chart, source.helm, more)]
      : source.type === 'folder'
        ? folderDeployables(survey, source, more)
        : [];
  const ids = made.length === 0 ? [`plain:${source.path}`] : made.map(({ id }) => id);
  const gaps = (reason: string, how: string): Gap[] => ids.map((id) => gapFor(app, id, reason, how));
  const fix = `Commit what its own tool renders and deploy that, or remove it from ${app.declaredBy}.`;
  return {
    deployables: made,
    gaps: [
      ...source.unsupported.flatMap((what) => gaps(`${app.app} uses ${what}`, fix)),
      ...source.missing.flatMap((file) =>
        gaps(`${app.app} names the values file ${file}, which is not there`, 'Add the file, or remove its name.'),
      ),
      ...(made.length === 0
        ? gaps(`${app.app} deploys ${source.path}, which holds no manifests`, 'Correct its path.')
        : []),
    ],
  };
}

function folderDeployables(survey: Survey, source: FolderSource, more: Partial<Deployable>): Deployable[] {
  if (survey.kustomize.byFolder.has(source.path))
    return [kustomizeDeployable(survey, source.path, { ...more, ...additions(source) })];
  const nested = source.recurse ? nestedKustomizations(survey, source.path) : [];
  const include = source.include === undefined ? undefined : globMatcher(source.include);
  const exclude = source.exclude === undefined ? undefined : globMatcher(source.exclude);
  const files = manifestsIn(survey, source.path, source.recurse)
    .filter((file) => !nested.some((folder) => isWithin(folder, file)))
    .filter((file) => include === undefined || matchesEither(include, source.path, file))
    .filter((file) => exclude === undefined || !matchesEither(exclude, source.path, file));
  const isInParts = nested.length + Number(files.length > 0) > 1;
  const { overlay } = source;
  const added = additions(overlay !== undefined && isInParts ? { ...source, overlay: forParts(overlay) } : source);
  const { kustomize } = added;
  const made =
    kustomize !== undefined && source.generated === true
      ? { kustomize: { ...kustomize, generated: true } as const }
      : added;
  return [
    ...(files.length === 0 ? [] : [plainDeployable(source.path, files, { ...more, ...made })]),
    ...nested.map((folder) => kustomizeDeployable(survey, folder, { ...more, ...added })),
  ];
}

/** What the application adds to the folder. */
function additions({ overlay, substitute, hiddenVariables }: FolderSource): Pick<Deployable, 'kustomize'> {
  const kustomize = {
    ...(overlay === undefined ? {} : { overlay }),
    ...(substitute === undefined ? {} : { substitute }),
    ...(hiddenVariables === undefined ? {} : { hiddenVariables }),
  };
  return Object.keys(kustomize).length === 0 ? {} : { kustomize };
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

function gapFor(app: AppSource, deployable: string, reason: string, fix: string): Gap {
  return { path: app.declaredBy, line: app.line, deployable, reason, fix, hides: ['kubernetes'] };
}

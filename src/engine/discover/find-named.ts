import type { Deployable } from '../../model/platform.ts';
import type { Spec } from '../../model/spec.ts';
import { excludedBy } from './excluded.ts';
import { helmDeployable } from './find-helm.ts';
import { kustomizeDeployable } from './find-kustomize.ts';
import { manifestsIn, plainDeployable } from './find-plain.ts';
import type { AppsFound } from './find-apps.ts';
import type { Found } from './found.ts';
import { isBelowApp } from './passed-over.ts';
import { ROOT, resolvePath } from './paths.ts';
import type { Survey } from './survey.ts';

export interface NamedFound extends Found {
  readonly folders: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
}

/** Deployables that only the spec names: bases, examples and folders that would otherwise be left out or be a part of another. */
export function findNamed(survey: Survey, spec: Spec | undefined, apps: AppsFound): NamedFound {
  const deployables: Deployable[] = [];
  for (const environment of spec?.environments ?? []) {
    const clue = { environment: environment.name, environmentFrom: 'launchgate.yaml' };
    for (const entry of environment.deployables ?? []) {
      const path = resolvePath(ROOT, entry);
      if (path === undefined || apps.deployables.some((app) => app.path === path)) continue;
      const isSpared = isBelowApp(apps.deployables, path) || excludedBy(apps.excluded, path) !== undefined;
      if (!isUnselected(survey, path) && !isSpared) continue;
      const made = deployableAt(survey, path, apps.files);
      if (made !== undefined && !deployables.some(({ id }) => id === made.id)) deployables.push({ ...made, ...clue });
    }
  }
  return {
    deployables,
    leftOut: [],
    gaps: [],
    folders: new Set(deployables.filter(({ renderer }) => renderer !== 'plain').map(({ path }) => path)),
    files: new Set(deployables.filter(({ renderer }) => renderer === 'plain').flatMap(({ sources }) => sources)),
  };
}

/** True for what the other finders would pass over. */
function isUnselected(survey: Survey, path: string): boolean {
  if (survey.kustomize.byFolder.has(path)) return true;
  return survey.leftOut(`${path}/x`) !== undefined || survey.sources.tree.has(path);
}

function deployableAt(survey: Survey, path: string, taken: ReadonlySet<string>): Deployable | undefined {
  const kustomization = survey.kustomize.byFolder.get(path);
  if (kustomization !== undefined && !kustomization.component) return kustomizeDeployable(survey, path);
  const chart = survey.charts.find(({ folder, library }) => folder === path && !library);
  if (chart !== undefined) return helmDeployable(survey, chart, { release: chart.name, valuesFiles: [] });
  const files = survey.sources.tree.has(path)
    ? [path]
    : manifestsIn(survey, path, true).filter((file) => !taken.has(file));
  return files.length === 0 ? undefined : plainDeployable(path, files);
}

import type { Deployable } from '../../model/platform.ts';
import type { FileTree } from '../../model/world.ts';
import { renderAll } from '../render/index.ts';
import { chartValues } from './chart-values.ts';
import { chosenEnvironment, inEnvironment } from './choose.ts';
import type { Discovery, DiscoverOptions, LeftOut } from './discovery.ts';
import { findDocuments, isSettings } from './documents.ts';
import { withoutExcluded } from './excluded.ts';
import { findApps } from './find-apps.ts';
import { findHelm } from './find-helm.ts';
import { findKustomize } from './find-kustomize.ts';
import { findNamed } from './find-named.ts';
import { findPlain } from './find-plain.ts';
import { findTerraform } from './find-terraform.ts';
import { findUnevaluated } from './find-unevaluated.ts';
import { findUnrendered } from './unrendered.ts';
import { renderRounds } from './nested.ts';
import { join, numbered } from './found.ts';
import { withoutLoneNamespace } from './namespaces.ts';
import { isWithin } from './paths.ts';
import { passedOver } from './passed-over.ts';
import { Sources } from './sources.ts';
import { EXCLUDED, survey, type Survey } from './survey.ts';

export type { Discovery, DiscoverOptions, Rendered } from './discovery.ts';

/**
 * Finds what a repository deploys, renders it and reads the rest. Deployables that an application or the spec names come first,
 * because they say more than a folder does. Whatever was not read is in the gaps, whatever does not run in `leftOut`.
 */
export async function discover(tree: FileTree, options: DiscoverOptions): Promise<Discovery> {
  const sources = new Sources(tree);
  const exclude = options.exclude ?? options.spec?.exclude ?? [];
  const declared = (options.spec?.environments ?? []).map(({ name }) => name);
  const surveyed = survey(sources, exclude, declared);
  const apps = findApps(surveyed);
  const named = findNamed(surveyed, options.spec, apps);
  const folders = new Set([...apps.folders, ...named.folders]);
  const files = new Set([...apps.files, ...named.files]);
  const terraform = findTerraform(surveyed);
  const found = join([
    findKustomize(surveyed, folders),
    findHelm(surveyed, [...apps.deployables, ...named.deployables]),
    findPlain(surveyed, files, passedOver(apps)),
  ]);
  const isGiven = options.spec !== undefined || options.environment !== undefined;
  const byFolder = isGiven ? found : withoutLoneNamespace(found, [...apps.deployables, ...terraform.deployables]);
  const own = join([named, withoutExcluded(byFolder, apps.excluded)]);
  const others = numbered(
    join([own, findUnevaluated(surveyed, apps.deployables.length + own.deployables.length === 0)]),
    new Set(apps.deployables.map(({ id }) => id)),
  );
  const first = [...apps.deployables, ...others.deployables, ...terraform.deployables];
  const isWanted = wanted(first, options);
  const rendering = renderRounds(surveyed, apps, others.deployables, (deployables) =>
    renderAll(surveyed, deployables.filter(isWanted), options),
  );
  // Read while the tools run.
  const documents = findDocuments(surveyed);
  const rounds = await rendering;
  const deployables = [...rounds.deployables, ...terraform.deployables];
  // An application that came out of another may select what nothing did before.
  const selected = new Set(rounds.deployables.flatMap(({ helm }) => helm?.valuesFiles ?? []));
  const leftOut = [...rounds.leftOut, ...others.leftOut.filter(({ path }) => !selected.has(path))];
  const unrendered = findUnrendered(surveyed, rounds.deployables, rounds.rendered, leftOut);
  return {
    tree,
    survey: surveyed,
    deployables,
    rendered: rounds.rendered,
    documents: [...documents.documents, ...chartValues(surveyed, rounds.deployables), ...unrendered.documents],
    terraform: terraform.blocks,
    gaps: unique([
      ...tree.gaps.filter(({ path }) => mayMatter(surveyed, deployables, path)),
      ...rounds.gaps,
      ...others.gaps,
      ...terraform.gaps,
      ...documents.gaps,
      ...unrendered.gaps,
      ...[...rounds.rendered.values()].flatMap((one) => one.gaps),
    ]),
    files: tree.files,
    leftOut: unique([...trialFolders(surveyed, deployables), ...leftOut, ...terraform.leftOut, ...documents.leftOut]),
  };
}

/** With `render: chosen`, what the environment is promoted from is rendered too: it is compared with it. */
function wanted(deployables: readonly Deployable[], options: DiscoverOptions): (deployable: Deployable) => boolean {
  if (options.render !== 'chosen') return () => true;
  const environment = chosenEnvironment(deployables, options.spec, options.environment);
  const before = (options.spec?.environments ?? []).filter(({ promotesTo }) => promotesTo === environment.name);
  const rendered = [environment, ...before.map(({ name }) => chosenEnvironment(deployables, options.spec, name))];
  return (deployable) => rendered.some((one) => inEnvironment(deployable, one, options.spec));
}

/** Whether anything would have been read at a path: not of what the spec excludes, nor of a folder for tests of which nothing is deployed. */
function mayMatter(survey: Survey, deployables: readonly Deployable[], path: string): boolean {
  const trial = survey.leftOut(path) ?? survey.leftOut(`${path}/x`);
  if (trial === undefined || isSettings(path)) return true;
  return trial.reason !== EXCLUDED && deployables.some((one) => isWithin(trial.folder, one.path));
}

/** Folders for tests and examples that hold anything Launchgate would otherwise have read, and that no deployable takes in. */
function trialFolders(survey: Survey, deployables: readonly Deployable[]): LeftOut[] {
  const used = new Set(deployables.flatMap((deployable) => deployable.sources));
  const folders = new Map<string, string>();
  const selected = new Set<string>();
  for (const file of survey.sources.tree.files) {
    if (!/\.(?:ya?ml|json|tf|tofu)$/.test(file)) continue;
    const trial = survey.leftOut(file);
    if (trial === undefined || !mattersHere(survey, trial.folder, file)) continue;
    folders.set(trial.folder, trial.reason);
    if (used.has(file)) selected.add(trial.folder);
  }
  return [...folders].filter(([path]) => !selected.has(path)).map(([path, reason]) => ({ path, reason }));
}

/** Settings are read as documents, and pinned renders as what they stand for: only manifests among them are left out. */
function mattersHere(survey: Survey, folder: string, file: string): boolean {
  if (folder === '.rendered') return false;
  return !folder.startsWith('.') || survey.sources.manifests(file).length > 0;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

import { childFolders, trialFolder, type TrialFolder } from './left-out.ts';
import { kustomizeGraph, type KustomizeGraph } from './kustomize-graph.ts';
import { readCharts, type Chart } from './chart.ts';
import { ROOT, folderOf, foldersAbove, isWithin } from './paths.ts';
import type { Sources } from './sources.ts';

/** What the finders of deployables share: the files, what kind of folder each lies in, and what people named. */
export interface Survey {
  readonly sources: Sources;
  readonly kustomize: KustomizeGraph;
  readonly charts: readonly Chart[];
  /** Folders of the repository that hold at least one file, at any depth. */
  readonly folders: ReadonlySet<string>;
  /** Names of the environments that the spec declares. */
  readonly environments: readonly string[];
  /** Paths that the spec excludes, or that lie in a folder for tests or examples. */
  leftOut(path: string): TrialFolder | undefined;
  /** The outermost chart whose folder holds the path. */
  chartAround(path: string): Chart | undefined;
}

/** Why a path that the spec names under `exclude` is left out. */
export const EXCLUDED = 'excluded by the spec';

/** Looks over a repository: reads every kustomization and every `Chart.yaml`, and no other content. */
export function survey(sources: Sources, exclude: readonly string[], environments: readonly string[]): Survey {
  const { files } = sources.tree;
  const charts = readCharts(sources);
  return {
    sources,
    kustomize: kustomizeGraph(sources),
    charts,
    folders: foldersOf(files),
    environments,
    leftOut: leftOutOf(files, exclude),
    chartAround: (path) => charts.find((chart) => chart.parent === undefined && chart.owns(path)),
  };
}

/** Answers for a file; what its folder says is worked out once for all files in it. */
function leftOutOf(files: readonly string[], exclude: readonly string[]): Survey['leftOut'] {
  const siblings = childFolders(files);
  const prefixes = exclude.map((prefix) => prefix.replaceAll(/^\.\/|\/$/g, ''));
  const byFolder = new Map<string, TrialFolder | undefined>();
  return (path) => {
    const prefix = prefixes.find((excluded) => isWithin(excluded, path));
    if (prefix !== undefined) return { folder: prefix, reason: EXCLUDED };
    const folder = folderOf(path);
    if (byFolder.has(folder)) return byFolder.get(folder);
    const trial = trialFolder(path, siblings);
    byFolder.set(folder, trial);
    return trial;
  };
}

function foldersOf(files: readonly string[]): ReadonlySet<string> {
  const folders = new Set<string>([ROOT]);
  let previous = '';
  for (const file of files) {
    const folder = file.slice(0, Math.max(0, file.lastIndexOf('/')));
    if (folder === previous) continue;
    previous = folder;
    for (const above of foldersAbove(file)) folders.add(above);
  }
  return folders;
}

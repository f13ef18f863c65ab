import { openTree } from '../adapters/files.ts';
import { sparedBySparse } from '../adapters/git/sparse.ts';
import { missingSubmodules } from '../adapters/git/submodules.ts';
import { emptySubmoduleGap, sparseGaps, submoduleGap } from '../adapters/walk.ts';
import type { PolicyFloors } from '../engine/params.ts';
import type { Conclusion, RunResult } from '../engine/run.ts';
import type { Gap, PlatformFacts } from '../model/platform.ts';
import type { CheckReport, CheckRow } from '../model/report.ts';
import type { FileTree } from '../model/world.ts';
import { onlyFile, type Project } from './project.ts';

export interface CheckOptions {
  /** Environment to check; by default the most production-like one. */
  readonly environment?: string;
  /** False: no renderer is started. */
  readonly render?: boolean;
  /** Which environments are rendered; by default the chosen one and those that it is compared with. */
  readonly environments?: 'all' | 'chosen';
  /** Let kustomize fetch remote bases. */
  readonly allowRemote?: boolean;
  /** Whether pinned renders may stand in for a tool that cannot run; never for a gate. */
  readonly pins?: 'fallback' | 'never';
  /** Ids of the controls to run; all by default. */
  readonly controls?: readonly string[];
  readonly floors?: PolicyFloors;
  readonly baseline?: readonly CheckRow[];
  /** Day on which inline ignores are judged, `YYYY-MM-DD`; none are honoured without it. */
  readonly today?: string;
}

/** A repository read, resolved for one environment and judged. */
export interface Checked {
  readonly report: CheckReport;
  readonly facts: PlatformFacts;
  readonly run: RunResult;
  readonly root: string;
  /** Path below the root of the spec, or of the only file that was asked about. */
  readonly file?: string;
  /** What is reported of a conclusion, each row with its place. */
  readonly rowsFor: (conclusion: Conclusion) => CheckRow[];
}

/**
 * Proves the static half of the controls on a repository. Reads files and runs renderers; runs nothing of the repository. An empty
 * folder is answered without loading what judges: there is nothing to judge.
 */
export async function checkProject(project: Project, options: CheckOptions = {}): Promise<Checked> {
  if (options.controls !== undefined) await (await import('./known-controls.ts')).demandKnown(options.controls);
  const opened = openProject(project);
  const absent = project.only === undefined ? await notCheckedOut(project.root) : [];
  const tree = absent.length === 0 ? opened : { ...opened, gaps: [...opened.gaps, ...absent] };
  if (tree.files.length === 0 && tree.gaps.length === 0 && options.environment === undefined) {
    return (await import('./nothing.ts')).nothingToCheck(project);
  }
  return (await import('./judge.ts')).judge(tree, project, options);
}

/** What git has of a folder and did not lay out in it. */
async function notCheckedOut(root: string): Promise<Gap[]> {
  return [...sparseGaps(await sparedBySparse(root)), ...missingSubmodules(root).map(emptySubmoduleGap)];
}

export function openProject(project: Project): FileTree {
  const { submodules = [], only } = project;
  const opened = openTree(project.root);
  const tree =
    submodules.length === 0 ? opened : { ...opened, gaps: [...opened.gaps, ...submodules.map(submoduleGap)] };
  return only === undefined ? tree : onlyFile(tree, only);
}

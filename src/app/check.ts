import { openTree } from '../adapters/files.ts';
import type { AnyControl } from '../model/control.ts';
import type { Location, Origin } from '../model/origin.ts';
import type { PlatformFacts } from '../model/platform.ts';
import type { CheckReport, CheckRow } from '../model/report.ts';
import type { Spec } from '../model/spec.ts';
import type { FileTree } from '../model/world.ts';
import type { Discovery } from '../engine/discover/index.ts';
import { againstBaseline } from '../engine/fingerprint.ts';
import { applyIgnores } from '../engine/ignores.ts';
import type { PolicyFloors } from '../engine/params.ts';
import { checkReport, rowsOf } from '../engine/report.ts';
import { runControls, type RunResult } from '../engine/run.ts';
import { onlyFile, type Project } from './project.ts';
import { version } from './version.ts';

export interface CheckOptions {
  /** Environment to check; by default the most production-like one. */
  readonly environment?: string;
  /** False: no renderer is started. */
  readonly render?: boolean;
  /** Let kustomize fetch remote bases. */
  readonly allowRemote?: boolean;
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
  readonly locate: (origin: Origin) => Location | undefined;
}

/** Proves the static half of the controls on a repository. Reads files and runs renderers; runs nothing of the repository. */
export async function checkProject(project: Project, options: CheckOptions = {}): Promise<Checked> {
  const tree = openProject(project);
  const { facts, owner } = await readPlatform(tree, project, options);
  const { locate } = await import('../engine/locate.ts');
  const controls = await selectControls(options.controls, facts);
  const run = runControls(facts, controls, options.floors);
  const place = (origin: Origin): Location | undefined => locate(tree, owner(origin));
  const rows = run.conclusions.flatMap((conclusion) => rowsOf(conclusion, place));
  const ignored =
    options.today === undefined
      ? rows
      : applyIgnores(rows, (path) => (tree.has(path) ? tree.text(path) : undefined), options.today);
  const judged = options.baseline === undefined ? ignored : againstBaseline(ignored, options.baseline);
  return { report: checkReport(facts, run, version, judged), facts, run, root: project.root, locate: place };
}

export function openProject(project: Project): FileTree {
  const tree = openTree(project.root);
  return project.only === undefined ? tree : onlyFile(tree, project.only);
}

/** Discovers, renders and resolves; answers the platform and the way back from rendered values to their sources. */
export async function readPlatform(
  tree: FileTree,
  project: Project,
  options: CheckOptions,
): Promise<{ facts: PlatformFacts; discovery: Discovery; spec: Spec | undefined; owner: (origin: Origin) => Origin }> {
  const [{ discover }, { resolve }, { trace }, { hostRenderers, noRenderers }, { loadHcl }] = await Promise.all([
    import('../engine/discover/index.ts'),
    import('../engine/resolve/index.ts'),
    import('../engine/trace/index.ts'),
    import('../adapters/renderers.ts'),
    import('../adapters/hcl.ts'),
  ]);
  const spec = await readSpec(tree, project);
  const renderers =
    options.render === false ? noRenderers : hostRenderers({ allowRemote: options.allowRemote === true });
  const discovery = await discover(tree, { renderers, hcl: loadHcl, exclude: spec?.exclude ?? [] });
  const facts = resolve(discovery, spec, options.environment);
  return { facts, discovery, spec, owner: (origin) => trace(tree, discovery, origin) };
}

async function readSpec(tree: FileTree, project: Project): Promise<Spec | undefined> {
  if (project.spec === undefined) return undefined;
  const [{ loadSpec }, { catalog }] = await Promise.all([
    import('../engine/load-spec.ts'),
    import('../controls/catalog.ts'),
  ]);
  return loadSpec(
    tree.text(project.spec),
    project.spec,
    catalog.map((meta) => meta.id),
  );
}

/** Nothing to look at needs no control; a repository of files that mean nothing here is told apart by its empty report. */
async function selectControls(
  ids: readonly string[] | undefined,
  facts: PlatformFacts,
): Promise<readonly AnyControl[]> {
  if (facts.files.length === 0) return [];
  const { controls } = await import('../controls/catalog.ts');
  return ids === undefined ? controls : controls.filter((control) => ids.includes(control.meta.id));
}

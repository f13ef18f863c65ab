import type { Discovery } from '../engine/discover/index.ts';
import { againstBaseline } from '../engine/fingerprint.ts';
import { applyIgnores } from '../engine/ignores.ts';
import { lessAssumed } from '../engine/less-assumed.ts';
import { checkReport, rowsOf } from '../engine/report.ts';
import { runControls, type Conclusion, type RunResult } from '../engine/run.ts';
import { strayParams, unjudgedParams } from '../engine/stray-params.ts';
import type { AnyControl } from '../model/control.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Location, Origin } from '../model/origin.ts';
import type { PlatformFacts } from '../model/platform.ts';
import type { CheckRow } from '../model/report.ts';
import type { Spec } from '../model/spec.ts';
import type { FileTree } from '../model/world.ts';
import type { CheckOptions, Checked } from './check.ts';
import type { Project } from './project.ts';
import { asLab, standsFor } from './lab-environment.ts';
import { readSpec } from './read-spec.ts';
import { version } from './version.ts';

/** Reads the platform of a tree, runs the controls on it, and places and weighs what they found. */
export async function judge(tree: FileTree, project: Project, options: CheckOptions): Promise<Checked> {
  // Loaded while the tools render.
  const catalog = tree.files.length === 0 ? undefined : import('../controls/catalog.ts');
  const { facts, spec, owner } = await readPlatform(tree, project, options);
  const [{ locate }, { declaredAt }] = await Promise.all([
    import('../engine/locate.ts'),
    import('../engine/declared-at.ts'),
  ]);
  const known = [...((await catalog)?.catalog ?? []), ...(spec?.controls ?? [])];
  const controls = await selectControls(options.controls, facts);
  const run = lessAssumed(runControls(facts, controls, options.floors), facts);
  if (project.only !== undefined) demandJudged(project.only, facts, run);
  const place = (origin: Origin): Location | undefined => locate(tree, owner(origin));
  const rowsFor = (conclusion: Conclusion): CheckRow[] => {
    const { subject, control } = conclusion;
    const declared = spec === undefined ? undefined : declaredAt(spec, project.spec ?? '', subject, control.meta);
    return rowsOf(conclusion, place, declared);
  };
  const unjudged = unjudgedParams(facts, controls, run.conclusions, options.floors);
  const rows = [...run.conclusions, ...unjudged].flatMap(rowsFor);
  const ignored =
    options.today === undefined
      ? rows
      : applyIgnores(
          rows,
          (path) => (tree.has(path) ? tree.text(path) : undefined),
          options.today,
          new Set(known.map(({ id }) => id)),
        );
  const judged = options.baseline === undefined ? ignored : againstBaseline(ignored, options.baseline, tree.has);
  const file = project.spec ?? project.only;
  const assumptions = [...facts.assumptions, ...strayParams(facts, controls)];
  return {
    report: checkReport({ ...facts, assumptions }, run, version, judged),
    facts,
    run,
    root: project.root,
    ...(file === undefined ? {} : { file }),
    rowsFor,
  };
}

/** Throws `usage` for a file that holds nothing which is judged: whoever names it takes it for a manifest. */
function demandJudged(file: string, { deployables, gaps }: PlatformFacts, { conclusions }: RunResult): void {
  if (conclusions.length + deployables.length + gaps.length > 0) return;
  throw new LaunchgateError('usage', `${file} holds nothing that is judged by itself: no object, no Terraform block`, {
    next: 'Name a manifest, or the folder that it is a part of.',
  });
}

/** Discovers, renders and resolves; answers the platform and the way back from rendered values to their sources. */
export async function readPlatform(
  tree: FileTree,
  project: Project,
  options: CheckOptions,
): Promise<{ facts: PlatformFacts; discovery: Discovery; spec: Spec | undefined; owner: (origin: Origin) => Origin }> {
  const [{ discover }, { resolve }, { trace }, { hostRenderers, noRenderers }] = await Promise.all([
    import('../engine/discover/index.ts'),
    import('../engine/resolve/index.ts'),
    import('../engine/trace/index.ts'),
    import('../adapters/renderers.ts'),
  ]);
  const spec = await readSpec(tree, project);
  const asked = standsFor(options.environment, spec);
  const renderers =
    options.render === false ? noRenderers : hostRenderers({ allowRemote: options.allowRemote === true });
  const discovery = await discover(tree, {
    renderers,
    spec,
    environment: asked,
    render: options.environments ?? 'chosen',
    pins: options.pins ?? 'fallback',
  });
  const resolved = resolve(discovery, spec, asked, project.spec);
  const facts = asked === options.environment ? resolved : asLab(resolved);
  return { facts, discovery, spec, owner: (origin) => trace(tree, discovery, origin) };
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

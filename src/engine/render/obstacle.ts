import { LaunchgateError } from '../../model/errors.ts';
import type { Deployable } from '../../model/platform.ts';
import type { Renderers } from '../../model/world.ts';
import { missingDependencies, partsOf, type Chart } from '../discover/chart.ts';
import { closureOf } from '../discover/kustomize-graph.ts';
import { isWithin } from '../discover/paths.ts';
import type { Survey } from '../discover/survey.ts';

/** Why a deployable cannot be rendered, and what mends it. */
export interface Obstacle {
  readonly ok: false;
  readonly reason: string;
  readonly fix: string;
}

/** What forbids to start a tool, found before it runs. Helm reads all of a chart's folder, Kustomize what is listed. */
export function obstacleOf(survey: Survey, deployable: Deployable, renderers: Renderers): Obstacle | undefined {
  const { tree } = survey.sources;
  if (deployable.renderer === 'helm') {
    const unlisted = tree.gaps.find((gap) => isWithin(deployable.path, gap.path));
    if (unlisted !== undefined) return { ok: false, reason: `${unlisted.path} ${unlisted.reason}`, fix: unlisted.fix };
    const chart = survey.charts.find(({ folder }) => folder === deployable.path);
    if (chart?.broken !== undefined) return { ok: false, reason: chart.broken, fix: `Correct ${chart.path}.` };
    const missing = chart === undefined ? [] : missingDependencies(survey.sources, chart);
    if (chart === undefined || missing.length === 0) return undefined;
    const circle = circleIn(survey, chart);
    if (circle.length > 0)
      return {
        ok: false,
        reason: `${circle.join(', ')} take each other in by file://, so that none can be built`,
        fix: 'Take what they share out into a chart of its own, and check again.',
      };
    return { ok: false, reason: `its charts/ folder lacks ${missing.join(', ')}`, fix: howToBuild(survey, chart) };
  }
  const [first] = closureOf(survey.kustomize, survey.sources, deployable.path).obstacles.filter(
    (obstacle) => !renderers.allowRemote || !/ needs the remote /.test(obstacle),
  );
  if (first === undefined) return undefined;
  return { ok: false, reason: first, fix: fixFor(first, deployable) };
}

/** Folders of the parts of a chart that come back to themselves. */
function circleIn({ charts }: Survey, chart: Chart): string[] {
  const comesBack = (one: Chart): boolean =>
    charts.some((other) => one.localDependencies.includes(other.folder) && partsOf(charts, other).has(one));
  return [...partsOf(charts, chart)].filter(comesBack).map(({ folder }) => folder);
}

/** Helm packs the charts that a chart takes from beside it as they are: what those lack themselves is built before. */
function howToBuild(survey: Survey, chart: Chart): string {
  const order = new Set<Chart>();
  const visited = new Set<Chart>();
  const visit = (one: Chart): void => {
    if (visited.has(one)) return;
    visited.add(one);
    for (const folder of one.localDependencies) {
      const inner = survey.charts.find((other) => other.folder === folder);
      if (inner !== undefined) visit(inner);
    }
    if (one === chart || missingDependencies(survey.sources, one).length > 0) order.add(one);
  };
  visit(chart);
  const commands = [...order].map(({ folder }) => `"helm dependency build ${folder}"`).join(', then ');
  return `Run ${commands}, and check again. A gate reads what is committed of charts/.`;
}

/** The first file that nobody could have read; the tool has other words for it: a pointer of Git LFS is to it a file without sense. */
export function unreadable(
  { sources: { tree } }: Survey,
  { renderer, path, sources }: Deployable,
): Obstacle | undefined {
  const files = renderer === 'helm' ? tree.files.filter((file) => isWithin(path, file)) : sources;
  for (const file of new Set([...sources, ...files])) {
    try {
      tree.read(file);
    } catch (error) {
      if (!(error instanceof LaunchgateError)) throw error;
      return { ok: false, reason: error.message, fix: error.next ?? 'Make the file readable.' };
    }
  }
  return undefined;
}

function fixFor(obstacle: string, { path }: Deployable): string {
  if (/ needs the remote /.test(obstacle)) return 'Allow remote bases, or vendor the base into this repository.';
  if (obstacle.endsWith('outside the repository')) return 'Check the folder that holds both.';
  if (/ needs helmCharts, /.test(obstacle))
    return `Commit the output of "kustomize build --enable-helm ${path}" elsewhere, and exclude ${path} in the spec.`;
  return 'Correct the kustomization.';
}

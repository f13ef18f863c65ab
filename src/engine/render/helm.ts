import type { Deployable, Gap } from '../../model/platform.ts';
import type { RenderOutcome, Renderers } from '../../model/world.ts';
import type { Survey } from '../discover/survey.ts';
import type { AskedApis } from './capabilities.ts';

export interface HelmRendered {
  readonly outcome: RenderOutcome;
  readonly gaps: readonly Gap[];
}

/** The Kubernetes that a chart is told of where nobody names one. Helm's own answer is that of the day it was built, 1.20 for some. */
const KUBERNETES = '1.33.0';

/**
 * Renders a chart for a cluster with the APIs that it is known to serve. Where the output would be another one if it served what else
 * the chart asks for, that is a gap: Argo CD and Flux answer the chart with what the cluster has.
 */
export async function renderHelm(
  deployable: Deployable,
  { served, open }: AskedApis,
  { sources: { tree } }: Survey,
  renderers: Renderers,
): Promise<HelmRendered> {
  const render = async (apiVersions: readonly string[]): Promise<RenderOutcome> => {
    const serving = withCluster(deployable, { apiVersions });
    const outcome = await renderers.helm(tree, withCluster(serving, { kubeVersion: KUBERNETES }));
    const isOlder =
      !outcome.ok && deployable.helm?.kubeVersion === undefined && /incompatible with Kub/.test(outcome.reason);
    return isOlder ? renderers.helm(tree, serving) : outcome;
  };
  const outcome = await render(served);
  if (!outcome.ok || open.length === 0) return { outcome, gaps: [] };
  const other = await render([...served, ...open]);
  return { outcome, gaps: other.ok && other.yaml === outcome.yaml ? [] : [openApis(deployable, open)] };
}

type Cluster = Pick<NonNullable<Deployable['helm']>, 'kubeVersion' | 'apiVersions'>;

/** With what is known of the cluster, where the application does not say it. */
function withCluster(deployable: Deployable, cluster: Cluster): Deployable {
  const helm = deployable.helm ?? { release: 'release', valuesFiles: [] };
  return { ...deployable, helm: { ...cluster, ...helm } };
}

function openApis({ id, path }: Deployable, open: readonly string[]): Gap {
  return {
    path,
    deployable: id,
    reason: `its templates render other objects where the cluster serves ${open.join(', ')}, and nothing here says whether it does`,
    fix: 'Name the APIs of the cluster under apiVersions of the environment in launchgate.yaml.',
    hides: ['kubernetes'],
  };
}

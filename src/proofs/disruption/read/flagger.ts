import { cursor, type KubeObject, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';

/** The Canary of Flagger that a workload is the target of. */
export function flaggerCanary(view: PlatformView, workload: Workload): KubeObject | undefined {
  return view.objects('Canary.flagger.app', workload.namespace).find((object) => {
    const target = cursor(object).get('spec', 'targetRef');
    return (
      target.get('name').string() === workload.name && (target.get('kind').string() ?? 'Deployment') === workload.kind
    );
  });
}

/** The labels by which Flagger tells the pods of a workload, unless its flag `selector-labels` says otherwise. */
const TELLING = ['app', 'name', 'app.kubernetes.io/name'];

/**
 * Between releases the pods that serve are those of a copy, `NAME-primary`, whose label says so too, and the target has none.
 * https://github.com/fluxcd/flagger/blob/main/pkg/canary/deployment_controller.go (`createPrimaryDeployment`)
 */
export function servingLabels(
  view: PlatformView,
  workload: Workload,
  labels: Readonly<Record<string, string>> = workload.podLabels,
): Readonly<Record<string, string>> {
  if (flaggerCanary(view, workload) === undefined) return labels;
  const selector = cursor(workload.object).get('spec', 'selector', 'matchLabels').stringMap();
  const key = TELLING.find((label) => label in selector);
  const value = key === undefined ? undefined : labels[key];
  return key === undefined || value === undefined ? labels : { ...labels, [key]: `${value}-primary` };
}

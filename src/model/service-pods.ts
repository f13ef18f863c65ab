import { cursor, type KubeObject, type Workload } from './kube.ts';
import { oncePer } from './once.ts';
import type { PlatformView } from './platform.ts';

const selectorOf = oncePer((service: KubeObject) =>
  Object.entries(cursor(service).get('spec', 'selector').stringMap()),
);

/** Whether a Service sends to the pods of a workload. One without a selector has endpoints that something else writes. */
export function selectsPods(service: KubeObject, { namespace, podLabels }: Workload): boolean {
  const selector = selectorOf(service);
  return (
    selector.length > 0 &&
    namespace === (service.namespace ?? 'default') &&
    selector.every(([key, value]) => podLabels[key] === value)
  );
}

/** The workloads to whose pods a Service sends. Class `kubernetes`. */
export function workloadsBehind(view: PlatformView, service: KubeObject): Workload[] {
  return view.workloads().filter((workload) => selectsPods(service, workload));
}

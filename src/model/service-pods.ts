/** Which Services send to the pods of which workloads, looked up by label rather than by asking each of each. */
import { cursor, type KubeObject, type Workload } from './kube.ts';
import { oncePer, oncePerPlatform } from './once.ts';
import type { PlatformView } from './platform.ts';
import { SelectorIndex } from './selector-index.ts';

const selectorOf = oncePer((service: KubeObject) => cursor(service).get('spec', 'selector').stringMap());

/** Whether a Service sends to the pods of a workload. One without a selector has endpoints that something else writes. */
export function selectsPods(service: KubeObject, { namespace, podLabels }: Workload): boolean {
  const selector = Object.entries(selectorOf(service));
  return (
    selector.length > 0 &&
    namespace === (service.namespace ?? 'default') &&
    selector.every(([key, value]) => podLabels[key] === value)
  );
}

/** The workloads to whose pods a Service sends. Class `kubernetes`. */
export function workloadsBehind(view: PlatformView, service: KubeObject): Workload[] {
  const [first] = Object.entries(selectorOf(service));
  if (first === undefined) return [];
  const candidates = workloadsByLabel(view).get(labelIn(service.namespace ?? 'default', first)) ?? [];
  return candidates.filter((workload) => selectsPods(service, workload));
}

const workloadsByLabel = oncePerPlatform((view: PlatformView): ReadonlyMap<string, readonly Workload[]> => {
  const pairs = view
    .workloads()
    .flatMap((workload) =>
      Object.entries(workload.podLabels).map((label) => ({ key: labelIn(workload.namespace, label), workload })),
    );
  return new Map(
    [...Map.groupBy(pairs, ({ key }) => key)].map(([key, those]) => [key, those.map(({ workload }) => workload)]),
  );
});

function labelIn(namespace: string, [key, value]: readonly [string, string]): string {
  return `${namespace} ${key}=${value}`;
}

const indexes = oncePerPlatform((_view: PlatformView) => new Map<string, SelectorIndex<KubeObject>>());

/** Worked out for a namespace at a time: a malformed Service of one leaves the others alone. */
function servicesIn(view: PlatformView, namespace: string): SelectorIndex<KubeObject> {
  const known = indexes(view).get(namespace);
  if (known !== undefined) return known;
  const made = new SelectorIndex(view.objects('Service', namespace), selectorOf);
  indexes(view).set(namespace, made);
  return made;
}

/** The Services of a workload's namespace whose selector, not empty, matches its pods; Knative's `Service` among them. */
export function servicesSelecting(view: PlatformView, workload: Workload): KubeObject[] {
  return servicesIn(view, workload.namespace)
    .candidates(workload.podLabels)
    .filter((service) => selectsPods(service, workload));
}

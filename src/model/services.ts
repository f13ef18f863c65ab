import { cursor, type KubeObject, type Workload } from './kube.ts';
import { oncePer, oncePerPlatform } from './once.ts';
import type { PlatformView } from './platform.ts';
import { SelectorIndex } from './selector-index.ts';

const selectorOf = oncePer((service: KubeObject) => cursor(service).get('spec', 'selector').stringMap());

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
    .filter((service) => {
      const selector = Object.entries(selectorOf(service));
      return selector.length > 0 && selector.every(([key, value]) => workload.podLabels[key] === value);
    });
}

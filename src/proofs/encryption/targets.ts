import { cursor, type KubeObject, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { workloadsBehind } from '../../model/service-pods.ts';

/** What answers at a host name inside the cluster. */
export interface Target {
  readonly service: KubeObject;
  readonly workloads: readonly Workload[];
}

/**
 * The Service that a host name means, seen from a namespace: `api`, `api.shop`, `api.shop.svc`, `api-0.api.shop.svc.cluster.local`.
 * `undefined` for names outside of the cluster, and for Services that are not in the repository.
 */
export function targetOf(view: PlatformView, host: string, namespace: string): Target | undefined {
  const labels = host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/\.svc(?:\.[a-z0-9-]+\.[a-z]+)?$/, '.svc')
    .split('.');
  const isQualified = labels.at(-1) === 'svc';
  const parts = isQualified ? labels.slice(0, -1) : labels;
  const [name, within] = parts.length === 1 ? [parts[0], namespace] : parts.slice(-2);
  return targets(view).get(`${within}/${name}`);
}

const targets = oncePerPlatform(
  (view: PlatformView): ReadonlyMap<string, Target> =>
    new Map(
      view.objects('Service').map((service) => {
        const namespace = service.namespace ?? 'default';
        return [`${namespace}/${service.name}`, { service, workloads: behind(view, service, namespace) }];
      }),
    ),
);

/** A Service without a selector has endpoints that something writes at run time: those of the workload of its name. */
function behind(view: PlatformView, service: KubeObject, namespace: string): readonly Workload[] {
  const selector = cursor(service).get('spec', 'selector').stringMap();
  if (Object.keys(selector).length > 0) return workloadsBehind(view, service);
  return view.workloads().filter((workload) => workload.namespace === namespace && workload.name === service.name);
}

/** The Services in front of a workload. */
export function servicesBefore(view: PlatformView, workload: Workload): readonly KubeObject[] {
  return before(view).get(workload) ?? [];
}

const before = oncePerPlatform((view: PlatformView): ReadonlyMap<Workload, readonly KubeObject[]> => {
  const found = new Map<Workload, KubeObject[]>();
  for (const { service, workloads } of targets(view).values())
    for (const workload of workloads) found.set(workload, [...(found.get(workload) ?? []), service]);
  return found;
});

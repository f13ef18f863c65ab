import type { Query, Subject } from '../../model/control.ts';
import type { Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { servicesAndStores, workloadsOf, workloadsOfStore } from '../../model/subjects.ts';
import { placedWorkload, type PlacedWorkload } from './pods.ts';

/** A taint that keeps a pool for some workloads, and whose pool that is. */
export interface PoolTaint {
  readonly key: string;
  readonly value?: string;
  readonly of: string;
}

export interface Placement {
  readonly workloads: readonly PlacedWorkload[];
  /** Taints that the workloads of stores, and of GPUs, name as those of the pool they are pinned to. */
  readonly taints: readonly PoolTaint[];
  /** Services that people or partners reach and that run in the namespace of this store. */
  readonly exposedNeighbours: readonly string[];
}

const EXPOSED_KINDS = ['api', 'frontend', 'gateway'];

/**
 * Services and stores. Without a spec nobody has said that stores need nodes of their own: then only services, and only
 * where something here has to do with GPUs.
 */
export function placedSubjects(view: PlatformView): Subject[] {
  if (!view.provisional) return servicesAndStores(view);
  const placed = view.workloads().map(placedWorkload);
  if (placed.every(({ gpu }) => gpu === undefined)) return [];
  return servicesAndStores(view).filter(({ kind }) => kind === 'service');
}

export function placement(subject: Subject): Query<Placement> {
  return (view) => {
    const store = subject.kind === 'store' ? view.store(subject.name) : undefined;
    const workloads = store === undefined ? workloadsOf(view, subject) : workloadsOfStore(view, store);
    const namespaces = new Set(workloads.map(({ namespace }) => namespace));
    return {
      workloads: workloads.map(placedWorkload),
      taints: [...dataTaints(view, namespaces), ...gpuTaints(view)],
      exposedNeighbours: store === undefined ? [] : exposedIn(view, namespaces, new Set(workloads)),
    };
  };
}

/** Of stores in other namespaces: what runs beside a store belongs to it (poolers, exporters, backups). */
function dataTaints(view: PlatformView, own: ReadonlySet<string>): PoolTaint[] {
  return view.spec.stores.flatMap((store) =>
    workloadsOfStore(view, store)
      .filter(({ namespace }) => !own.has(namespace))
      .flatMap((workload) => poolTaints(placedWorkload(workload), `store ${store.name}`)),
  );
}

function gpuTaints(view: PlatformView): PoolTaint[] {
  return view
    .workloads()
    .map(placedWorkload)
    .filter(({ gpu }) => gpu !== undefined)
    .flatMap((workload) => poolTaints(workload, 'GPU workloads'));
}

/** A toleration speaks of the pool when it shares the key or the value of a label the workload is pinned to. */
function poolTaints({ pins, tolerations }: PlacedWorkload, of: string): PoolTaint[] {
  return tolerations.flatMap(({ key, value }) => {
    const ofPool =
      key !== undefined &&
      pins.some((pin) => pin.key === key || (pin.value !== undefined && pin.value === value && value.length > 0));
    return ofPool ? [{ key, ...(value === undefined ? {} : { value }), of }] : [];
  });
}

function exposedIn(view: PlatformView, namespaces: ReadonlySet<string>, own: ReadonlySet<Workload>): string[] {
  return view
    .services()
    .filter(({ spec }) => EXPOSED_KINDS.includes(spec.kind ?? '') || spec.routes.some((route) => route.public))
    .filter(({ workloads }) => workloads.some((workload) => namespaces.has(workload.namespace) && !own.has(workload)))
    .map(({ name }) => name);
}

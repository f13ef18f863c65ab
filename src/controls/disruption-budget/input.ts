import type { Query, Subject } from '../../model/control.ts';
import type { Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { isLongRunning, longRunningServices, workloadsOf } from '../../model/subjects.ts';
import { readDisruption, type ReadDisruption } from '../../proofs/disruption/read/index.ts';

/** What decides about one service or store. */
export interface Disruptions {
  /** Fewest ready pods it needs, and whether somebody said so. */
  readonly quorum: number;
  readonly quorumDeclared: boolean;
  readonly workloads: readonly ReadDisruption[];
}

/** Services, and the stores that run in the cluster; what runs a store is judged as the store, not as a service too. */
export function servicesAndStores(view: PlatformView): Subject[] {
  const stores = view.spec.stores.filter((store) => storeWorkloads(view, store).length > 0);
  const inStores = new Set(stores.flatMap((store) => storeWorkloads(view, store)));
  const services = longRunningServices(view).filter((subject) => {
    const service = view.service(subject.name);
    return service?.declared === true || !workloadsOf(view, subject).every((workload) => inStores.has(workload));
  });
  return [...services, ...stores.map((store): Subject => ({ kind: 'store', name: store.name }))];
}

export function disruptions(subject: Subject): Query<Disruptions> {
  return (view) => {
    const store = subject.kind === 'store' ? view.store(subject.name) : undefined;
    const workloads = store === undefined ? workloadsOf(view, subject) : storeWorkloads(view, store);
    const running = workloads.filter(isLongRunning);
    const declared = store === undefined ? view.service(subject.name)?.spec.quorum : store.quorum;
    const quorum = declared ?? 1;
    return {
      quorum,
      quorumDeclared: declared !== undefined,
      // A quorum of several workloads together is judged on their sum; each must keep at least one pod.
      workloads: running.map((workload) => readDisruption(view, workload, running.length === 1 ? quorum : 1)),
    };
  };
}

/** By the references it gives, else the long-running workload of its name. */
function storeWorkloads(view: PlatformView, store: StoreSpec): Workload[] {
  const { workloads: references } = store;
  return view.workloads().filter((workload) => {
    if (references === undefined) return workload.name === store.name && isLongRunning(workload);
    return references.some(
      ({ kind, name, namespace }) =>
        kind === workload.kind && name === workload.name && (namespace ?? workload.namespace) === workload.namespace,
    );
  });
}

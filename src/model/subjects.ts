import type { Subject } from './control.ts';
import { LaunchgateError } from './errors.ts';
import { LONG_RUNNING_KINDS, type KubeObject, type Workload } from './kube.ts';
import type { Origin } from './origin.ts';
import type { PlatformView, Service, UnknownPods } from './platform.ts';
import type { StoreSpec, WorkloadRef } from './spec.ts';

/** It cannot be told what runs a service that is asked for. The engine turns it into `inconclusive`. */
export class UnknownWorkloads extends LaunchgateError {
  readonly origin: Origin;

  constructor({ because, origin }: UnknownPods) {
    super('input-unreadable', because);
    this.origin = origin;
  }
}

/** Services that run something here, declared or discovered, Jobs too; and those of which nobody can tell what runs them. */
export function runningServices(view: PlatformView): Subject[] {
  return view
    .services()
    .filter((service) => service.workloads.length > 0 || service.unknown !== undefined)
    .map(serviceSubject);
}

/** Services with at least one workload that is meant to run for ever: no Jobs, no CronJobs. */
export function longRunningServices(view: PlatformView): Subject[] {
  return view.services().filter(runsForEver).map(serviceSubject);
}

/** The user's own services that run for ever. What is bought in (`system`) is a dependency, and no dependent. */
export function dependentServices(view: PlatformView): Subject[] {
  return view
    .services()
    .filter((service) => service.declared && service.spec.kind !== 'system' && runsForEver(service))
    .map(serviceSubject);
}

/** Whether something of a service is meant to run for ever, or may be: of an unknown one nobody can tell. */
export function runsForEver({ workloads, unknown }: Service): boolean {
  return unknown === undefined ? workloads.some(isLongRunning) : !unknown.ends;
}

/** The workloads of a service subject; none when there is no such service. Throws {@link UnknownWorkloads}: what is not known is not none. */
export function workloadsOf(view: PlatformView, subject: Subject): readonly Workload[] {
  const service = view.service(subject.name);
  if (service?.unknown !== undefined) throw new UnknownWorkloads(service.unknown);
  return service?.workloads ?? [];
}

export function isLongRunning(workload: Workload): boolean {
  return LONG_RUNNING_KINDS.includes(workload.kind);
}

/** The environment that is being checked, for controls about the whole of it. */
export function theEnvironment(view: PlatformView): Subject[] {
  return [{ kind: 'environment', name: view.environment.name }];
}

/** The platform as a whole, for controls about people and process; there is one only where a spec describes it. */
export function thePlatform(view: PlatformView): Subject[] {
  return [{ kind: 'platform', name: view.spec.name }];
}

/** The repository itself, for controls about how it is kept. */
export function theRepository(): Subject[] {
  return [{ kind: 'repository', name: 'this' }];
}

/** Services, and the stores that run in the cluster; what runs a store is judged as the store, not as a service too. */
export function servicesAndStores(view: PlatformView): Subject[] {
  const stores = view.spec.stores.filter((store) => workloadsOfStore(view, store).length > 0);
  const inStores = new Set(stores.flatMap((store) => workloadsOfStore(view, store)));
  const services = view
    .services()
    .filter(runsForEver)
    .filter(
      ({ declared, unknown, workloads }) =>
        declared || unknown !== undefined || !workloads.every((workload) => inStores.has(workload)),
    )
    .map(serviceSubject);
  return [...services, ...stores.map((store): Subject => ({ kind: 'store', name: store.name }))];
}

/** What runs a store: by the references it gives, else the long-running workload of its name. */
export function workloadsOfStore(view: PlatformView, store: StoreSpec): Workload[] {
  const { workloads: references } = store;
  return view.workloads().filter((workload) => {
    if (references === undefined) return workload.name === store.name && isLongRunning(workload);
    return references.some((reference) => refersTo(reference, workload));
  });
}

/** Whether a reference of the spec means what makes pods: itself, or what lends it their template. */
export function refersTo(
  reference: WorkloadRef,
  named: { readonly kind: string; readonly namespace: string; readonly name: string; readonly lender?: KubeObject },
): boolean {
  const { kind, name, namespace = named.namespace } = reference;
  const isNamed = [named, named.lender].some((one) => one?.kind === kind && one.name === name);
  return isNamed && namespace === named.namespace;
}

function serviceSubject(service: Service): Subject {
  return { kind: 'service', name: service.name };
}

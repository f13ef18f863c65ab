import type { Subject } from './control.ts';
import { LONG_RUNNING_KINDS, type Workload } from './kube.ts';
import type { PlatformView, Service } from './platform.ts';

/** Services that run something here, declared or discovered. */
export function runningServices(view: PlatformView): Subject[] {
  return view
    .services()
    .filter((service) => service.workloads.length > 0)
    .map(serviceSubject);
}

/** Services with at least one workload that is meant to run for ever: no Jobs, no CronJobs. */
export function longRunningServices(view: PlatformView): Subject[] {
  return view
    .services()
    .filter((service) => service.workloads.some(isLongRunning))
    .map(serviceSubject);
}

/** The workloads of a service subject; none when the service is unknown. */
export function workloadsOf(view: PlatformView, subject: Subject): readonly Workload[] {
  return view.service(subject.name)?.workloads ?? [];
}

export function isLongRunning(workload: Workload): boolean {
  return LONG_RUNNING_KINDS.includes(workload.kind);
}

/** The environment that is being checked, for controls about the whole of it. */
export function theEnvironment(view: PlatformView): Subject[] {
  return [{ kind: 'environment', name: view.environment.name }];
}

/** The repository itself, for controls about how it is kept. */
export function theRepository(): Subject[] {
  return [{ kind: 'repository', name: 'this' }];
}

function serviceSubject(service: Service): Subject {
  return { kind: 'service', name: service.name };
}

import type { Query, Subject } from '../../model/control.ts';
import { containers, workloadName, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { servicesSelecting } from '../../model/service-pods.ts';
import { isLongRunning, workloadsOf } from '../../model/subjects.ts';
import { reachedBy } from '../../proofs/flows/index.ts';
import { portsOf, probesOf, type Port, type Probes } from '../../proofs/probes/index.ts';
import { elsewhereIn } from './elsewhere.ts';

/** What a service depends on, as far as it is said, and what its probes ask. */
export interface Shedding {
  /** Stores that its flows lead to, also through services of others (a pooler, a workflow engine). */
  readonly stores: readonly string[];
  /** Everything that its flows lead to in the same way. */
  readonly reached: readonly string[];
  /** Whether the spec has flows: without them, none leading to a store says nothing. */
  readonly flowsKnown: boolean;
  /** `criticalDependencies`; undefined where the spec does not say. */
  readonly critical?: readonly string[];
  readonly containers: readonly ProbedContainer[];
}

export interface ProbedContainer {
  readonly workload: string;
  readonly container: string;
  readonly ports: readonly Port[];
  /** A Service sends requests to the pods. */
  readonly receives: boolean;
  readonly probes: Probes;
  readonly origin: Origin;
  /** Other machines that a command of a probe asks, by probe. */
  readonly elsewhere: Readonly<Record<string, readonly string[]>>;
}

export function shedding(subject: Subject): Query<Shedding> {
  return (view) => {
    const critical = view.service(subject.name)?.spec.criticalDependencies;
    const reached = reachedBy(view, subject.name);
    return {
      reached: reached ?? [],
      stores: (reached ?? []).filter((one) => one.startsWith('store/')),
      flowsKnown: reached !== undefined,
      ...(critical !== undefined && { critical }),
      containers: workloadsOf(view, subject)
        .filter(isLongRunning)
        .flatMap((workload) => containersOf(view, workload)),
    };
  };
}

function containersOf(view: PlatformView, workload: Workload): ProbedContainer[] {
  const receives = servicesSelecting(view, workload).length > 0;
  return containers(workload)
    .filter(({ role }) => role === 'main')
    .map(({ name, at }) => {
      const probes = probesOf(at);
      return {
        workload: workloadName(workload),
        container: name,
        ports: portsOf(at),
        receives,
        probes,
        origin: at.origin,
        elsewhere: elsewhereIn(view, workload, probes),
      };
    });
}

import type { Query, Subject } from '../../model/control.ts';
import { cursor, podSpec, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isLongRunning, servicesAndStores, workloadsOf, workloadsOfStore } from '../../model/subjects.ts';
import { fewestReplicas, readPlacement, type ReadPlacement } from '../../proofs/placement/read/index.ts';

/** A workload as the engine reads it, with what a constraint of its own is written from. */
export interface Placed extends ReadPlacement {
  readonly selector: Readonly<Record<string, string>>;
  /** Constraints that it has already. */
  readonly constraints: number;
  /** Where a constraint over zones says that it may be ignored. */
  readonly soft?: { readonly origin: Origin };
  /** The selector of a constraint over zones that binds; it may miss the pods. */
  readonly strict?: { readonly origin: Origin };
  /** Where its constraints are listed. */
  readonly list: { readonly origin: Origin };
}

export interface Placements {
  readonly quorum: number;
  readonly workloads: readonly Placed[];
  readonly declared: boolean;
}

/** Services and stores; without a spec only where somebody wanted more than one pod. */
export function spreadSubjects(view: PlatformView): Subject[] {
  const subjects = servicesAndStores(view);
  if (!view.provisional) return subjects;
  return subjects.filter((subject) => runningOf(view, subject).some((workload) => isRedundant(view, workload)));
}

export function placements(subject: Subject): Query<Placements> {
  return (view) => {
    const running = runningOf(view, subject).filter((one) => !view.provisional || isRedundant(view, one));
    const store = subject.kind === 'store' ? view.store(subject.name) : undefined;
    const quorum = (store === undefined ? view.service(subject.name)?.spec.quorum : store.quorum) ?? 1;
    return {
      quorum,
      declared: !view.provisional,
      // A quorum of several workloads together is judged on their sum; each must keep at least one pod.
      workloads: running.map((workload) => placed(view, workload, running.length === 1 ? quorum : 1)),
    };
  };
}

function runningOf(view: PlatformView, subject: Subject): Workload[] {
  const store = subject.kind === 'store' ? view.store(subject.name) : undefined;
  const workloads = store === undefined ? workloadsOf(view, subject) : workloadsOfStore(view, store);
  return workloads.filter(isLongRunning);
}

function isRedundant(view: PlatformView, workload: Workload): boolean {
  return (fewestReplicas(view, workload) ?? 0) > 1;
}

function placed(view: PlatformView, workload: Workload, quorum: number): Placed {
  const list = podSpec(workload).get('topologySpreadConstraints');
  const zoned = list.items().filter((one) => one.get('topologyKey').string() === 'topology.kubernetes.io/zone');
  const soft = zoned.find(
    (one) => one.get('whenUnsatisfiable').string() === 'ScheduleAnyway' && one.get('labelSelector').exists,
  );
  const strict = zoned.find((one) => one.get('whenUnsatisfiable').string() === 'DoNotSchedule');
  return {
    ...readPlacement(view, workload, quorum),
    selector: cursor(workload.object).get('spec', 'selector', 'matchLabels').stringMap(),
    constraints: list.items().length,
    ...(soft !== undefined && { soft: { origin: soft.get('whenUnsatisfiable').origin } }),
    ...(strict !== undefined && { strict: { origin: strict.get('labelSelector').origin } }),
    list: { origin: list.origin },
  };
}

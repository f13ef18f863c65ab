import type { Query, Subject } from '../../model/control.ts';
import { workloadName } from '../../model/kube.ts';
import { isLongRunning, servicesAndStores, workloadsOf, workloadsOfStore } from '../../model/subjects.ts';
import type { PlatformView } from '../../model/platform.ts';
import { blockagesOf, type Blockage } from '../../proofs/admission/index.ts';
import {
  operatedOf,
  operatedOfStore,
  readDisruption,
  readOperated,
  unreadOfStore,
  type ReadDisruption,
  type UnreadStore,
} from '../../proofs/disruption/read/index.ts';

/** What decides about one service or store. */
export interface Disruptions {
  /** Fewest ready pods it needs, and whether somebody said so. */
  readonly quorum: number;
  readonly quorumDeclared: boolean;
  readonly workloads: readonly ReadDisruption[];
  /** Webhooks that stand in the way of a workload, by its name; absent where none does. */
  readonly blocked?: readonly Blocked[];
  /** What an operator runs of it and cannot be told; absent where all can. */
  readonly unread?: readonly UnreadStore[];
}

export interface Blocked {
  readonly workload: string;
  readonly by: Blockage;
}

/** Services and stores, those included whose pods an operator makes. */
export function drained(view: PlatformView): Subject[] {
  const running = servicesAndStores(view);
  const known = new Set(running.filter(({ kind }) => kind === 'service').map(({ name }) => name));
  const operated = view.spec.services.filter(({ name }) => !known.has(name) && operatedOf(view, name).length > 0);
  const stores = view.spec.stores.filter(
    ({ name }) =>
      !running.some((one) => one.kind === 'store' && one.name === name) &&
      operatedOfStore(view, name).length + unreadOfStore(view, name).length > 0,
  );
  return [
    ...running,
    ...operated.map(({ name }): Subject => ({ kind: 'service', name })),
    ...stores.map(({ name }): Subject => ({ kind: 'store', name })),
  ];
}

export function disruptions(subject: Subject): Query<Disruptions> {
  return (view) => {
    const store = subject.kind === 'store' ? view.store(subject.name) : undefined;
    const workloads = store === undefined ? workloadsOf(view, subject) : workloadsOfStore(view, store);
    const operated = store === undefined ? operatedOf(view, subject.name) : [];
    const running = [...workloads.filter(isLongRunning), ...operated];
    const ofOperator = store === undefined ? [] : operatedOfStore(view, store.name);
    const unread = store === undefined ? [] : unreadOfStore(view, store.name);
    const declared = store === undefined ? view.service(subject.name)?.spec.quorum : store.quorum;
    const quorum = declared ?? 1;
    const isAlone = running.length + ofOperator.length === 1;
    const each = isAlone ? quorum : 1;
    const blocked = running.flatMap((workload) =>
      blockagesOf(view, workload).map((by): Blocked => ({ workload: workloadName(workload), by })),
    );
    return {
      quorum,
      quorumDeclared: declared !== undefined,
      // A quorum of several workloads together is judged on their sum; each must keep at least one pod.
      workloads: [
        ...running.map((workload) => readDisruption(view, workload, each)),
        ...ofOperator.map((one) => readOperated(view, one, isAlone ? declared : undefined)),
      ],
      ...(blocked.length > 0 && { blocked }),
      ...(unread.length > 0 && { unread }),
    };
  };
}

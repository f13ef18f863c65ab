import type { Query, Subject } from '../../model/control.ts';
import { isLongRunning, workloadsOf, workloadsOfStore } from '../../model/subjects.ts';
import { readDisruption, type ReadDisruption } from '../../proofs/disruption/read/index.ts';

/** What decides about one service or store. */
export interface Disruptions {
  /** Fewest ready pods it needs, and whether somebody said so. */
  readonly quorum: number;
  readonly quorumDeclared: boolean;
  readonly workloads: readonly ReadDisruption[];
}

export function disruptions(subject: Subject): Query<Disruptions> {
  return (view) => {
    const store = subject.kind === 'store' ? view.store(subject.name) : undefined;
    const workloads = store === undefined ? workloadsOf(view, subject) : workloadsOfStore(view, store);
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

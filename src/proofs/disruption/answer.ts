import { quorumVerdict, type FewestByScenario, type Scenario } from './fewest.ts';
import type { ReplicaRange } from './scaling.ts';
import type { Rejection } from './validity.ts';
import type { Verdict } from './verdict.ts';

/** What can happen to a workload, decided from its manifests alone. */
export interface DisruptionAnswer {
  /** Objects that the API server refuses; nothing else is judged where there are any. */
  readonly rejected: readonly Rejection[];
  /** Absent for a DaemonSet and for a refused object. */
  readonly replicas?: ReplicaRange;
  /** Ready pods that may be evicted at once at the fewest replicas; absent where no budget limits it. */
  readonly disruptionsAllowed?: number;
  /** Can nodes be drained? */
  readonly drain: Verdict;
  /** Does a rollout finish? */
  readonly rollout: Verdict;
  /** Do a drain and a rollout at the same time both finish? */
  readonly together: Verdict;
  /** Can nodes be drained while a rollout hangs on a version that never becomes ready? */
  readonly stalled: Verdict;
  /** Can pods that never become ready be evicted? */
  readonly unready: Verdict;
  readonly fewestReady: FewestByScenario;
  /** Whether each scenario keeps the quorum ready. */
  readonly quorum: Readonly<Record<Scenario, Verdict>>;
}

/** Judges every scenario against the quorum. */
export function quorums(fewest: FewestByScenario, quorum: number, id: string): Readonly<Record<Scenario, Verdict>> {
  return {
    steady: quorumVerdict('steady', fewest, quorum, id),
    drain: quorumVerdict('drain', fewest, quorum, id),
    rollout: quorumVerdict('rollout', fewest, quorum, id),
    together: quorumVerdict('together', fewest, quorum, id),
    nodeLoss: quorumVerdict('nodeLoss', fewest, quorum, id),
  };
}

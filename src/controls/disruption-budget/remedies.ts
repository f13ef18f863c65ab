import type { Budget, Obstacle } from '../../proofs/disruption/index.ts';

export const rejectionRemedy =
  'Correct the field; until then an older version of the object, or none, is what the cluster holds.';

/** What to do about a drain that cannot finish. */
export function drainRemedy(obstacle: Obstacle, budgets: readonly Budget[]): string {
  switch (obstacle) {
    case 'budget-spent':
      if (budgets[0]?.remedy !== undefined) return budgets[0].remedy;
      return 'Set maxUnavailable: 1 instead of the present bound, and run at least one replica more than the quorum.';
    case 'budget-blind':
      return budgets.some(({ others }) => others !== undefined)
        ? 'Narrow the selector of the budget to the pods of one workload with a scale, leaving out Jobs, DaemonSets and bare pods.'
        : 'Give the budget a bound that can be computed: maxUnavailable: 1 for a scaled workload, a whole minAvailable otherwise.';
    case 'several-budgets':
      return 'Keep one budget for each pod: narrow or delete the others.';
    case 'bare-pod':
      return 'Let a Deployment or StatefulSet own the pod.';
    default:
      return 'Change the budget or the replicas so that at least one pod may be evicted.';
  }
}

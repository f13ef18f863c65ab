import { budgetStatus, disruptionsAllowed, unreadyEvictable } from './budget.ts';
import { PLACEABLE } from './drain.ts';
import { rolloutPlan, type RolloutPlan } from './fenceposts.ts';
import { boundPlace } from './places.ts';
import { afterScaling, atSize, severalBudgets, statusText, type Situation } from './situation.ts';
import { moot, no, pods, unknown, yes, type Verdict } from './verdict.ts';

/**
 * Can nodes be drained while a rollout hangs on a version that never becomes ready? The rollout has then taken away all
 * it may, so the ready pods that are left must still exceed what the budget keeps.
 */
export function stalledVerdict(situation: Situation): Verdict {
  const { workload, range, replicas, guard } = situation;
  if (range.max === 0) return moot(`${workload.id} has no pods: ${range.setBy}`);
  const plan = rolloutPlan(workload, replicas);
  if (plan.kind === 'none' || plan.kind === 'by-hand') return moot(`nothing rolls out ${workload.id}`);
  if (guard.kind === 'several') return severalBudgets(workload, guard.budgets);
  if (guard.kind === 'none')
    return yes(`nothing limits the eviction of the pods of ${workload.id}`, { replicas }, [PLACEABLE]);
  switch (plan.kind) {
    case 'rolling':
      return stalledAt(situation, replicas - plan.fenceposts.unavailable);
    case 'recreate':
      return stalledAt(situation, 0);
    case 'ordered':
      return stalledOrdered(situation, plan);
    default:
      return stalledArgo(situation);
  }
}

function stalledAt(situation: Situation, ready: number): Verdict {
  const { workload, replicas, guard, others } = situation;
  if (guard.kind !== 'one') return yes('nothing limits evictions', { replicas });
  const { budget, status } = guard;
  const healthy = ready + others.min;
  const allowed = disruptionsAllowed(status, healthy);
  const readyGo = ready === 0 || allowed > 0;
  if (readyGo && unreadyEvictable(budget, status, healthy))
    return yes(
      `with the rollout hanging, ${pods(ready)} may stay ready and ${budget.id} allows ${allowed} evictions`,
      { replicas, ready, disruptionsAllowed: allowed },
      [PLACEABLE],
    );
  const text = statusText(status, healthy);
  return no(
    'budget-spent',
    `while a rollout of ${workload.id}${atSize(situation)} hangs on a version that never becomes ready, no more than ${pods(ready)} may be ready and ${budget.id} allows no eviction: ${text}`,
    afterScaling(situation, [
      {
        action: 'a version that never becomes ready is rolled out',
        state: `the rollout takes ${replicas - ready} of ${pods(replicas)} away and waits: ${ready} ready`,
      },
      { action: `a node with a pod of ${workload.id} is drained`, state: `${budget.id}: ${text}` },
      {
        action: 'the eviction API answers 429; drain retries',
        state: 'the node stays until a person rolls the version back',
      },
    ]),
    boundPlace(budget),
  );
}

/** An evicted pod of a StatefulSet comes back at the new version (`newVersionedStatefulSetPod`), so ready pods only get fewer. */
function stalledOrdered(situation: Situation, plan: Extract<RolloutPlan, { kind: 'ordered' }>): Verdict {
  if (plan.updated === 0) return moot(`the partition of ${situation.workload.id} lets no pod be replaced`);
  const { replicas, podsPerNode } = situation;
  const ready = replicas - 1;
  const first = stalledAt(situation, ready);
  if (first.answer !== 'yes' || ready === 0) return first;
  if (podsPerNode !== undefined && guardKeeps(situation, ready - podsPerNode)) return first;
  return unknown(
    `each evicted pod of ${situation.workload.id} comes back at the version that never becomes ready, so it depends on how many share a node`,
  );
}

function guardKeeps({ guard, others }: Situation, ready: number): boolean {
  if (guard.kind !== 'one' || guard.status.state === 'blind') return false;
  return ready + others.min >= Math.max(1, guard.status.desiredHealthy);
}

function stalledArgo(situation: Situation): Verdict {
  const { workload, replicas, guard, others } = situation;
  if (guard.kind !== 'one') return yes('nothing limits evictions', { replicas });
  const withOne = budgetStatus(guard.budget, workload, { own: replicas + 1, others: others.min });
  const healthy = replicas + others.min;
  if (disruptionsAllowed(withOne, healthy) > 0)
    return unknown(`how many pods of ${workload.id} a hanging Rollout leaves ready is decided by its steps`);
  return no(
    'budget-spent',
    `one canary pod of ${workload.id} that never becomes ready uses up ${guard.budget.id}: ${statusText(withOne, healthy)}`,
    [
      {
        action: 'a version that never becomes ready is rolled out',
        state: `its ReplicaSet counts towards the scale: ${statusText(withOne, healthy)}`,
      },
      {
        action: `a node with a pod of ${workload.id} is drained`,
        state: 'the eviction API answers 429 until the Rollout is aborted',
      },
    ],
    boundPlace(guard.budget),
  );
}

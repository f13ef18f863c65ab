import { drainVerdict } from './drain.ts';
import { rolloutPlan, type RolloutPlan } from './fenceposts.ts';
import { fewestInRollout, rolloutVerdict } from './rollout.ts';
import { leftByEvictions, type Situation } from './situation.ts';
import { exactly, noLessThan, unknown, yes, type FewestReady, type Verdict } from './verdict.ts';

/**
 * Do a node drain and a rollout that are under way at the same time both finish, in whatever order their steps fall? The
 * rollout never waits for the budget. The drain may have to: a pod of the new version can stand on the drained node
 * before it is cordoned, and then only an eviction moves it.
 */
export function togetherVerdict(situation: Situation): Verdict {
  const rollout = rolloutVerdict(situation);
  if (rollout.answer !== 'yes') return rollout;
  const drain = drainVerdict(situation);
  if (drain.answer === 'no')
    return {
      ...drain,
      steps: [
        {
          action: 'a rollout puts a pod of the new version on a node, which is then drained',
          state: 'the rollout has no reason to touch that pod again',
        },
        ...drain.steps,
      ],
    };
  if (drain.answer !== 'yes') return drain;
  if (situation.room === 'fixed')
    return unknown('evicted and surged pods compete for the room that the drained node leaves');
  return yes(
    `${rollout.witness.summary}; ${drain.witness.summary}`,
    { ...rollout.witness.facts, ...drain.witness.facts },
    [...new Set([...rollout.assumes, ...drain.assumes])],
  );
}

/**
 * Fewest pods ready while nodes are drained during a rollout, each controller acting on the present state: evictions
 * stop at what the budget keeps, the rollout at its own bound, and neither goes below its own bound because of the other.
 */
export function fewestTogether(situation: Situation): FewestReady {
  const { guard, replicas, workload, range } = situation;
  if (range.min === 0) return exactly(0);
  const alone = fewestInRollout(situation);
  const left = leftByEvictions(situation);
  if (left === replicas && guard.kind !== 'none') return alone;
  if (left === 0) return exactly(0);
  const plan = rolloutPlan(workload, replicas);
  switch (plan.kind) {
    case 'ordered':
      return orderedTogether(plan, left, replicas - left, alone);
    case 'canary':
    case 'blue-green':
      return argoTogether(situation, plan);
    default:
      return { ...alone, atLeast: Math.min(alone.atLeast, left) };
  }
}

/**
 * A Parallel StatefulSet does not wait for evicted pods: clusters without MaxUnavailableStatefulSet take one more pod,
 * those with it fill up to `maxUnavailable` missing ones.
 */
function orderedTogether(
  plan: Extract<RolloutPlan, { kind: 'ordered' }>,
  left: number,
  evicted: number,
  alone: FewestReady,
): FewestReady {
  if (plan.updated === 0) return exactly(left);
  if (plan.parallel)
    return noLessThan(
      Math.min(left - Math.max(1, Math.min(plan.updated, plan.atOnce - evicted)), alone.atLeast),
      'a Parallel StatefulSet replaces pods while evicted ones are still starting, more or fewer with the MaxUnavailableStatefulSet feature',
    );
  return left <= alone.atLeast ? exactly(left) : { ...alone, atLeast: Math.min(left, alone.atLeast) };
}

/** Scale, as the budget sees a Rollout's pods, is the sum of its ReplicaSets (`getPodReplicaSet` finds them, no Deployment owns them). */
function argoTogether(situation: Situation, plan: RolloutPlan): FewestReady {
  const { replicas } = situation;
  if (plan.kind === 'blue-green')
    return noLessThan(
      leftByEvictions(situation, replicas * 2),
      'evictions may all fall on the active pods while the preview pods meet the budget',
    );
  if (plan.kind !== 'canary') return noLessThan(0, 'the plan is not known');
  // One pod beyond the surge: stable and canary counts are both rounded up (`extraReplicaAdded`).
  const largest = plan.stable === 'shrinks' ? replicas + plan.fenceposts.surge + 1 : replicas * 2;
  const below = plan.stable === 'shrinks' ? plan.fenceposts.unavailable : plan.stable === 'stays' ? 0 : replicas;
  return noLessThan(
    leftByEvictions(situation, largest) - below,
    'an Argo Rollout scales its stable version by its specified, not by its ready pods',
  );
}

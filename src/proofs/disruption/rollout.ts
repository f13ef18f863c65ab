import { rolloutPlan, type Fenceposts, type RolloutPlan } from './fenceposts.ts';
import type { Situation } from './situation.ts';
import type { DisruptedWorkload } from './types.ts';
import { exactly, moot, no, noLessThan, pods, unknown, yes, type FewestReady, type Verdict } from './verdict.ts';

const BECOMES_READY = 'pods of the new version become ready';

/**
 * Does a change of the pod template finish, when the new version becomes ready? A rolling update deletes pods itself and
 * never asks a disruption budget.
 */
export function rolloutVerdict(situation: Situation): Verdict {
  const { workload, range, replicas } = situation;
  const stopped = stoppedRollout(workload);
  if (stopped !== undefined) return stopped;
  if (range.max === 0) return moot(`${workload.id} has no pods: ${range.setBy}`);
  const plan = rolloutPlan(workload, replicas);
  switch (plan.kind) {
    case 'rolling':
      return surging(
        situation,
        plan.fenceposts.unavailable === 0 ? 1 : 0,
        rollingSummary(plan.fenceposts, replicas),
        [],
      );
    case 'recreate':
      return yes('Recreate takes every pod away before the first new one starts', { replicas }, [BECOMES_READY]);
    case 'ordered':
      return ordered(workload, plan, replicas);
    case 'canary':
      return surging(
        situation,
        plan.stable !== 'shrinks' || plan.fenceposts.unavailable === 0 ? 1 : 0,
        `a canary within +${plan.fenceposts.surge} and -${plan.fenceposts.unavailable} of ${pods(replicas)}`,
        waiting(workload),
      );
    case 'blue-green':
      return surging(
        situation,
        replicas,
        `a second set of ${pods(replicas)} stands before the switch`,
        waiting(workload),
      );
    case 'by-hand':
      return onDelete(workload);
    case 'none':
      return workload.kind === 'Job' ? moot(`${workload.id} runs to its end`) : noRollout(workload);
  }
}

/** Fewest pods ready during a rollout of a version that becomes ready, with no drain under way. */
export function fewestInRollout(situation: Situation): FewestReady {
  const { workload, range, replicas } = situation;
  if (range.min === 0) return exactly(0);
  if (stoppedRollout(workload) !== undefined) return exactly(replicas);
  const plan = rolloutPlan(workload, replicas);
  switch (plan.kind) {
    case 'rolling':
      return exactly(replicas - plan.fenceposts.unavailable);
    case 'recreate':
      return exactly(0);
    case 'ordered':
      return fewestOrdered(plan, replicas);
    case 'canary':
      return fewestCanary(plan, replicas);
    default:
      return exactly(replicas);
  }
}

/** A rollout that needs `needed` pods beyond the replicas before it can take the first old one away. */
function surging({ workload, room, replicas }: Situation, needed: number, summary: string, waits: string[]): Verdict {
  const facts = { replicas, surgeNeeded: needed };
  if (needed === 0 || (typeof room === 'number' && room >= needed))
    return yes(summary, facts, [BECOMES_READY, ...waits]);
  const extra = `${needed} more ${needed === 1 ? 'pod' : 'pods'} than the ${replicas} that run`;
  if (room === 'fixed')
    return unknown(
      `the rollout of ${workload.id} needs room for ${extra}, and the pool or quota it runs in is bounded`,
    );
  if (room === undefined)
    return yes(summary, facts, [BECOMES_READY, `quota and nodes have room for ${extra}`, ...waits]);
  return no('no-room', `the rollout of ${workload.id} needs room for ${extra}, and there is room for ${room}`, [
    {
      action: 'the rollout adds pods of the new version',
      state: `${room} of ${needed} start; the others stay Pending or are refused by the quota`,
    },
    {
      action: 'the controller waits for them before it takes an old pod away',
      state: 'the progress deadline passes, the old version still runs',
    },
  ]);
}

function rollingSummary({ surge, unavailable, forced }: Fenceposts, replicas: number): string {
  const bounds = `a rolling update within +${surge} and -${unavailable} of ${pods(replicas)}`;
  return forced ? `${bounds} (both round to 0, so one pod goes first)` : bounds;
}

function stoppedRollout(workload: DisruptedWorkload): Verdict | undefined {
  if (workload.kind !== 'Deployment' && workload.kind !== 'Rollout') return undefined;
  if (workload.paused !== true) return undefined;
  return no('paused', `${workload.id} is paused: its controller rolls nothing out`, [
    { action: 'a new version is applied', state: 'spec.paused is true; no pod is replaced' },
  ]);
}

function waiting(workload: DisruptedWorkload): string[] {
  if (workload.kind !== 'Rollout' || workload.strategy.waitsForPerson !== true) return [];
  return ['a person promotes it'];
}

function onDelete(workload: DisruptedWorkload): Verdict {
  return no(
    'on-delete',
    `${workload.id} has the strategy OnDelete: a new version waits until its pods are deleted by hand`,
    [{ action: 'a new version is applied', state: 'every pod keeps the old version' }],
  );
}

function noRollout(workload: DisruptedWorkload): Verdict {
  return no('no-rollout', `${workload.id} has no controller that replaces its pods when the template changes`, [
    { action: 'a new version is applied', state: 'the pods that run keep the old version' },
  ]);
}

type OrderedPlan = Extract<RolloutPlan, { kind: 'ordered' }>;

/** The update loop of `updateStatefulSet` in kubernetes pkg/controller/statefulset/stateful_set_control.go. */
function ordered(workload: DisruptedWorkload, plan: OrderedPlan, replicas: number): Verdict {
  const kept = replicas - plan.updated;
  if (kept > 0)
    return no('partition', `the partition of ${workload.id} keeps ${kept} of ${pods(replicas)} on the old version`, [
      {
        action: 'a new version is applied',
        state: `${plan.updated} of ${pods(replicas)} are replaced, from the highest ordinal`,
      },
      {
        action: `the controller reaches the partition at ordinal ${kept}`,
        state: `ordinals 0 to ${kept - 1} stay old`,
      },
    ]);
  return yes(
    `pods are replaced from the highest ordinal, ${plan.atOnce === 1 ? 'one' : `up to ${plan.atOnce}`} at a time`,
    { replicas },
    [BECOMES_READY],
  );
}

function fewestOrdered({ atOnce, updated }: OrderedPlan, replicas: number): FewestReady {
  if (updated === 0) return exactly(replicas);
  const down = Math.min(atOnce, updated);
  if (down === 1) return exactly(replicas - 1);
  return noLessThan(
    replicas - down,
    `maxUnavailable takes ${down} pods at once only on clusters with the MaxUnavailableStatefulSet feature, else 1`,
  );
}

/** argo-rollouts keeps `minAvailable = replicas - maxUnavailable` (`CalculateReplicaCountsForBasicCanary`); its steps decide how near it comes. */
function fewestCanary({ fenceposts, stable }: Extract<RolloutPlan, { kind: 'canary' }>, replicas: number): FewestReady {
  if (stable === 'stays') return exactly(replicas);
  if (stable === 'follows')
    return noLessThan(0, 'dynamicStableScale shrinks the stable version with the traffic it loses');
  if (fenceposts.unavailable === 0) return exactly(replicas);
  return noLessThan(
    replicas - fenceposts.unavailable,
    'the steps of the Rollout decide how many pods are missing at once',
  );
}

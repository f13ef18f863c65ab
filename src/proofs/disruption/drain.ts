import { boundOf, disruptionsAllowed } from './budget.ts';
import { afterScaling, allowedNow, scaleStep, sealedVerdict, statusText, type Situation } from './situation.ts';
import { boundPlace } from './places.ts';
import type { Budget } from './types.ts';
import { moot, no, pods, yes, type Verdict } from './verdict.ts';

export const PLACEABLE = 'the remaining nodes take the evicted pods, which become ready there';

/**
 * Can every node that holds pods of the workload be drained by evictions, all pods being ready at the start? Evictions
 * repeat until granted, one pod after another, as `kubectl drain` and the cluster autoscaler do; each evicted pod is
 * replaced on another node.
 */
export function drainVerdict(situation: Situation): Verdict {
  const { workload, range, replicas, guard } = situation;
  if (range.max === 0) return moot(`${workload.id} has no pods: ${range.setBy}`);
  if (workload.kind === 'Pod') return barePod(workload.id);
  const sealed = sealedVerdict(situation);
  if (sealed !== undefined) return sealed;
  if (guard.kind !== 'one')
    return yes(`nothing limits the eviction of the ${pods(replicas)} of ${workload.id}`, { replicas }, [PLACEABLE]);

  const allowed = allowedNow(situation, replicas);
  if (allowed === 0) return spentBudget(situation, guard.budget);
  return yes(
    `${guard.budget.id} (${boundOf(guard.budget)}) lets ${allowed} of ${pods(replicas)} go at a time`,
    { replicas, disruptionsAllowed: allowed },
    [PLACEABLE],
  );
}

function spentBudget(situation: Situation, budget: Budget): Verdict {
  const { workload, replicas, guard, others } = situation;
  const healthy = replicas + others.min;
  const status = guard.kind === 'one' ? statusText(guard.status, healthy) : '';
  const counted = others.min > 0 ? `, with ${pods(others.min)} of other workloads counted` : '';
  const [scaled] = scaleStep(situation);
  return no(
    'budget-spent',
    `at ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} (${situation.range.setBy}) ${budget.id} (${boundOf(budget)}) allows no eviction: ${status}${counted}`,
    [
      scaled ?? { action: 'every pod is ready', state: `${replicas} of ${pods(replicas)} ready; ${status}` },
      { action: `a node with a pod of ${workload.id} is drained`, state: `${budget.id}: ${status}` },
      {
        action: 'the eviction API answers 429; drain retries',
        state: 'nothing changes: the pod stays, the node is never empty',
      },
    ],
    boundPlace(budget),
  );
}

function barePod(id: string): Verdict {
  return no('bare-pod', `${id} has no controller: kubectl drain refuses it, and once evicted nothing brings it back`, [
    {
      action: `the node of ${id} is drained`,
      state: 'kubectl drain: cannot delete Pods that declare no controller (use --force)',
    },
    { action: 'drain is repeated with --force', state: `${id} is gone for good` },
  ]);
}

/**
 * Can pods that run and never become ready (a crash loop) be evicted, however many of them there are? Pods that are
 * Pending always can.
 */
export function unreadyVerdict(situation: Situation): Verdict {
  const { workload, range, replicas, guard, others } = situation;
  if (range.max === 0) return moot(`${workload.id} has no pods: ${range.setBy}`);
  if (workload.kind === 'Pod') return barePod(workload.id);
  const sealed = sealedVerdict(situation);
  if (guard.kind === 'one' && guard.budget.unhealthyPodEvictionPolicy === 'AlwaysAllow')
    return yes(`${guard.budget.id} always lets unready pods go`, { replicas });
  if (sealed !== undefined) return sealed;
  if (guard.kind !== 'one' || guard.status.state === 'blind')
    return yes(`no budget holds unready pods of ${workload.id}`, { replicas });

  const needed = Math.max(1, guard.status.desiredHealthy);
  const broken = replicas + others.min - needed + 1;
  if (broken > replicas)
    return yes(`${guard.budget.id} is met without any pod of ${workload.id}`, { replicas, desiredHealthy: needed });
  return crashLoop(situation, guard.budget, Math.max(1, broken));
}

function crashLoop(situation: Situation, budget: Budget, broken: number): Verdict {
  const { workload, replicas, guard, others } = situation;
  const healthy = replicas + others.min - broken;
  const status = guard.kind === 'one' ? guard.status : undefined;
  const text = status === undefined ? '' : statusText(status, healthy);
  const left = status === undefined ? 0 : disruptionsAllowed(status, healthy);
  return no(
    'unready-pod',
    `with ${broken} of ${pods(replicas)} running but never ready, ${budget.id} lets none of the broken ones go`,
    afterScaling(situation, [
      { action: `${broken} of ${pods(replicas)} of ${workload.id} crash-loop`, state: `${budget.id}: ${text}` },
      {
        action: 'a node with a broken pod is drained',
        state: `429: ${left} disruptions allowed, and IfHealthyBudget frees an unready pod only while the rest meet the budget`,
      },
      { action: 'drain retries', state: 'the broken pod stays until a person deletes it' },
    ]),
    boundPlace(budget),
  );
}

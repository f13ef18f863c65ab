import { quorums, type DisruptionAnswer } from './answer.ts';
import type { DaemonSetLike } from './types.ts';
import { no, noLessThan, yes, type Verdict } from './verdict.ts';

const LEFT_ALONE = 'drain leaves the pods of a DaemonSet where they are';

/** A DaemonSet runs one pod on each matching node: drains pass it by, and how many pods it has is the cluster's matter. */
export function assessDaemonSet(workload: DaemonSetLike, quorum: number): DisruptionAnswer {
  const leftAlone = yes(`${LEFT_ALONE} (kubectl drain --ignore-daemonsets, the cluster autoscaler)`, {});
  const rollout = rolloutOf(workload);
  const fewest = noLessThan(0, `${workload.id} runs one pod a node, and the number of nodes is not known`);
  const fewestReady = { steady: fewest, drain: fewest, rollout: fewest, together: fewest, nodeLoss: fewest };
  return {
    rejected: [],
    drain: leftAlone,
    rollout,
    together: rollout.answer === 'yes' ? leftAlone : rollout,
    stalled: leftAlone,
    unready: leftAlone,
    fewestReady,
    quorum: quorums(fewestReady, quorum, workload.id),
  };
}

function rolloutOf({ id, strategy }: DaemonSetLike): Verdict {
  if (strategy.type === 'RollingUpdate') {
    const { maxSurge, maxUnavailable = 1 } = strategy;
    const surges = maxSurge !== undefined && maxSurge !== 0 && maxSurge !== '0%';
    const [pods, most] = surges
      ? ['new pods start beside the old ones', maxSurge]
      : ['pods are replaced', maxUnavailable];
    const pace = most === 1 ? 'node by node' : `on ${most} ${typeof most === 'number' ? '' : 'of the '}nodes at a time`;
    return yes(`${pods} ${pace}`, {}, ['pods of the new version become ready']);
  }
  return no('on-delete', `${id} has the strategy OnDelete: a new version waits until its pods are deleted by hand`, [
    { action: 'a new version is applied', state: 'every pod keeps the old version' },
  ]);
}

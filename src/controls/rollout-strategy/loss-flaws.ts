import type { Patch } from '../../model/control.ts';
import { below } from '../../model/origin.ts';
import { rolloutLoss, wholeSetLoss, type DisruptedWorkload } from '../../proofs/disruption/index.ts';
import { CLAIM_EACH, flaw, within, type Flaw } from './flaw.ts';
import type { Rolled } from './input.ts';

/** Ready pods that a rollout takes away before new ones are ready. */
export function lossFlaw(rolled: Rolled): Flaw | undefined {
  const { workload, unknownMount } = rolled;
  if (workload.kind === 'DaemonSet') return everyNodeFlaw(rolled, workload);
  if (workload.kind === 'StatefulSet') return everyPodFlaw(rolled);
  const loss = rolloutLoss(workload);
  if (loss === undefined) return undefined;
  if (workload.kind === 'Deployment' && workload.strategy.type === 'Recreate')
    return flaw(
      rolled,
      unknownMount === undefined ? 'high' : 'medium',
      `${workload.id} has the strategy Recreate: each rollout takes ${loss.replicas === 1 ? 'its only pod' : `all ${loss.replicas} pods`} away first`,
      unknownMount === undefined
        ? SURGE
        : `${CLAIM_EACH} Surge only where two pods can mount ${unknownMount} and may write to it at once.`,
      undefined,
      within(rolled, 'spec', 'strategy', 'type'),
    );
  const message = `a rollout of ${workload.id} may take ${loss.pods} of ${loss.replicas} ready pods away before new ones are ready`;
  const field = ROLLING[workload.kind];
  const place = field && within(rolled, 'spec', ...field, 'maxUnavailable');
  const patches = unknownMount === undefined ? surgePatches(workload) : undefined;
  return flaw(rolled, 'medium', message, SURGE, patches, place);
}

/** Node by node is how a DaemonSet rolls; with all of its nodes at once it is gone until the new version is ready somewhere. */
function everyNodeFlaw(
  rolled: Rolled,
  { id, strategy }: Extract<DisruptedWorkload, { kind: 'DaemonSet' }>,
): Flaw | undefined {
  if (strategy.type !== 'RollingUpdate' || strategy.maxUnavailable !== '100%') return undefined;
  return flaw(
    rolled,
    'medium',
    `a rollout of ${id} may take its pods away on all nodes at once (maxUnavailable 100%)`,
    'Lower maxUnavailable, or set it to 0 with a maxSurge.',
    undefined,
    within(rolled, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable'),
  );
}

/** One pod at a time is how a StatefulSet rolls; all at once it is an outage, on clusters that read the field. */
function everyPodFlaw(rolled: Rolled): Flaw | undefined {
  const replicas = wholeSetLoss(rolled.workload);
  if (replicas === undefined) return undefined;
  return flaw(
    rolled,
    'medium',
    `a rollout of ${rolled.workload.id} may take all ${replicas} pods away at once: its maxUnavailable counts where the cluster has the MaxUnavailableStatefulSet feature`,
    'Lower maxUnavailable, so that a quorum stays.',
    undefined,
    within(rolled, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable'),
  );
}

/** Where each kind says how many pods may be away. */
const ROLLING: Readonly<Partial<Record<DisruptedWorkload['kind'], readonly string[]>>> = {
  Deployment: ['strategy', 'rollingUpdate'],
  Rollout: ['strategy', 'canary'],
  StatefulSet: ['updateStrategy', 'rollingUpdate'],
  DaemonSet: ['updateStrategy', 'rollingUpdate'],
};

const SURGE = 'Set maxUnavailable: 0 and a maxSurge of at least 1 in the rolling update.';

function surgePatches(workload: DisruptedWorkload): Patch[] {
  if (workload.kind !== 'Deployment' && workload.kind !== 'Rollout') return [];
  const { strategy, origin } = workload;
  if (origin === undefined || strategy.type === 'blueGreen') return [];
  const at = below(origin, 'spec', 'strategy', workload.kind === 'Deployment' ? 'rollingUpdate' : 'canary');
  const reason = `a rollout of ${workload.id} takes no ready pod away`;
  const set = (field: string, value: number): Patch => ({ op: 'set', origin: below(at, field), value, reason });
  const surges = strategy.maxSurge !== 0 && strategy.maxSurge !== '0%';
  return [set('maxUnavailable', 0), ...(surges ? [] : [set('maxSurge', 1)])];
}

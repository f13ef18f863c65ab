import type { DisruptedWorkload } from '../../proofs/disruption/index.ts';
import { assessRollout, CLAIM_EACH, flaw, within, type Flaw } from './flaw.ts';
import type { Rolled } from './input.ts';

/** With a claim that one pod or one node can mount, surging pods wait for the old ones, which wait for them. */
export function mountFlaw(rolled: Rolled): Flaw | undefined {
  const { workload, singleMount } = rolled;
  if (singleMount === undefined || workload.kind !== 'Deployment') return undefined;
  const { claim, mode } = singleMount;
  if (workload.strategy.type === 'Recreate')
    return flaw(
      rolled,
      'low',
      `${workload.id} mounts the ${mode} claim ${claim}, so every rollout is an outage: the old pod goes before the new one starts`,
      CLAIM_EACH,
      undefined,
      within(rolled, 'spec', 'strategy', 'type'),
    );
  if (!waitsForNew(workload)) return undefined;
  const certain = mode === 'ReadWriteOncePod';
  const message = `a rollout of ${workload.id} starts new pods while old ones hold the ${mode} claim ${claim}: ${certain ? 'they never start' : 'on another node they never start'}`;
  const steps = [
    { action: 'the rollout adds a pod of the new version', state: `it waits for the claim ${claim}` },
    { action: 'the old pod stays until the new one is ready', state: 'neither moves, the progress deadline passes' },
  ];
  const found = flaw(
    rolled,
    certain ? 'high' : 'medium',
    message,
    'Use the strategy Recreate, or a StatefulSet, or a claim that many nodes can mount.',
  );
  return { finding: { ...found.finding, counterExample: steps } };
}

/** Whether a rollout leaves old pods running until new ones are ready. */
function waitsForNew(workload: DisruptedWorkload): boolean {
  return assessRollout(workload).fewestReady.rollout.atLeast > 0;
}

/** A claim of unknown access modes under a rollout that has an old and a new pod mount it: it may hang. */
export function openMount({ workload, unknownMount }: Rolled): string | undefined {
  if (unknownMount === undefined || workload.kind !== 'Deployment' || workload.strategy.type === 'Recreate')
    return undefined;
  if (!waitsForNew(workload)) return undefined;
  return `whether new pods of ${workload.id} can start while old ones hold the claim ${unknownMount} depends on its access modes, and nothing here makes the claim: add the PersistentVolumeClaim to the repository`;
}

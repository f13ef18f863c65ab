import type { Patch } from '../../model/control.ts';
import { oncePer } from '../../model/once.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { Finding, Severity } from '../../model/result.ts';
import { assessDisruption, rolloutLoss, wholeSetLoss, type DisruptedWorkload } from '../../proofs/disruption/index.ts';
import type { Rolled } from './input.ts';

export interface Params {
  readonly history: number;
  readonly deadlineSeconds: number;
  readonly surgeOnly: boolean;
}

/** Something wrong with a rollout, and the change that mends it where a machine can know it. */
export interface Flaw {
  readonly finding: Finding;
  readonly patches?: readonly Patch[];
}

/** The largest number stands for "no deadline" (`HasProgressDeadline` of kubernetes deployment_util.go). */
const NO_DEADLINE = 2_147_483_647;
const DEFAULT_DEADLINE = 600;
const DEFAULT_HISTORY = 10;

/** A rollout asks no budget. */
export const assessRollout = oncePer((workload: Rolled['workload']) => assessDisruption({ workload, budgets: [] }));

export function flawsOf(rolled: Rolled, params: Params): Flaw[] {
  const { rollout, rejected } = assessRollout(rolled.workload);
  const [refused] = rejected;
  if (refused !== undefined)
    return [
      flaw(
        rolled,
        'high',
        `the API server refuses ${refused.id}: ${refused.because}`,
        'Correct the field; until then nothing is rolled out.',
        undefined,
        refused.origin,
      ),
    ];
  if (rollout.answer === 'no')
    return [
      flaw(
        rolled,
        rollout.obstacle === 'paused' ? 'high' : 'medium',
        rollout.because,
        REMEDIES[rollout.obstacle] ?? OTHERWISE,
        undefined,
        within(rolled, ...(PLACES[rollout.obstacle] ?? [])),
      ),
    ];
  return [
    mountFlaw(rolled) ?? (params.surgeOnly ? lossFlaw(rolled) : undefined),
    ...refusedFlaws(rolled),
    ...unmetFlaws(rolled),
    historyFlaw(rolled, params),
    deadlineFlaw(rolled, params),
  ].filter((found) => found !== undefined);
}

const OTHERWISE = 'Give the workload a strategy that rolls a new version out.';
const REMEDIES: Readonly<Record<string, string>> = {
  paused: 'Remove spec.paused.',
  'on-delete': 'Use the strategy RollingUpdate, or name the operator that deletes the pods in a waiver.',
  partition: 'Set the partition to 0 once the staged rollout is through.',
  'no-rollout': 'Let a Deployment or StatefulSet own the pods.',
};

/** Where an obstacle is written. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  paused: ['spec', 'paused'],
  'on-delete': ['spec', 'updateStrategy', 'type'],
  partition: ['spec', 'updateStrategy', 'rollingUpdate', 'partition'],
};

/** A place in the workload; where nothing is written there, what is around it is shown. */
function within({ workload }: Rolled, ...keys: readonly string[]): Origin | undefined {
  return workload.origin === undefined ? undefined : below(workload.origin, ...keys);
}

/** With a claim that one pod or one node can mount, surging pods wait for the old ones, which wait for them. */
function mountFlaw(rolled: Rolled): Flaw | undefined {
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

const CLAIM_EACH = 'Keep the state in a store, or use a StatefulSet whose replicas have a claim each.';

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

function refusedFlaws(rolled: Rolled): Flaw[] {
  return (rolled.refused ?? []).map(({ because, origin }) =>
    flaw(
      rolled,
      'high',
      `the API server refuses the pods of ${rolled.workload.id}: ${because}`,
      'Correct the name or the path, or add the volume.',
      undefined,
      origin,
    ),
  );
}

/** The kubelet neither makes the container nor mounts the volume, and tries again for ever. */
function unmetFlaws(rolled: Rolled): Flaw[] {
  return (rolled.unmet ?? []).map(({ configMap, key = '', keys, origin }) =>
    flaw(
      rolled,
      'high',
      `new pods of ${rolled.workload.id} never start: they ask ${configMap} for ${key}, and it has ${listed(keys)}`,
      'Add the key to the ConfigMap, correct its name, or mark the reference optional.',
      undefined,
      origin,
    ),
  );
}

const MOST_LISTED = 6;

function listed(keys: readonly string[]): string {
  const more = keys.length - MOST_LISTED;
  return `${keys.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function lossFlaw(rolled: Rolled): Flaw | undefined {
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

function historyFlaw(rolled: Rolled, { history: wanted }: Params): Flaw | undefined {
  const { workload, history } = rolled;
  if (history === undefined || history.value >= wanted) return undefined;
  const nothing = history.value === 0 ? ': there is nothing to roll back to' : '';
  const message = `${workload.id} keeps ${history.value} former ${history.value === 1 ? 'version' : 'versions'}, ${wanted} are wanted${nothing}`;
  const value = Math.max(wanted, DEFAULT_HISTORY);
  return flaw(
    rolled,
    history.value === 0 ? 'high' : 'medium',
    message,
    `Set revisionHistoryLimit to at least ${wanted}.`,
    [{ op: 'set', origin: history.origin, value, reason: `${workload.id} keeps versions to go back to` }],
    history.origin,
  );
}

function deadlineFlaw(rolled: Rolled, { deadlineSeconds }: Params): Flaw | undefined {
  const { workload } = rolled;
  if (workload.kind !== 'Deployment' && workload.kind !== 'Rollout') return undefined;
  const deadline = workload.progressDeadlineSeconds ?? DEFAULT_DEADLINE;
  if (deadline <= deadlineSeconds || workload.origin === undefined) return undefined;
  const says =
    deadline >= NO_DEADLINE
      ? 'has no progress deadline'
      : `is given ${deadline} s before a hanging rollout is reported`;
  const origin = below(workload.origin, 'spec', 'progressDeadlineSeconds');
  const value = Math.min(DEFAULT_DEADLINE, deadlineSeconds);
  const fits = value > (workload.minReadySeconds ?? 0);
  return flaw(
    rolled,
    'medium',
    `${workload.id} ${says}`,
    `Set progressDeadlineSeconds to ${deadlineSeconds} or less, above minReadySeconds.`,
    fits ? [{ op: 'set', origin, value, reason: `a rollout of ${workload.id} that hangs is reported` }] : undefined,
    origin,
  );
}

function flaw(
  { workload }: Rolled,
  severity: Severity,
  message: string,
  remediation: string,
  patches?: readonly Patch[],
  origin: Origin | undefined = workload.origin,
): Flaw {
  return {
    finding: { message, severity, remediation, ...(origin !== undefined && { origin }) },
    ...(patches !== undefined && patches.length > 0 && { patches }),
  };
}

import { below } from '../../model/origin.ts';
import { assessRollout, flaw, within, type Flaw, type Params } from './flaw.ts';
import type { Rolled } from './input.ts';
import { lossFlaw } from './loss-flaws.ts';
import { mountFlaw } from './mount-flaws.ts';

/** The largest number stands for "no deadline" (`HasProgressDeadline` of kubernetes deployment_util.go). */
const NO_DEADLINE = 2_147_483_647;
const DEFAULT_DEADLINE = 600;
const DEFAULT_HISTORY = 10;

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

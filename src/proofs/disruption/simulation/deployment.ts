import type { Budget } from '../types.ts';
import { mayEvict } from './eviction.ts';
import type { System } from './explore.ts';

/**
 * Pods of a Deployment, counted by version (`o`ld, `n`ew), readiness (`r`eady, `u`nready) and place (`H`: on a node that
 * is being drained), with the sizes its two ReplicaSets are asked to have.
 */
export interface DeploymentState {
  readonly pods: Readonly<Record<Place, number>>;
  readonly oldSize: number;
  readonly newSize: number;
}

type Place = 'orH' | 'ouH' | 'nrH' | 'nuH' | 'or' | 'ou' | 'nr' | 'nu';
const PLACES: readonly Place[] = ['orH', 'ouH', 'nrH', 'nuH', 'or', 'ou', 'nr', 'nu'];

export interface DeploymentScenario {
  readonly replicas: number;
  readonly surge: number;
  readonly unavailable: number;
  readonly recreate?: boolean;
  readonly budgets: readonly Budget[];
  /** Ready pods of other workloads under the same budget. */
  readonly others?: number;
  /** Pods that fit beyond the replicas. */
  readonly room?: number;
  readonly rollsOut: boolean;
  readonly drains: boolean;
  readonly newBecomesReady: boolean;
}

export function deploymentSystem(
  scenario: DeploymentScenario,
  starts: readonly DeploymentState[],
): System<DeploymentState> {
  return {
    starts,
    next: (state) => [
      ...podsBecomeReady(state, scenario),
      ...replicaSetsAct(state, scenario),
      ...(scenario.rollsOut ? controllerActs(state, scenario) : []),
      ...(scenario.drains ? evictions(state, scenario) : []),
    ],
    key: ({ pods, oldSize, newSize }) => [oldSize, newSize, ...PLACES.map((place) => pods[place])].join(),
    ready: ({ pods }) => pods.or + pods.orH + pods.nr + pods.nrH,
    done: (state) => (!scenario.drains || onNode(state) === 0) && (!scenario.rollsOut || rolledOut(state, scenario)),
  };
}

/** All ways in which the pods of a state can stand on the drained node. */
export function placements(state: DeploymentState): DeploymentState[] {
  const pairs = [
    ['or', 'orH'],
    ['ou', 'ouH'],
    ['nr', 'nrH'],
    ['nu', 'nuH'],
  ] as const;
  let spread: DeploymentState[] = [state];
  for (const [away, here] of pairs) {
    spread = spread.flatMap((one) =>
      Array.from({ length: one.pods[away] + 1 }, (_, moved) => ({
        ...one,
        pods: { ...one.pods, [away]: one.pods[away] - moved, [here]: moved },
      })),
    );
  }
  return spread;
}

export function settled(ready: number, unreadyNew = 0, readyNew = 0): DeploymentState {
  const pods = { orH: 0, ouH: 0, nrH: 0, nuH: 0, or: ready, ou: 0, nr: readyNew, nu: unreadyNew };
  return { pods, oldSize: ready, newSize: unreadyNew + readyNew };
}

function count({ pods }: DeploymentState, version: 'o' | 'n'): number {
  return PLACES.filter((place) => place.startsWith(version)).reduce((sum, place) => sum + pods[place], 0);
}

function readyOf({ pods }: DeploymentState, version: 'o' | 'n'): number {
  return pods[`${version}r`] + pods[`${version}rH`];
}

function onNode({ pods }: DeploymentState): number {
  return pods.orH + pods.ouH + pods.nrH + pods.nuH;
}

function rolledOut(state: DeploymentState, { replicas }: DeploymentScenario): boolean {
  return count(state, 'o') === 0 && state.newSize === replicas && readyOf(state, 'n') === replicas;
}

function move(state: DeploymentState, from: Place | undefined, to?: Place): DeploymentState {
  const pods = { ...state.pods };
  if (from !== undefined) pods[from] -= 1;
  if (to !== undefined) pods[to] += 1;
  return { ...state, pods };
}

function podsBecomeReady(state: DeploymentState, { newBecomesReady }: DeploymentScenario): DeploymentState[] {
  const steps = [
    ['ou', 'or'],
    ['ouH', 'orH'],
    ...(newBecomesReady
      ? [
          ['nu', 'nr'],
          ['nuH', 'nrH'],
        ]
      : []),
  ] as [Place, Place][];
  return steps.filter(([from]) => state.pods[from] > 0).map(([from, to]) => move(state, from, to));
}

/** A ReplicaSet makes a missing pod, never on the cordoned node. */
function replicaSetsAct(state: DeploymentState, { replicas, room }: DeploymentScenario): DeploymentState[] {
  if (room !== undefined && count(state, 'o') + count(state, 'n') >= replicas + room) return [];
  return (['o', 'n'] as const)
    .filter((version) => count(state, version) < (version === 'o' ? state.oldSize : state.newSize))
    .map((version) => move(state, undefined, `${version}u`));
}

/** A ReplicaSet with too many pods deletes one, unready ones first. */
function excess(state: DeploymentState, version: 'o'): DeploymentState[] {
  if (count(state, version) <= state.oldSize) return [];
  const unready = ([`${version}u`, `${version}uH`] as const).filter((place) => state.pods[place] > 0);
  const ready = ([`${version}r`, `${version}rH`] as const).filter((place) => state.pods[place] > 0);
  return (unready.length > 0 ? unready : ready).map((place) => move(state, place));
}

/** One pass of the Deployment controller, which takes effect at once: pods that are to go are gone with it. */
function controllerActs(state: DeploymentState, scenario: DeploymentScenario): DeploymentState[] {
  return decisions(state, scenario).flatMap(shrunk);
}

/** The states after the old ReplicaSet has deleted what it has too many, whichever ready pods it picks. */
function shrunk(state: DeploymentState): DeploymentState[] {
  const next = excess(state, 'o');
  return next.length === 0 ? [state] : next.flatMap(shrunk);
}

function decisions(state: DeploymentState, scenario: DeploymentScenario): DeploymentState[] {
  const { replicas } = scenario;
  if (scenario.recreate === true) {
    if (state.oldSize > 0) return [{ ...state, oldSize: 0 }];
    return count(state, 'o') === 0 && state.newSize < replicas ? [{ ...state, newSize: replicas }] : [];
  }
  const grown = Math.min(replicas - state.newSize, replicas + scenario.surge - state.oldSize - state.newSize);
  if (grown > 0) return [{ ...state, newSize: state.newSize + grown }];
  return scaleDownOld(state, scenario);
}

/** `reconcileOldReplicaSets`: unhealthy old pods go first, then as many as availability permits. */
function scaleDownOld(state: DeploymentState, { replicas, unavailable }: DeploymentScenario): DeploymentState[] {
  if (state.oldSize === 0) return [];
  const minAvailable = replicas - unavailable;
  const newMissing = state.newSize - readyOf(state, 'n');
  const mayGo = state.oldSize + state.newSize - minAvailable - newMissing;
  if (mayGo <= 0) return [];
  const unhealthy = Math.max(0, state.oldSize - readyOf(state, 'o'));
  const cleaned = Math.min(mayGo, unhealthy);
  const spare = readyOf(state, 'o') + readyOf(state, 'n') - minAvailable;
  const taken = Math.max(0, Math.min(spare, state.oldSize - cleaned));
  return cleaned + taken === 0 ? [] : [{ ...state, oldSize: state.oldSize - cleaned - taken }];
}

function evictions(state: DeploymentState, { budgets, replicas, others = 0 }: DeploymentScenario): DeploymentState[] {
  const healthy = readyOf(state, 'o') + readyOf(state, 'n') + others;
  return (['orH', 'ouH', 'nrH', 'nuH'] as const)
    .filter((place) => state.pods[place] > 0 && mayEvict(budgets, replicas + others, healthy, place.includes('r')))
    .map((place) => move(state, place));
}

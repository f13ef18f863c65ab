import type { Budget } from '../types.ts';
import { mayEvict } from './eviction.ts';
import type { System } from './explore.ts';

interface Ordinal {
  readonly isNew: boolean;
  readonly ready: boolean;
  /** On a node that is being drained. */
  readonly here: boolean;
}

/** One entry for each ordinal; `undefined` where the pod is gone. */
export type StatefulSetState = readonly (Ordinal | undefined)[];

export interface StatefulSetScenario {
  readonly replicas: number;
  readonly parallel: boolean;
  readonly partition?: number;
  /** Pods at once on a cluster with the MaxUnavailableStatefulSet feature; absent: a cluster without it. */
  readonly atOnce?: number;
  readonly budgets: readonly Budget[];
  readonly rollsOut: boolean;
  readonly drains: boolean;
  readonly newBecomesReady: boolean;
}

export function statefulSetSystem(
  scenario: StatefulSetScenario,
  starts: readonly StatefulSetState[],
): System<StatefulSetState> {
  const { partition = 0 } = scenario;
  return {
    starts,
    next: (state) => [
      ...becomeReady(state, scenario),
      ...controllerActs(state, scenario),
      ...(scenario.drains ? evictions(state, scenario) : []),
    ],
    key: (state) => state.map((pod) => (pod === undefined ? '-' : `${+pod.isNew}${+pod.ready}${+pod.here}`)).join(),
    ready: (state) => state.filter((pod) => pod?.ready).length,
    done: (state) =>
      (!scenario.drains || state.every((pod) => pod?.here !== true)) &&
      (!scenario.rollsOut || state.every((pod, ordinal) => pod?.ready && (pod.isNew || ordinal < partition))),
  };
}

/** Every choice of pods that stand on the drained node, at most `most` of them. */
export function ordinalPlacements(state: StatefulSetState, most = state.length): StatefulSetState[] {
  const all: StatefulSetState[] = [];
  for (let mask = 0; mask < 2 ** state.length; mask += 1) {
    const placed = state.map((pod, ordinal) => pod && { ...pod, here: (mask & (1 << ordinal)) !== 0 });
    if (placed.filter((pod) => pod?.here).length <= most) all.push(placed);
  }
  return all;
}

export function ordinals(old: number, unreadyNew = 0): StatefulSetState {
  return [
    ...Array.from({ length: old }, () => ({ isNew: false, ready: true, here: false })),
    ...Array.from({ length: unreadyNew }, () => ({ isNew: true, ready: false, here: false })),
  ];
}

function replaced(state: StatefulSetState, ordinal: number, pod: Ordinal | undefined): StatefulSetState {
  return state.map((one, index) => (index === ordinal ? pod : one));
}

function becomeReady(state: StatefulSetState, { newBecomesReady }: StatefulSetScenario): StatefulSetState[] {
  return state.flatMap((pod, ordinal) =>
    pod === undefined || pod.ready || (pod.isNew && !newBecomesReady)
      ? []
      : [replaced(state, ordinal, { ...pod, ready: true })],
  );
}

/** One pass of `updateStatefulSet`. */
function controllerActs(state: StatefulSetState, scenario: StatefulSetScenario): StatefulSetState[] {
  const { parallel, rollsOut, partition = 0 } = scenario;
  let current = state;
  for (const [ordinal, pod] of state.entries()) {
    if (pod === undefined) {
      current = replaced(current, ordinal, { isNew: rollsOut && ordinal >= partition, ready: false, here: false });
      if (!parallel) return [current];
    } else if (!pod.ready && !parallel) return [];
  }
  if (current !== state) return [current];
  return rollsOut ? updates(state, scenario) : [];
}

function updates(
  state: StatefulSetState,
  { atOnce, partition = 0, replicas }: StatefulSetScenario,
): StatefulSetState[] {
  if (atOnce === undefined) {
    for (let target = replicas - 1; target >= partition; target -= 1) {
      if (state[target]?.isNew === false) return [replaced(state, target, undefined)];
      if (state[target]?.ready !== true) return [];
    }
    return [];
  }
  let left = atOnce - state.filter((pod) => pod?.ready !== true).length;
  let current = state;
  for (let target = replicas - 1; target >= partition && left > 0; target -= 1) {
    if (state[target]?.isNew !== false) continue;
    current = replaced(current, target, undefined);
    left -= 1;
  }
  return current === state ? [] : [current];
}

function evictions(state: StatefulSetState, { budgets, replicas }: StatefulSetScenario): StatefulSetState[] {
  const healthy = state.filter((pod) => pod?.ready).length;
  return state.flatMap((pod, ordinal) =>
    pod?.here === true && mayEvict(budgets, replicas, healthy, pod.ready) ? [replaced(state, ordinal, undefined)] : [],
  );
}

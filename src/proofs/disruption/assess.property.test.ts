import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assessDisruption, type Budget, type DisruptedWorkload, type IntOrPercent, type Verdict } from './index.ts';
import {
  deploymentSystem,
  placements,
  settled,
  type DeploymentScenario,
  type DeploymentState,
} from './simulation/deployment.ts';
import { countOf } from './simulation/eviction.ts';
import { explore, type Explored, type System } from './simulation/explore.ts';
import {
  ordinalPlacements,
  ordinals,
  statefulSetSystem,
  type StatefulSetScenario,
  type StatefulSetState,
} from './simulation/statefulset.ts';

const RUNS = { numRuns: 4000 };
const EVENTS = { rollsOut: false, drains: false, newBecomesReady: true };
const explored = new Map<string, Explored>();

const percent = fc.constantFrom(
  '0%',
  '1%',
  '10%',
  '25%',
  '33%',
  '34%',
  '50%',
  '51%',
  '66%',
  '67%',
  '75%',
  '99%',
  '100%',
);
const amount = fc.oneof(fc.integer({ min: 0, max: 5 }), percent);
const policy = fc.constantFrom(undefined, 'IfHealthyBudget', 'AlwaysAllow');
const budget: fc.Arbitrary<Budget> = fc
  .tuple(fc.constantFrom('minAvailable', 'maxUnavailable', 'neither'), amount, policy)
  .map(([bound, value, unhealthyPodEvictionPolicy]) => ({
    id: 'pdb',
    ...(bound !== 'neither' && { [bound]: value }),
    ...(unhealthyPodEvictionPolicy !== undefined && { unhealthyPodEvictionPolicy }),
  }));
const budgets = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 8, arbitrary: budget.map((one) => [one]) },
  { weight: 1, arbitrary: fc.tuple(budget, budget) },
);
const isZero = (value: IntOrPercent) => value === 0 || value === '0%';
const rolling = fc
  .record({ maxSurge: amount, maxUnavailable: amount })
  .filter(({ maxSurge, maxUnavailable }) => !(isZero(maxSurge) && isZero(maxUnavailable)));
const replicas = fc.integer({ min: 1, max: 4 });

/** Exploring is slow and the small worlds repeat, so each is explored once. */
function once(name: string, facts: unknown, explorer: () => Explored): Explored {
  const key = name + JSON.stringify(facts);
  const known = explored.get(key) ?? explorer();
  explored.set(key, known);
  return known;
}

function isYes(verdict: Verdict): boolean {
  expect(['yes', 'no']).toContain(verdict.answer);
  return verdict.answer === 'yes';
}

/** Budgets that differ only in how they are written make the same small world. */
function normalized(own: readonly Budget[], total: number): unknown {
  if (own.length !== 1) return own.length;
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy }: Budget = own[0] ?? { id: '' };
  if (minAvailable === undefined && maxUnavailable === undefined) return ['neither', unhealthyPodEvictionPolicy];
  const kept =
    minAvailable === undefined
      ? Math.max(0, total - countOf(maxUnavailable ?? 0, total, 'up'))
      : countOf(minAvailable, total, 'up');
  return [kept, unhealthyPodEvictionPolicy === 'AlwaysAllow'];
}

function exploreDeployment(
  scenario: DeploymentScenario,
  starts: () => readonly DeploymentState[],
  name: string,
): Explored {
  const { budgets: own, ...rest } = scenario;
  const facts = [rest, normalized(own, scenario.replicas + (scenario.others ?? 0))];
  return once(name, facts, () => explore(deploymentSystem(scenario, starts())));
}

function exploreStatefulSet(
  scenario: StatefulSetScenario,
  starts: () => readonly StatefulSetState[],
  name: string,
): Explored {
  const { budgets: own, ...rest } = scenario;
  return once(name, [rest, normalized(own, scenario.replicas)], () => explore(statefulSetSystem(scenario, starts())));
}

/** The same resolution of surge and unavailable, worked out by counting. */
function fences(strategy: { maxSurge: IntOrPercent; maxUnavailable: IntOrPercent }, total: number) {
  const surge = countOf(strategy.maxSurge, total, 'up');
  const unavailable = countOf(strategy.maxUnavailable, total, 'down');
  return { surge, unavailable: Math.min(total, surge + unavailable === 0 ? 1 : unavailable) };
}

function deployment(total: number, strategy: object, room?: number) {
  const workload = { id: 'Deployment shop/api', kind: 'Deployment', replicas: total, strategy } as DisruptedWorkload;
  return { workload, ...(room !== undefined && { room }) };
}

/** Every state that a rollout without a drain passes through. */
function reachable<S>(system: System<S>): S[] {
  const seen = new Map<string, S>();
  const queue = [...system.starts];
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    if (seen.has(system.key(state))) continue;
    seen.set(system.key(state), state);
    queue.push(...system.next(state));
  }
  return [...seen.values()];
}

/** Every state of the rollout, with its pods on any choice of nodes. */
function midRollout(scenario: DeploymentScenario): DeploymentState[] {
  return reachable(deploymentSystem({ ...scenario, drains: false }, [settled(scenario.replicas)])).flatMap(placements);
}

describe('a Deployment, against a step-by-step simulation', () => {
  test('drains, and the fewest ready during them, agree', () => {
    fc.assert(
      fc.property(replicas, budgets, fc.integer({ min: 0, max: 3 }), (total, own, others) => {
        const shared = own.length === 1 && others > 0;
        const covered = [{ id: 'Deployment shop/web', kind: 'Deployment', min: others, max: others } as const];
        const input = {
          ...deployment(total, { type: 'RollingUpdate' }),
          budgets: shared ? own.map((one) => ({ ...one, others: covered })) : own,
        };
        const scenario = {
          ...fences({ maxSurge: '25%', maxUnavailable: '25%' }, total),
          ...EVENTS,
          replicas: total,
          budgets: own,
          drains: true,
          others: shared ? others : 0,
        };
        const world = exploreDeployment(scenario, () => placements(settled(total)), 'drain');
        const answer = assessDisruption(input);
        expect(isYes(answer.drain)).toBe(world.alwaysFinishes);
        expect(answer.fewestReady.drain).toEqual({ atLeast: world.fewestReady, exact: true });
      }),
      RUNS,
    );
  });

  test('rollouts, with any room beyond the replicas, agree', () => {
    fc.assert(
      fc.property(replicas, rolling, fc.constantFrom(undefined, 0, 1, 2), (total, strategy, room) => {
        const answer = assessDisruption({
          ...deployment(total, { type: 'RollingUpdate', ...strategy }, room),
          budgets: [],
        });
        const scenario = {
          ...fences(strategy, total),
          ...EVENTS,
          replicas: total,
          budgets: [],
          rollsOut: true,
          ...(room !== undefined && { room }),
        };
        const world = exploreDeployment(scenario, () => [settled(total)], 'rollout');
        expect(isYes(answer.rollout)).toBe(world.alwaysFinishes);
        expect(answer.fewestReady.rollout).toEqual({ atLeast: world.fewestReady, exact: true });
      }),
      RUNS,
    );
  });

  test('drains during rollouts, from every state in between, agree', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), rolling, budgets, (total, strategy, own) => {
        const answer = assessDisruption({ ...deployment(total, { type: 'RollingUpdate', ...strategy }), budgets: own });
        const { surge, unavailable } = fences(strategy, total);
        const scenario = {
          surge: Math.min(surge, total),
          unavailable,
          ...EVENTS,
          replicas: total,
          budgets: own,
          rollsOut: true,
          drains: true,
        };
        const world = exploreDeployment(scenario, () => midRollout(scenario), 'together');
        expect(isYes(answer.together)).toBe(world.alwaysFinishes);
        expect(answer.fewestReady.together).toEqual({ atLeast: world.fewestReady, exact: true });
      }),
      RUNS,
    );
  }, 120_000);

  test('drains while a rollout hangs agree', () => {
    fc.assert(
      fc.property(replicas, fc.oneof(rolling, fc.constant('Recreate' as const)), budgets, (total, strategy, own) => {
        const recreate = strategy === 'Recreate';
        const bounds = recreate ? { surge: 0, unavailable: total } : fences(strategy, total);
        const answer = assessDisruption({
          ...deployment(total, recreate ? { type: 'Recreate' } : { type: 'RollingUpdate', ...strategy }),
          budgets: own,
        });
        const ready = total - bounds.unavailable;
        const stalled = settled(ready, Math.min(total, bounds.surge + bounds.unavailable));
        const scenario = {
          ...bounds,
          ...EVENTS,
          recreate,
          replicas: total,
          budgets: own,
          rollsOut: true,
          drains: true,
          newBecomesReady: false,
        };
        // The rollout itself never ends here, so only the drain has to.
        const system = {
          ...deploymentSystem(scenario, placements(stalled)),
          done: ({ pods }: DeploymentState) => pods.orH + pods.ouH + pods.nrH + pods.nuH === 0,
        };
        const world = once('stalled', [bounds, recreate, total, normalized(own, total)], () => explore(system));
        expect(isYes(answer.stalled)).toBe(world.alwaysFinishes);
      }),
      RUNS,
    );
  });

  test('the eviction of pods that never become ready agrees, for every number of them', () => {
    fc.assert(
      fc.property(replicas, budgets, (total, own) => {
        const answer = assessDisruption({ ...deployment(total, { type: 'RollingUpdate' }), budgets: own });
        const frees = Array.from({ length: total }, (_, index) => {
          const broken = index + 1;
          const start = settled(total - broken, broken);
          const here = { ...start, pods: { ...start.pods, nu: 0, nuH: broken } };
          const scenario = {
            surge: broken,
            unavailable: 0,
            ...EVENTS,
            replicas: total,
            budgets: own,
            drains: true,
            newBecomesReady: false,
          };
          return exploreDeployment(scenario, () => [here], 'unready').alwaysFinishes;
        });
        expect(isYes(answer.unready)).toBe(frees.every(Boolean));
      }),
      RUNS,
    );
  });
});

describe('a StatefulSet, against a step-by-step simulation', () => {
  const shape = fc.record({
    total: replicas,
    parallel: fc.boolean(),
    partition: fc.constantFrom(0, 0, 0, 1, 2, 9),
    maxUnavailable: fc.constantFrom(undefined, undefined, 1, 2, '50%', '100%'),
  });

  function statefulSet({
    total,
    parallel,
    partition,
    maxUnavailable,
  }: {
    total: number;
    parallel: boolean;
    partition: number;
    maxUnavailable: IntOrPercent | undefined;
  }): DisruptedWorkload {
    return {
      id: 'StatefulSet shop/db',
      kind: 'StatefulSet',
      replicas: total,
      podManagementPolicy: parallel ? 'Parallel' : 'OrderedReady',
      strategy: { type: 'RollingUpdate', partition, ...(maxUnavailable !== undefined && { maxUnavailable }) },
    };
  }

  /** Worlds of a cluster without and with the MaxUnavailableStatefulSet feature. */
  function worlds(
    {
      total,
      parallel,
      partition,
      maxUnavailable,
    }: { total: number; parallel: boolean; partition: number; maxUnavailable: IntOrPercent | undefined },
    own: readonly Budget[],
    drains: boolean,
  ) {
    const base = { replicas: total, parallel, partition, budgets: own, ...EVENTS, rollsOut: true, drains };
    const atOnce = Math.max(1, countOf(maxUnavailable ?? 1, total, 'down'));
    const starts = (scenario: StatefulSetScenario) => () => {
      const alone = reachable(statefulSetSystem({ ...scenario, drains: false }, [ordinals(total)]));
      return drains ? alone.flatMap((state) => ordinalPlacements(state)) : alone;
    };
    return [base, { ...base, atOnce }].map((scenario) => exploreStatefulSet(scenario, starts(scenario), 'set')) as [
      Explored,
      Explored,
    ];
  }

  test('rollouts agree, and unknown is said only where clusters differ', () => {
    fc.assert(
      fc.property(shape, (set) => {
        const { rollout, fewestReady } = assessDisruption({ workload: statefulSet(set), budgets: [] });
        const [without, within] = worlds(set, [], false);
        const updatesAll = set.partition === 0;
        expect(isYes(rollout)).toBe(updatesAll && without.alwaysFinishes && within.alwaysFinishes);
        expect(fewestReady.rollout.atLeast).toBe(Math.min(without.fewestReady, within.fewestReady));
        expect(fewestReady.rollout.exact).toBe(without.fewestReady === within.fewestReady);
      }),
      RUNS,
    );
  });

  test('drains during rollouts agree, and the lower bound is reached on some cluster', () => {
    fc.assert(
      fc.property(shape, budgets, (set, own) => {
        const { together, fewestReady } = assessDisruption({ workload: statefulSet(set), budgets: own });
        const [without, within] = worlds(set, own, true);
        const lowest = Math.min(without.fewestReady, within.fewestReady);
        if (set.partition === 0) expect(isYes(together)).toBe(without.alwaysFinishes && within.alwaysFinishes);
        if (fewestReady.together.exact)
          expect([without.fewestReady, within.fewestReady]).toEqual([
            fewestReady.together.atLeast,
            fewestReady.together.atLeast,
          ]);
        else expect(fewestReady.together.atLeast).toBeLessThanOrEqual(lowest);
        if (set.partition === 0) expect(fewestReady.together.atLeast).toBe(lowest);
      }),
      RUNS,
    );
  }, 120_000);

  test('drains while a rollout hangs agree where the answer is known', () => {
    fc.assert(
      fc.property(shape, budgets, fc.integer({ min: 1, max: 4 }), (set, own, podsPerNode) => {
        const { stalled } = assessDisruption({
          workload: statefulSet({ ...set, partition: 0, maxUnavailable: undefined }),
          budgets: own,
          podsPerNode,
        });
        if (stalled.answer === 'unknown') return;
        const { total, parallel } = set;
        const starts = ordinalPlacements(ordinals(total - 1, 1), podsPerNode);
        const scenario = {
          replicas: total,
          parallel,
          budgets: own,
          rollsOut: true,
          drains: true,
          newBecomesReady: false,
        };
        const system = {
          ...statefulSetSystem(scenario, starts),
          done: (state: StatefulSetState) => state.every((pod) => pod?.here !== true),
        };
        const world = once('stalledSet', [parallel, total, podsPerNode, normalized(own, total)], () => explore(system));
        expect(isYes(stalled)).toBe(world.alwaysFinishes);
      }),
      RUNS,
    );
  });
});

describe('over a range of replicas', () => {
  test('the fewest replicas are the worst case', () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(range, rolling, budgets, ([min, more], strategy, own) => {
        const at = (total: number) =>
          assessDisruption({ ...deployment(total, { type: 'RollingUpdate', ...strategy }), budgets: own });
        const fewest = at(min);
        const later = at(min + more);
        for (const question of ['drain', 'rollout', 'together'] as const)
          if (fewest[question].answer === 'yes') expect(later[question].answer).toBe('yes');
        for (const scenario of ['drain', 'rollout', 'together'] as const)
          expect(later.fewestReady[scenario].atLeast).toBeGreaterThanOrEqual(fewest.fewestReady[scenario].atLeast);
      }),
      RUNS,
    );
  });
});

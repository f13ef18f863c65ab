import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assessDisruption, type Budget, type DisruptedWorkload, type IntOrPercent } from './index.ts';
import { countOf } from './simulation/eviction.ts';
import { explore, type Explored } from './simulation/explore.ts';
import {
  ordinalPlacements,
  ordinals,
  statefulSetSystem,
  type StatefulSetScenario,
  type StatefulSetState,
} from './simulation/statefulset.ts';
import { budgets, EVENTS, isYes, normalized, once, reachable, replicas, RUNS } from './simulation/worlds.ts';

function exploreStatefulSet(
  scenario: StatefulSetScenario,
  starts: () => readonly StatefulSetState[],
  name: string,
): Explored {
  const { budgets: own, ...rest } = scenario;
  return once(name, [rest, normalized(own, scenario.replicas)], () => explore(statefulSetSystem(scenario, starts())));
}

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

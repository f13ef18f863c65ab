import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assessDisruption, type IntOrPercent } from './index.ts';
import {
  deploymentSystem,
  placements,
  settled,
  type DeploymentScenario,
  type DeploymentState,
} from './simulation/deployment.ts';
import { countOf } from './simulation/eviction.ts';
import { explore, type Explored } from './simulation/explore.ts';
import {
  beside,
  budgets,
  deployment,
  EVENTS,
  isYes,
  normalized,
  once,
  reachable,
  replicas,
  rolling,
  RUNS,
  sharedWith,
} from './simulation/worlds.ts';

function exploreDeployment(
  scenario: DeploymentScenario,
  starts: () => readonly DeploymentState[],
  name: string,
): Explored {
  const { budgets: own, ...rest } = scenario;
  const facts = [rest, normalized(own, scenario.replicas + (scenario.others ?? 0))];
  return once(name, facts, () => explore(deploymentSystem(scenario, starts())));
}

/** The same resolution of surge and unavailable, worked out by counting. */
function fences(strategy: { maxSurge: IntOrPercent; maxUnavailable: IntOrPercent }, total: number) {
  const surge = countOf(strategy.maxSurge, total, 'up');
  const unavailable = countOf(strategy.maxUnavailable, total, 'down');
  return { surge, unavailable: Math.min(total, surge + unavailable === 0 ? 1 : unavailable) };
}

/** Every state of the rollout, with its pods on any choice of nodes. */
function midRollout(scenario: DeploymentScenario): DeploymentState[] {
  return reachable(deploymentSystem({ ...scenario, drains: false }, [settled(scenario.replicas)])).flatMap(placements);
}

describe('a Deployment, against a step-by-step simulation', () => {
  test('drains, and the fewest ready during them, agree', () => {
    fc.assert(
      fc.property(replicas, budgets, beside, (total, own, others) => {
        const input = { ...deployment(total, { type: 'RollingUpdate' }), budgets: sharedWith(own, others) };
        const scenario = {
          ...fences({ maxSurge: '25%', maxUnavailable: '25%' }, total),
          ...EVENTS,
          replicas: total,
          budgets: own,
          drains: true,
          others: own.length === 1 ? others : 0,
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
      fc.property(fc.integer({ min: 1, max: 3 }), rolling, budgets, beside, (total, strategy, own, others) => {
        const answer = assessDisruption({
          ...deployment(total, { type: 'RollingUpdate', ...strategy }),
          budgets: sharedWith(own, others),
        });
        const { surge, unavailable } = fences(strategy, total);
        const scenario = {
          surge: Math.min(surge, total),
          unavailable,
          ...EVENTS,
          replicas: total,
          budgets: own,
          rollsOut: true,
          drains: true,
          others: own.length === 1 ? others : 0,
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
      fc.property(
        replicas,
        fc.oneof(rolling, fc.constant('Recreate' as const)),
        budgets,
        beside,
        (total, strategy, own, others) => {
          const recreate = strategy === 'Recreate';
          const bounds = recreate ? { surge: 0, unavailable: total } : fences(strategy, total);
          const answer = assessDisruption({
            ...deployment(total, recreate ? { type: 'Recreate' } : { type: 'RollingUpdate', ...strategy }),
            budgets: sharedWith(own, others),
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
            others: own.length === 1 ? others : 0,
          };
          // The rollout itself never ends here, so only the drain has to.
          const system = {
            ...deploymentSystem(scenario, placements(stalled)),
            done: ({ pods }: DeploymentState) => pods.orH + pods.ouH + pods.nrH + pods.nuH === 0,
          };
          const world = once(
            'stalled',
            [bounds, recreate, total, scenario.others, normalized(own, total + scenario.others)],
            () => explore(system),
          );
          expect(isYes(answer.stalled)).toBe(world.alwaysFinishes);
        },
      ),
      RUNS,
    );
  });

  test('the eviction of pods that never become ready agrees, for every number of them', () => {
    fc.assert(
      fc.property(replicas, budgets, beside, (total, own, others) => {
        const answer = assessDisruption({
          ...deployment(total, { type: 'RollingUpdate' }),
          budgets: sharedWith(own, others),
        });
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
            others: own.length === 1 ? others : 0,
          };
          return exploreDeployment(scenario, () => [here], 'unready').alwaysFinishes;
        });
        expect(isYes(answer.unready)).toBe(frees.every(Boolean));
      }),
      RUNS,
    );
  });
});

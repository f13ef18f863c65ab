import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { worstPlacement } from './adversary.ts';
import { mostIn, runnable } from './bounds.ts';
import { assessPlacement } from './index.ts';
import { everyDrainFindsRoom, explorePlacements, type World } from './simulation.ts';
import type { Bond, PlacementInput, Spread } from './types.ts';

const topology = fc.constantFrom('zone' as const, 'node' as const);
const spread: fc.Arbitrary<Spread> = fc.record({
  topology,
  maxSkew: fc.integer({ min: 1, max: 3 }),
  minDomains: fc.integer({ min: 1, max: 4 }),
  taintsHonored: fc.boolean(),
});
const bond: fc.Arbitrary<Bond> = fc.record({ topology, perVersion: fc.constant(false) });
const rules = fc.record({
  spread: fc.array(spread, { maxLength: 2 }),
  apart: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: bond.map((one) => [one]) }),
});
const world: fc.Arbitrary<World> = fc.record({
  zones: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 4 }),
  pods: fc.integer({ min: 1, max: 5 }),
  rules,
});
/** As many nodes in each zone, so that the engine's model of the cluster is the cluster. */
const evenWorld: fc.Arbitrary<World> = fc
  .record({ count: fc.integer({ min: 1, max: 4 }), each: fc.constant(4), pods: fc.integer({ min: 1, max: 4 }), spread })
  .map(({ count, each, pods, spread: one }) => ({
    zones: Array<number>(count).fill(each),
    pods,
    rules: { spread: [{ ...one, topology: 'zone' as const }], apart: [] },
  }));

describe('the bounds', () => {
  test('hold in every placement that the scheduler can make', () => {
    fc.assert(
      fc.property(world, (one) => {
        const truth = explorePlacements(one);
        const input = inputOf(one);
        expect(truth.mostRunning).toBeLessThanOrEqual(runnable(input));
        expect(truth.mostInZone).toBeLessThanOrEqual(mostIn(input, 'zone'));
        expect(truth.mostOnNode).toBeLessThanOrEqual(mostIn(input, 'node'));
      }),
      { numRuns: 4000 },
    );
  });

  test('are reached where zones alone are spread over', () => {
    fc.assert(
      fc.property(evenWorld, (one) => {
        const truth = explorePlacements(one);
        const input = inputOf(one);
        expect(runnable(input)).toBe(truth.mostRunning);
        expect(mostIn(input, 'zone')).toBe(truth.mostInZone);
        expect(worstPlacement(input, 'zone')?.perZone[0]).toBe(truth.mostInZone);
      }),
      { numRuns: 300 },
    );
  });

  test('without the number of zones, hold for every number', () => {
    fc.assert(
      fc.property(world, (one) => {
        const blind = { ...inputOf(one), zones: { min: 1, source: 'unknown' }, nodes: { min: 1, source: 'unknown' } };
        const truth = explorePlacements(one);
        expect(truth.mostInZone).toBeLessThanOrEqual(mostIn(blind, 'zone'));
        expect(truth.mostOnNode).toBeLessThanOrEqual(mostIn(blind, 'node'));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the verdicts', () => {
  test('are those of the explored placements wherever they are given', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 4 }), (one, quorum) => {
        const truth = explorePlacements(one);
        const { zoneLoss, nodeLoss } = assessPlacement({ ...inputOf(one), quorum });
        if (truth.mostRunning < one.pods) return;
        if (zoneLoss.answer === 'yes') expect(truth.mostRunning - truth.mostInZone).toBeGreaterThanOrEqual(quorum);
        if (nodeLoss.answer === 'yes') expect(truth.mostRunning - truth.mostOnNode).toBeGreaterThanOrEqual(quorum);
      }),
      { numRuns: 4000 },
    );
  });

  test('refute only what a placement refutes', () => {
    fc.assert(
      fc.property(evenWorld, fc.integer({ min: 1, max: 4 }), (one, quorum) => {
        const truth = explorePlacements(one);
        const { zoneLoss } = assessPlacement({ ...inputOf(one), quorum });
        expect(zoneLoss.answer).toBe(truth.mostRunning - truth.mostInZone >= quorum ? 'yes' : 'no');
      }),
      { numRuns: 300 },
    );
  });
});

/** One rule over nodes, which is what decides about room. */
const nodeWorld: fc.Arbitrary<World> = fc
  .record({
    nodes: fc.integer({ min: 2, max: 5 }),
    pods: fc.integer({ min: 1, max: 5 }),
    rule: fc.oneof(
      spread.map((one) => ({ spread: [{ ...one, topology: 'node' as const }], apart: [] })),
      fc.constant({ spread: [], apart: [{ topology: 'node' as const, perVersion: false }] }),
    ),
  })
  .map(({ nodes, pods, rule }) => ({ zones: [nodes], pods, rules: rule }));

test('a drain finds room exactly where it does in every placement', () => {
  fc.assert(
    fc.property(nodeWorld, (one) => {
      const { drainRoom, running } = assessPlacement(inputOf(one));
      if (running < one.pods) return;
      expect(drainRoom.answer).toBe(everyDrainFindsRoom(one) ? 'yes' : 'no');
    }),
    { numRuns: 1000 },
  );
});

function inputOf({ zones, pods, rules: { spread: spreads, apart } }: World): PlacementInput {
  const nodes = zones.reduce((sum, count) => sum + count, 0);
  return {
    id: 'Deployment shop/api',
    replicas: pods,
    setBy: 'spec.replicas',
    rules: { spread: spreads, apart, together: [], wishes: [] },
    zones: { min: zones.length, max: zones.length, source: 'the test' },
    nodes: { min: nodes, max: nodes, source: 'the test' },
    volumes: { kind: 'none' },
    surges: true,
    quorum: 1,
  };
}

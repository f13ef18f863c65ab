import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitPods, takes } from './fit.ts';
import type { SizedPool, PodDemand } from './types.ts';

const room = (cpu: number, memory: number, pods = 10) => ({ cpu, memory, gpus: 0, pods });
const pool = (name: string): fc.Arbitrary<SizedPool> =>
  fc.record({
    name: fc.constant(name),
    source: fc.constant('test'),
    min: fc.constant(0),
    max: fc.integer({ min: 1, max: 2 }),
    node: fc.record({
      cpu: fc.integer({ min: 2, max: 8 }),
      memory: fc.integer({ min: 2, max: 8 }),
      gpus: fc.constant(0),
      pods: fc.integer({ min: 1, max: 4 }),
    }),
    labels: fc.constant({ pool: name }),
    taints: fc.constantFrom([], [{ key: 'dedicated', value: name, effect: 'NoSchedule' }]),
  });
const demand: fc.Arbitrary<PodDemand> = fc.record({
  id: fc.constantFrom('Deployment shop/a', 'Deployment shop/b'),
  pods: fc.integer({ min: 0, max: 2 }),
  everyNode: fc.boolean(),
  each: fc.record({
    cpu: fc.integer({ min: 0, max: 5 }),
    memory: fc.integer({ min: 0, max: 5 }),
    gpus: fc.constant(0),
    pods: fc.constant(1),
  }),
  nodeSelector: fc.constantFrom<Record<string, string>>({}, { pool: 'a' }),
  tolerations: fc.constantFrom(
    [],
    [{ operator: 'Exists', value: '' }],
    [{ key: 'dedicated', operator: 'Equal', value: 'b' }],
  ),
});
const cases = fc.record({ pools: fc.tuple(pool('a'), pool('b')), demands: fc.array(demand, { maxLength: 4 }) });

/** Tries every assignment of pods to nodes. */
function canBePlaced(pools: readonly SizedPool[], demands: readonly PodDemand[]): boolean {
  const nodes = pools.flatMap((one) =>
    Array.from({ length: one.max }, () => ({ pool: one, left: { ...room(0, 0), ...one.node } })),
  );
  for (const node of nodes)
    for (const { everyNode, each, ...rest } of demands)
      if (everyNode && takes(node.pool, { everyNode, each, ...rest })) {
        node.left.cpu -= each.cpu;
        node.left.memory -= each.memory;
        node.left.pods -= each.pods;
      }
  const pods = demands.flatMap((one) => (one.everyNode ? [] : Array.from({ length: one.pods }, () => one)));
  const place = (index: number): boolean => {
    const pod = pods[index];
    if (pod === undefined) return true;
    return nodes.some((node) => {
      const { left } = node;
      if (!takes(node.pool, pod) || pod.each.cpu > left.cpu || pod.each.memory > left.memory || left.pods < 1)
        return false;
      node.left = { ...left, cpu: left.cpu - pod.each.cpu, memory: left.memory - pod.each.memory, pods: left.pods - 1 };
      const placed = place(index + 1);
      node.left = left;
      return placed;
    });
  };
  return place(0);
}

describe('the fit of pods into nodes', () => {
  test('is claimed only where some assignment exists, and denied only where none does', () => {
    const seen = { fits: 0, short: 0, unknown: 0 };
    fc.assert(
      fc.property(cases, ({ pools, demands }) => {
        const { answer } = fitPods(pools, demands);
        seen[answer] += 1;
        if (answer === 'fits') expect(canBePlaced(pools, demands)).toBe(true);
        if (answer === 'short') expect(canBePlaced(pools, demands)).toBe(false);
      }),
      { numRuns: 5000 },
    );
    expect(Math.min(seen.fits, seen.short)).toBeGreaterThan(500);
  });

  test('needs no fewer nodes than its lower bound says', () => {
    fc.assert(
      fc.property(cases, ({ pools, demands }) => {
        const fit = fitPods(pools, demands);
        if (fit.answer !== 'fits') return;
        for (const { atLeast, enough } of fit.pools) expect(atLeast).toBeLessThanOrEqual(enough);
      }),
      { numRuns: 2000 },
    );
  });
});

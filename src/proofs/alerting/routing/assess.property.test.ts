import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyConfig, everyLabels } from './configs.testkit.ts';
import { deadRoutes } from './dead.ts';
import { explore } from './explore.ts';
import { EVERY_ALERT, ValueSpace, is } from './labels.ts';
import { Patterns } from './matcher.ts';
import { allMatchers, readConfig } from './read/config.ts';
import { matchingRoutes, routeLabels } from './route.ts';
import type { Route, RoutingConfig } from './types.ts';

/** The symbolic answers against routing one concrete alert after another. */
function read(config: unknown): RoutingConfig {
  const result = readConfig(config, { path: 'a.yml' }, 'classic');
  if ('refused' in result) throw new Error(result.refused.because);
  return result.value;
}

const ids = (routes: readonly Route[]): string => routes.map(({ id }) => id).join(' ');
const everyAlert = everyLabels();

describe('an alert whose labels are not known', () => {
  test('goes every way that some alert goes, and each way is shown by one', () => {
    fc.assert(
      fc.property(anyConfig, (generated) => {
        const { root, ...rest } = read(generated);
        const patterns = new Patterns();
        const space = new ValueSpace(allMatchers({ root, ...rest }), patterns);
        const { outcomes, complete } = explore(space.of(EVERY_ALERT), (ask) => matchingRoutes(root, ask));
        for (const { result, witness, proven } of outcomes) {
          expect(proven).toBe(true);
          expect(ids(routeLabels(root, witness, patterns))).toBe(ids(result));
        }
        if (!complete) return;
        const ways = new Set(outcomes.map(({ result }) => ids(result)));
        const missed = everyAlert.filter((labels) => !ways.has(ids(routeLabels(root, labels, patterns))));
        expect(missed).toEqual([]);
      }),
      { numRuns: 400, seed: 7 },
    );
  });

  test('a known label narrows the ways to those of alerts that have it', () => {
    fc.assert(
      fc.property(anyConfig, fc.constantFrom('P0', 'sre', ''), (generated, value) => {
        const config = read(generated);
        const patterns = new Patterns();
        const space = new ValueSpace(allMatchers(config), patterns);
        const labels = { known: { severity: is(value) }, others: 'anything' } as const;
        const { outcomes } = explore(space.of(labels), (ask) => matchingRoutes(config.root, ask));
        const ways = new Set(outcomes.map(({ result }) => ids(result)));
        for (const one of everyAlert.filter(({ severity }) => (severity ?? '') === value))
          expect(ways).toContain(ids(routeLabels(config.root, one, patterns)));
        for (const { result, witness } of outcomes)
          expect(ids(routeLabels(config.root, { ...witness, severity: value }, patterns))).toBe(ids(result));
      }),
      { numRuns: 500, seed: 8 },
    );
  });
});

test('a dead route is taken by no alert, and every other one by some', () => {
  let dead = 0;
  fc.assert(
    fc.property(anyConfig, (generated) => {
      const config = read(generated);
      const patterns = new Patterns();
      const space = new ValueSpace(allMatchers(config), patterns);
      const found = deadRoutes(config.root, space).map(({ route }) => route.id);
      dead += found.length;
      const { outcomes, complete } = explore(space.of(EVERY_ALERT), (ask) => matchingRoutes(config.root, ask));
      if (!complete) return;
      const taken = outcomes.flatMap(({ result }) => result.map(({ id }) => id));
      const walked = (id: string): boolean => taken.some((one) => one === id || one.startsWith(`${id}.`));
      const buried = (id: string): boolean => found.some((one) => id === one || id.startsWith(`${one}.`));
      for (const id of idsBelow(config.root)) expect(walked(id), id).toBe(!buried(id));
    }),
    { numRuns: 1000, seed: 9 },
  );
  expect(dead).toBeGreaterThan(300);
});

function idsBelow(route: Route): string[] {
  return route.routes.flatMap((child) => [child.id, ...idsBelow(child)]);
}

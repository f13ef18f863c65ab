import { expect, it } from 'vitest';
import { readBranchRules } from './read.ts';

function ruleset(conditions: unknown, more: Record<string, unknown> = {}) {
  const data = { name: 'r', target: 'branch', enforcement: 'active', conditions, rules: [], ...more };
  return readBranchRules([{ class: 'github-ruleset', path: 'r.json', data, origin: { path: 'r.json' } }], 'main')[0];
}

it.each([
  [['~DEFAULT_BRANCH'], [], true],
  [['~ALL'], [], true],
  [['~ALL'], ['refs/heads/main'], false],
  [['refs/heads/m*'], [], true],
  [['refs/heads/ma?n'], [], true],
  [['refs/heads/release/**'], [], false],
  [['refs/*'], [], false],
  [['refs/**/*'], [], true],
  [[], [], false],
])('include %j, exclude %j', (include, exclude, expected) => {
  expect(ruleset({ ref_name: { include, exclude } })?.onDefault).toBe(expected);
});

it('leaves rulesets for tags out, and tells a hidden bypass list from an empty one', () => {
  expect(ruleset({}, { target: 'tag' })).toBeUndefined();
  expect(ruleset({})?.bypass).toBeUndefined();
  expect(ruleset({}, { bypass_actors: [] })?.bypass).toEqual([]);
});

it('matches hostile patterns at once', () => {
  ruleset({ ref_name: { include: ['*'.repeat(20_000), '**/'.repeat(5_000), '*a'.repeat(10_000)] } });
});

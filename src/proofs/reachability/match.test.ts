import { describe, expect, it } from 'vitest';
import { matches } from './match.ts';

const expression = (key: string, operator: string, values: string[] = []) => ({
  matchLabels: {},
  matchExpressions: [{ key, operator, values }],
});

describe('matches', () => {
  const known = { labels: { app: 'web' }, complete: false, otherKeys: ['version'] };

  it.each([
    ['a key that is known', { matchLabels: { app: 'web' }, matchExpressions: [] }, 2],
    ['a key that may be there', { matchLabels: { version: '1' }, matchExpressions: [] }, 1],
    ['a key that cannot be there', { matchLabels: { tier: 'front' }, matchExpressions: [] }, 0],
    ['the absence of a key that may be there', expression('version', 'DoesNotExist'), 1],
    ['the absence of a key that cannot be there', expression('tier', 'DoesNotExist'), 2],
    ['none of the values of a key that cannot be there', expression('tier', 'NotIn', ['front']), 2],
  ] as const)('answers for %s', (_, selector, expected) => {
    expect(matches(selector, known)).toBe(expected);
  });

  it('takes any key as possible where none are listed', () => {
    expect(
      matches({ matchLabels: { tier: 'front' }, matchExpressions: [] }, { labels: { app: 'web' }, complete: false }),
    ).toBe(1);
  });
});

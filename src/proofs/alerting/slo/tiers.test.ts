import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectionTime, soonest } from './detection.ts';
import { budgetOf, tiersOf } from './tiers.ts';

const DAY = 86_400;
const factors = (objective: number, days: number): number[] =>
  tiersOf(objective, days * DAY).map(({ factor }) => factor);

describe('tiers', () => {
  it.each([
    [30, [14.4, 6, 3, 1]],
    [28, [13.44, 5.6, 2.8, 0.933333333333]],
    [7, [13.44, 3.5, 1.4, 0.98]],
  ])('of %d days are those of Sloth', (days, expected) => {
    expect(factors(99.9, days)).toEqual(expected);
  });

  it('are lowered together where the quickest could never fire', () => {
    const tiers = tiersOf(90, 30 * DAY);
    expect(tiers.map(({ factor }) => factor)).toEqual([5, 2.08, 1.04, 1]);
    expect(tiers[0]?.retiered).toEqual({ from: 14.4, because: '14.4 x 0.1 = 1.44, and no error ratio is above 1' });
    expect(soonest(tiers, 1, { scrape: 30, evaluation: 30 })).toBe(31 * 60);
  });

  it('are left alone while a total outage is still above them', () => {
    expect(factors(93.1, 30)).toEqual([14.4, 6, 3, 1]);
  });

  it('can fire, in order, at every objective and period', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 99.9999, noNaN: true }),
        fc.integer({ min: 1, max: 365 }),
        (objective, days) => {
          const tiers = tiersOf(objective, days * DAY);
          for (const [index, tier] of tiers.entries()) {
            expect(tier.threshold).toBeLessThan(1);
            expect(tier.factor).toBeGreaterThanOrEqual(0.9);
            expect(tier.factor).toBeLessThanOrEqual(tiers[index - 1]?.factor ?? Infinity);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('have budgets without the noise of binary fractions', () => {
    expect([99.9, 99.95, 99.99, 99.999, 99, 97.3].map(budgetOf)).toEqual([0.001, 0.0005, 0.0001, 0.00001, 0.01, 0.027]);
  });
});

describe('detection time', () => {
  const [quick] = tiersOf(99.9, 30 * DAY);
  it('is long window x factor x budget / error ratio, and what the machinery adds', () => {
    if (quick === undefined) throw new Error('no tier');
    expect(detectionTime(quick, 1, { scrape: 30, evaluation: 30, hold: 120 })).toBeCloseTo(3600 * 0.0144 + 180, 6);
    expect(detectionTime(quick, 0.1, { scrape: 0, evaluation: 0 })).toBeCloseTo(518.4, 6);
    expect(detectionTime(quick, 0.0144, { scrape: 0, evaluation: 0 })).toBeUndefined();
  });
});

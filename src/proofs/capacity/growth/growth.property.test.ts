import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditionOf } from './condition.ts';
import { fillingOf, leadDays } from './timeline.ts';

const labels = { namespace: 'shop', persistentvolumeclaim: 'data-orders-0' };
const metrics = /^kubelet_volume_stats_/;
const GiB = 1024 ** 3;
const volumes = fc
  .record({
    capacity: fc.integer({ min: 10, max: 2000 }),
    share: fc.double({ min: 0, max: 0.9, noNaN: true }),
    days: fc.integer({ min: 20, max: 2000 }),
  })
  .map(({ capacity, share, days }) => {
    const room = capacity * GiB;
    const size = room * share;
    return { room, growth: { size, perDay: (room - size) / days }, days };
  });

function lead(
  expression: string,
  { room, growth }: { room: number; growth: { size: number; perDay: number } },
  held = 0,
): number | undefined {
  const holds = conditionOf(expression, labels, metrics);
  return holds === undefined ? undefined : leadDays(growth, { room, capacity: room }, holds, held);
}

/** The answer may be too small by one of the 4,000 moments. */
function expectNear(found: number | undefined, exact: number, days: number): void {
  expect(found).toBeLessThanOrEqual(exact + 1e-6);
  expect(found).toBeGreaterThanOrEqual(exact - days / 4000 - 1e-6);
}

describe('the days that an alert leaves', () => {
  test('are the horizon of predict_linear, less the time it must hold', () => {
    fc.assert(
      fc.property(volumes, fc.integer({ min: 1, max: 10 }), (volume, horizon) => {
        const expression = `predict_linear(kubelet_volume_stats_available_bytes{namespace=~"shop|other"}[6h], ${horizon} * 86400) < 0`;
        expectNear(lead(expression, volume, 3600), horizon - 1 / 24, volume.days);
      }),
      { numRuns: 300 },
    );
  });

  test('are what is left at the ratio, over the growth of a day, however the ratio is written', () => {
    fc.assert(
      fc.property(volumes, fc.integer({ min: 1, max: 50 }), (volume, percent) => {
        const exact = Math.min(volume.days, ((percent / 100) * volume.room) / volume.growth.perDay);
        for (const expression of [
          `kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < ${percent / 100}`,
          `100 * sum by (persistentvolumeclaim) (kubelet_volume_stats_used_bytes) / sum by (persistentvolumeclaim) (kubelet_volume_stats_capacity_bytes) > ${100 - percent}`,
          `kubelet_volume_stats_capacity_bytes - kubelet_volume_stats_used_bytes < ${percent} * kubelet_volume_stats_capacity_bytes / 100`,
        ])
          expectNear(lead(expression, volume), exact, volume.days);
      }),
      { numRuns: 200 },
    );
  });

  test('are the fewer of two conditions that must both hold, and the more of two of which one must', () => {
    const early = 'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.3';
    const late = 'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.1';
    fc.assert(
      fc.property(volumes, (volume) => {
        expect(lead(`${early} and ${late}`, volume)).toBe(lead(late, volume));
        expect(lead(`${early} or ${late}`, volume)).toBe(lead(early, volume));
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ['another namespace', 'kubelet_volume_stats_available_bytes{namespace="payments"} < 1e9'],
    ['another claim', 'kubelet_volume_stats_available_bytes{persistentvolumeclaim!~"data-orders-.*"} < 1e9'],
    ['another metric', 'sum(rate(http_requests_total[5m])) > 10'],
    ['a count', 'count(kubelet_volume_stats_available_bytes) < 3'],
    ['what does not parse', 'kubelet_volume_stats_available_bytes <'],
    [
      'a pattern that JavaScript would chew on for ever',
      'kubelet_volume_stats_available_bytes{namespace=~"(s+)+h"} < 1e9',
    ],
  ])('are none for %s', (_what, expression) => {
    expect(lead(expression, { room: 100 * GiB, growth: { size: GiB, perDay: GiB } })).toBeUndefined();
  });
});

describe('the day when a volume is full', () => {
  test('comes no later when more is added each day, and no sooner in a larger volume', () => {
    fc.assert(
      fc.property(volumes, fc.integer({ min: 1, max: 100 }), ({ room, growth }, more) => {
        const days = (filling: ReturnType<typeof fillingOf>): number =>
          filling.answer === 'in' ? filling.days : Number.POSITIVE_INFINITY;
        const now = days(fillingOf(growth, { value: room, from: '' }));
        expect(
          days(fillingOf({ ...growth, perDay: growth.perDay + more }, { value: room, from: '' })),
        ).toBeLessThanOrEqual(now);
        expect(days(fillingOf(growth, { value: room + more, from: '' }))).toBeGreaterThanOrEqual(now);
      }),
    );
  });
});

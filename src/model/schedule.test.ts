import { describe, expect, it } from 'vitest';
import { longestPause } from './schedule.ts';

describe('longestPause', () => {
  it.each([
    ['*/5 * * * *', 300],
    ['0 */6 * * *', 21_600],
    ['0 2 * * *', 86_400],
    ['0 2 * * 1-5', 3 * 86_400],
    ['*/5 9-17 * * 1-5', (24 - 18 + 9 + 48) * 3600 + 300],
    ['0 0 1 * *', 31 * 86_400],
    ['@daily', 86_400],
    ['@every 6h', 21_600],
    ['CRON_TZ=Europe/Berlin 0 2 * * *', 86_400],
    // 2100 is no leap year.
    ['0 3 29 2 *', (8 * 365 + 1) * 86_400],
    ['continuous', 0],
  ])('%s: %d s', (schedule, expected) => {
    expect(longestPause(schedule)).toBe(expected);
  });

  it.each(['', 'nightly', '60 * * * *', '* * *', '@every soon', '0 0 31 2 *'])(
    '%s is no schedule that runs',
    (schedule) => {
      expect(longestPause(schedule)).toBeUndefined();
    },
  );
});

import { expect, test } from 'vitest';
import { backoff, endingOf } from './closes.ts';

test('pauses grow, are spread, and have an end', () => {
  expect([0, 1, 6, 60].map((failures) => backoff(failures, () => 1))).toEqual([500, 1000, 30_000, 30_000]);
  expect(backoff(3, () => 0)).toBe(0);
  expect(endingOf(1012, () => 0.5)).toEqual({ action: 'resume', pauseMs: 1000 });
  expect(endingOf(1006, () => 0)).toEqual({ action: 'resume', pauseMs: 'backoff' });
});

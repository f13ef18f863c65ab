import { expect, test } from 'vitest';
import { GradientLimit } from './limit.ts';

/** A server that answers `capacity` requests at once in 10 ms each, and lets the others wait; `offered` want in at any time. */
function simulate(
  limit: GradientLimit,
  capacity: number,
  { windows, offered = Infinity, from = 0 }: { windows: number; offered?: number; from?: number },
): number {
  let now = from;
  for (let window = 0; window < windows; window++)
    for (let sample = 0; sample < 20; sample++) {
      const inFlight = Math.min(limit.value, offered);
      limit.sample(10 * Math.max(1, inFlight / capacity), inFlight, (now += 50));
    }
  return now;
}

/** It has seen how fast an answer is when nobody waits. */
function warmedUp(initialLimit: number, capacity: number): { limit: GradientLimit; from: number } {
  const limit = new GradientLimit({ initialLimit });
  return { limit, from: simulate(limit, capacity, { windows: 60, offered: 4 }) };
}

test.each([40, 200])('grows to the capacity of a server of %i, and not without bound', (capacity) => {
  const { limit, from } = warmedUp(10, capacity);
  simulate(limit, capacity, { windows: 120, from });
  expect(limit.value).toBeGreaterThan(capacity * 0.9);
  expect(limit.value).toBeLessThan(capacity * 5);
});

test.each([40, 200])('comes down to the capacity of a server of %i within half a minute', (capacity) => {
  const { limit, from } = warmedUp(1_000, capacity);
  simulate(limit, capacity, { windows: 30, from });
  expect(limit.value).toBeGreaterThan(capacity * 0.9);
  expect(limit.value).toBeLessThan(capacity * 3);
});

test('goes down when the server loses most of its capacity, and up again when that is back', () => {
  const limit = new GradientLimit({ initialLimit: 100 });
  let now = simulate(limit, 200, { windows: 120 });
  const before = limit.value;
  now = simulate(limit, 20, { windows: 20, from: now });
  expect(limit.value).toBeLessThan(before / 3);
  simulate(limit, 200, { windows: 120, from: now });
  expect(limit.value).toBeGreaterThan(150);
});

test('does not grow where nobody comes near it, and stays between its bounds', () => {
  const idle = new GradientLimit({ initialLimit: 50 });
  simulate(idle, 1_000, { windows: 100, offered: 5 });
  expect(idle.value).toBe(50);
  const bounded = new GradientLimit({ initialLimit: 50, maxLimit: 60 });
  simulate(bounded, 1_000, { windows: 100 });
  expect(bounded.value).toBe(60);
  expect(() => new GradientLimit({ minLimit: 0 })).toThrow('expected 1 <= min');
});

test.each([NaN, Infinity, -Infinity])('an answer that took %s is none, and the limit goes on as it was', (latency) => {
  const { limit, from } = warmedUp(100, 40);
  for (let sample = 1; sample <= 30; sample++) limit.sample(latency, limit.value, from + sample * 50);
  const now = simulate(limit, 40, { windows: 30, from: from + 1500 });
  expect(limit.value).toBeGreaterThan(36);
  expect(limit.value).toBeLessThan(120);
  expect(now).toBeGreaterThan(from);
});

test('answers that take no time at all leave a limit that is one', () => {
  const limit = new GradientLimit({ initialLimit: 50 });
  for (let sample = 1; sample <= 400; sample++) limit.sample(0, limit.value, sample * 50);
  expect(limit.value).toBeGreaterThanOrEqual(50);
  expect(limit.value).toBeLessThanOrEqual(1000);
});

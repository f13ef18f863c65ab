import { expect, test } from 'vitest';
import { recorder } from './record.ts';

test('nothing recorded is no latency, rather than a good one', () => {
  const { latency, answered } = recorder(0).progress(1000, 0, true);
  expect(answered).toBe(0);
  expect(Object.values(latency).every(Number.isNaN)).toBe(true);
});

test('timeouts count with their length, other errors do not', () => {
  const record = recorder(0);
  record.failed('refused', 1);
  record.failed('timeout', 5000);
  const { latency, errors } = record.progress(1000, 2, true);
  expect(latency.p50).toBeCloseTo(5000, -1);
  expect(errors).toEqual({ refused: 1, timeout: 1 });
});

test('one entry of the curve for each second, also for those without an answer', () => {
  const record = recorder(0);
  record.answered(200, 5);
  record.answered(503, 5);
  const first = record.progress(1000, 2, false).curve;
  const none = record.progress(1900, 2, false).curve;
  record.answered(200, 9);
  const rest = record.progress(3100, 3, true).curve;
  expect(first).toMatchObject([{ at: 0, answered: 2, failed: 1 }]);
  expect(first[0]!.p50).toBeCloseTo(5, 1);
  expect(none).toEqual([]);
  expect(rest.map(({ at, answered }) => [at, answered])).toEqual([
    [1, 1],
    [2, 0],
  ]);
});

test('saturated: more than one in a hundred left late though a connection was free', () => {
  const record = recorder(0);
  for (let request = 0; request < 99; request++) record.left(1, false);
  record.left(30, false);
  expect(record.progress(1000, 100, false).saturated).toBe(false);
  record.left(30, false);
  expect(record.progress(2000, 101, false)).toMatchObject({ saturated: true, latestMs: 30 });
});

test('waiting for a connection is not the generator, as long as it has time to read answers', async () => {
  const record = recorder(0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (let request = 0; request < 10; request++) record.left(0, true);
  expect(record.progress(1000, 10, false).saturated).toBe(false);
});

test('it is the generator when it had none', () => {
  const record = recorder(0);
  record.progress(250, 0, false);
  for (const until = performance.now() + 100; performance.now() < until;);
  for (let request = 0; request < 10; request++) record.left(0, true);
  expect(record.progress(1000, 10, false).saturated).toBe(true);
});

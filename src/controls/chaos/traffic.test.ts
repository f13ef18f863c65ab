import { expect, test } from 'vitest';
import { CannotTell } from '../../model/drill/drill.ts';
import type { LoadReport } from '../../model/drill/load.ts';
import { answersOf } from './traffic.ts';

function report(change: Partial<LoadReport>): LoadReport {
  return {
    startedAt: 0,
    seconds: 2,
    due: 20,
    sent: 20,
    answered: 20,
    statuses: { '200': 20 },
    errors: {},
    latency: { p50: 10, p90: 20, p99: 30, p999: 40, max: 50 },
    curve: [],
    saturated: false,
    latestMs: 0,
    ...change,
  };
}

test('an answer, a refusal and neither are told apart', () => {
  const statuses = { '200': 10, '204': 2, '302': 3, '503': 4, '500': 1, '502': 2 };
  expect(answersOf(report({ statuses, errors: { reset: 1 } }))).toEqual({
    sent: 20,
    served: 12,
    refused: 4,
    broken: 7,
    kinds: '503 x 4, 302 x 3, 500 x 1, 502 x 2, reset x 1',
    medianMs: 10,
    longestMs: 50,
  });
});

test('a load that shows nothing is said to', () => {
  expect(() => answersOf(report({ statuses: { '200': 19, '429': 1 } }))).toThrow(CannotTell);
  expect(() => answersOf(report({ sent: 0 }))).toThrow('no request was sent');
  expect(() => answersOf(report({ saturated: true, latestMs: 1500 }))).toThrow('late by up to 1500 ms');
  // What is judged are seconds.
  expect(answersOf(report({ saturated: true, latestMs: 200 })).served).toBe(20);
});

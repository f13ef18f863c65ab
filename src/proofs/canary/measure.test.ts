import { describe, expect, test } from 'vitest';
import { decide, type Answer } from './expr-eval.ts';
import { parseCondition } from './expr-parse.ts';
import { conclude, measure, type Judgement } from './measure.ts';
import { podsAtWeight } from './weights.ts';

describe('decide', () => {
  test.each<[string, Answer, string]>([
    ['result[0] <= 0.01', [0.005], 'true'],
    ['result[0] <= 0.01', [0.5], 'false'],
    ['result[0] <= 0.01', [Number.NaN], 'false'],
    ['result[0] <= 0.01', [], 'error'],
    ['!(result[0] > 0.01)', [Number.NaN], 'true'],
    ['len(result) == 0 || result[0] < 0.05', [], 'true'],
    ['len(result) > 0 && !isNaN(result[0]) && result[0] <= 0.01', [Number.NaN], 'false'],
    ['isNaN(result[0]) or result[0] < 0.05', [Number.NaN], 'true'],
    ['all(result, # < 0.05)', [], 'true'],
    ['all(result, {# < 0.05})', [0.1], 'false'],
    ['any(result, {# > 0.9}) and len(result) > 0', [0.95], 'true'],
    ['default(result, 0) < 0.05', null, 'true'],
    ['result < 0.05', null, 'error'],
    ['isNil(result) ? false : result < 5', null, 'false'],
    ['result.ok && result.measurement.errors == 0', { ok: true, measurement: { errors: 0 } }, 'true'],
    ['result?.data?.rate ?? 1 < 0.5', { data: null }, 'false'],
    ['asFloat(result) >= 0.95', '0.97', 'true'],
    ['result not in ["a", "b"]', 'c', 'true'],
    ['result[0] - 1 <= 2 ** 3 / 4', [3], 'true'],
    ['result[0]', [1], 'error'],
    ['result[0] < {{args.limit}}', [1], 'unknown'],
    ['result matches "^ok"', 'ok', 'unknown'],
    ['result[0] <', [1], 'unknown'],
  ])('%s of %j: %s', (condition, answer, truth) => {
    expect(decide(parseCondition(condition), answer)).toBe(truth);
  });
});

const limits = { failureLimit: 0, inconclusiveLimit: 0, errorLimit: 4, count: 5 };
const good = 'result[0] <= 0.01';

describe('measure and conclude', () => {
  test.each<[string, Judgement, Answer, string]>([
    ['success alone fails on NaN', { ...limits, successCondition: good }, [Number.NaN], 'Failed'],
    ['and errs on nothing', { ...limits, successCondition: good }, [], 'Error'],
    ['failure alone passes NaN', { ...limits, failureCondition: 'result[0] > 0.01' }, [Number.NaN], 'Successful'],
    [
      'both are open on NaN',
      { ...limits, successCondition: good, failureCondition: 'result[0] > 0.01' },
      [Number.NaN],
      'Inconclusive',
    ],
    [
      'a limit above the count bears it all',
      { ...limits, inconclusiveLimit: 5, successCondition: good, failureCondition: 'result[0] > 0.01' },
      [Number.NaN],
      'Successful',
    ],
    ['so does a failure limit', { ...limits, failureLimit: 5, successCondition: good }, [1], 'Successful'],
    ['no condition passes anything', limits, [1], 'Successful'],
    ['errors never reach the count', { ...limits, errorLimit: 1_000_000, successCondition: good }, [], 'Running'],
  ])('%s', (_name, judgement, answer, concluded) => {
    expect(conclude(judgement, measure(judgement, answer))).toBe(concluded);
  });

  test('a background run that is ended before its limit is passed is a success', () => {
    const { count: _count, ...endless } = limits;
    const judgement = { ...endless, successCondition: good };
    expect(conclude(judgement, 'Error', 4)).toBe('Successful');
    expect(conclude(judgement, 'Error', 5)).toBe('Error');
    expect(conclude(judgement, 'Failed', 1)).toBe('Failed');
    expect(conclude(judgement, 'Failed')).toBe('Failed');
    expect(conclude(judgement, 'Successful')).toBe('Running');
  });
});

/** The first eight are from the table in argo-rollouts utils/replicaset/canary_test.go; the others follow its code by hand. */
test.each([
  [10, 0, 1, 0, 10],
  [10, 1, 1, 1, 10],
  [10, 18, 1, 2, 9],
  [10, 20, 1, 2, 8],
  [10, 23, 1, 2, 8],
  [10, 24, 1, 3, 8],
  [10, 99, 1, 10, 1],
  [10, 100, 1, 10, 0],
  [5, 10, 1, 1, 5],
  [5, 25, 2, 1, 4],
  [5, 50, 2, 3, 3],
  [3, 10, 0, 1, 2],
  [3, 10, 1, 1, 3],
  [3, 30, 1, 1, 2],
  [1, 10, 0, 0, 1],
  [1, 10, 1, 1, 1],
])('%i replicas at %i %% with surge %i: %i and %i', (replicas, weight, surge, canary, stable) => {
  expect(podsAtWeight(replicas, weight, surge)).toEqual({ canary, stable });
});

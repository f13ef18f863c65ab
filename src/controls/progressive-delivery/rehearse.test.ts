import { expect, test } from 'vitest';
import { canaryQuery, measured, type Analysed } from './rehearse.ts';

const metric: Analysed = {
  name: 'error-ratio',
  template: 'AnalysisTemplate shop/http-canary',
  query:
    'sum(rate(http_requests_total{service="api",rollout="canary",status=~"5.."}[5m])) / sum(rate(http_requests_total{service="api",rollout="canary"}[5m]))',
  judgement: {
    successCondition: 'len(result) > 0 && !isNaN(result[0]) && result[0] <= 0.01',
    failureCondition: 'len(result) > 0 && !isNaN(result[0]) && result[0] > 0.01',
    failureLimit: 0,
    inconclusiveLimit: 1,
    errorLimit: 4,
  },
  marks: ['rollout="canary"'],
};

test('the query asks one replica over shorter windows, and nothing else of it changes', () => {
  expect(canaryQuery(metric, { label: 'pod', value: 'api-3' }, 10)).toBe(
    'sum(rate(http_requests_total{service="api",pod="api-3",status=~"5.."}[10s])) / sum(rate(http_requests_total{service="api",pod="api-3"}[10s]))',
  );
});

test('the conditions of the manifests decide, also about nothing', () => {
  expect(measured(metric, [0.2])).toBe('Failed');
  expect(measured(metric, [0.01])).toBe('Successful');
  expect(measured(metric, [])).toBe('Inconclusive');
  expect(measured(metric, [Number.NaN])).toBe('Inconclusive');
  const careless = {
    ...metric,
    judgement: { ...metric.judgement, successCondition: 'true', failureCondition: 'false' },
  };
  expect(measured(careless, [])).toBe('Successful');
});

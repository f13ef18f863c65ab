import { describe, expect, test } from 'vitest';
import { readQuery } from './promql.ts';

const ratio =
  'sum(rate(http_requests_total{rollout="canary",status=~"5.."}[5m])) / sum(rate(http_requests_total{rollout="canary"}[5m]))';
const p99 = 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{rollout="canary"}[5m])))';

describe('readQuery', () => {
  test.each<[string, unknown, unknown]>([
    [ratio, 'none', Number.NaN],
    [p99, 'none', Number.NaN],
    [`1 - (${ratio})`, 'none', Number.NaN],
    [`(${ratio}) or vector(0)`, 0, Number.NaN],
    [`(${ratio}) or on() vector(0)`, 0, Number.NaN],
    ['(sum(rate(e[5m])) or vector(0)) / sum(rate(t[5m]))', 'none', Number.NaN],
    ['sum(rate(e[5m])) / (sum(rate(t[5m])) > 0)', 'none', 'none'],
    ['sum(rate(e[5m])) / clamp_min(sum(rate(t[5m])), 1)', 'none', 0],
    ['sum(increase(e[5m]))', 'none', 0],
    ['scalar(sum(rate(e[5m])))', Number.NaN, 0],
    ['absent(up{job="api"})', 1, 'none'],
    ['count(up{job="api"})', 'none', 'unknown'],
    ['avg_over_time(e[5m] offset 5m)', 'none', 0],
    ['sum(rate(e[5m])) > bool 5', 'none', 0],
    ['sum(e) unless sum(f)', 'none', 'none'],
  ])('%s', (query, absent, idle) => {
    const facts = readQuery(query);
    expect(facts?.absent.kind === 'number' ? facts.absent.value : facts?.absent.kind).toEqual(absent);
    expect(facts?.idle.kind === 'number' ? facts.idle.value : facts?.idle.kind).toEqual(idle);
  });

  test('tells what a query speaks of', () => {
    const facts = readQuery(p99);
    expect(facts).toMatchObject({ quantiles: [0.99], scalar: false });
    expect(facts?.selectors).toEqual([
      [
        { label: '__name__', op: '=', value: 'http_request_duration_seconds_bucket' },
        { label: 'rollout', op: '=', value: 'canary' },
      ],
    ]);
    expect(readQuery('d{quantile="0.95"}')?.quantiles).toEqual([0.95]);
    expect(readQuery('scalar(sum(a)) / 2')?.scalar).toBe(true);
  });

  test.each(['sum(rate(a[5m])', '', 'SELECT 1', 'x'.repeat(40_000), 'rate(a[5m]) offset 5m'])(
    'refuses %.20s',
    (query) => {
      expect(readQuery(query)).toBeUndefined();
    },
  );
});

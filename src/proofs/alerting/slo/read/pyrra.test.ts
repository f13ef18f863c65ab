import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../model/kube.ts';
import { fromPyrra } from './pyrra.ts';

const pyrra = (indicator: unknown, rest: Record<string, unknown> = { target: '99.5', window: '4w' }) => {
  const object: KubeObject = {
    apiVersion: 'pyrra.dev/v1alpha1',
    kind: 'ServiceLevelObjective',
    name: 'x',
    labels: {},
    body: { spec: { ...rest, indicator } },
    deployable: 'plain:.',
    origin: { path: 'slo.yaml' },
  };
  return fromPyrra(object);
};

describe('a ServiceLevelObjective of Pyrra', () => {
  it.each([
    [
      `ratio: { errors: { metric: 'r{code=~"5.."}' }, total: { metric: r } }`,
      { kind: 'events', bad: 'sum(rate(r{code=~"5.."}[5m]))', total: 'sum(rate(r[5m]))' },
    ],
    [
      `latency: { success: { metric: 's_bucket{le="1"}' }, total: { metric: s_count }, grouping: [job, ns] }`,
      { good: 'sum by (job, ns) (rate(s_bucket{le="1"}[5m]))', total: 'sum by (job, ns) (rate(s_count[5m]))' },
    ],
    [
      `latencyNative: { latency: 200ms, total: { metric: 's{job="a"}' } }`,
      { kind: 'native-histogram', selector: 's{job="a"}', threshold: 0.2 },
    ],
    [
      `bool_gauge: { metric: up }`,
      { kind: 'events', good: 'sum(sum_over_time(up[5m]))', total: 'sum(count_over_time(up[5m]))' },
    ],
  ])('reads %s', (indicator, sli) => {
    expect(pyrra(parse(indicator))).toMatchObject({ objective: 99.5, period: 28 * 86_400, sli });
  });

  it('refuses what no rule can follow', () => {
    expect(pyrra(parse('latency: { success: { metric: s_bucket }, total: { metric: s_count } }'))).toMatchObject({
      wrong: true,
    });
    expect(pyrra(parse('ratio: { errors: { metric: e offset 5m }, total: { metric: r } }'))).toMatchObject({
      because: 'its metrics are no plain selectors',
    });
    expect(pyrra({}, { target: '99' })).toMatchObject({ because: 'its window is no duration' });
    expect(pyrra({})).toMatchObject({ because: 'its indicator is of a kind that is not followed' });
  });
});

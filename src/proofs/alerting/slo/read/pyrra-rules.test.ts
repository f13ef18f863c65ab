import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../model/kube.ts';
import { parse as promql } from '../../promql/index.ts';
import { fromPyrra } from './pyrra.ts';
import { pyrraRules, type PyrraRules } from './pyrra-rules.ts';

function answerTo(spec: string, metadata: Record<string, unknown> = {}): ReturnType<typeof pyrraRules> {
  const object: KubeObject = {
    apiVersion: 'pyrra.dev/v1alpha1',
    kind: 'ServiceLevelObjective',
    name: 'http',
    namespace: 'shop',
    labels: { 'pyrra.dev/team': 'foo', team: 'bar' },
    body: { metadata, spec: parse(spec) as unknown },
    deployable: 'plain:.',
    origin: { path: 'slo.yaml' },
  };
  const slo = fromPyrra(object);
  return 'because' in slo ? slo : pyrraRules(object, slo);
}

function rulesOf(spec: string, metadata?: Record<string, unknown>): PyrraRules {
  const made = answerTo(spec, metadata);
  if ('because' in made) throw new Error(made.because);
  return made;
}

const RATIO = `
target: "99.5"
window: 4w
indicator:
  ratio:
    errors: { metric: 'http_requests_total{job="app",status=~"5.."}' }
    total: { metric: 'http_requests_total{job="app"}' }
`;

describe('the rules that Pyrra makes', () => {
  const { records, alerts } = rulesOf(RATIO, { annotations: { 'pyrra.dev/description': 'foo', other: 'x' } });

  it('record the burn rate over each window', () => {
    expect(records.map(({ name }) => name)).toEqual(
      ['5m', '30m', '1h', '2h', '6h', '1d', '4d'].map((window) => `http_requests:burnrate${window}`),
    );
    expect(records[0]).toMatchObject({
      expr: 'sum(rate(http_requests_total{job="app",status=~"5.."}[5m])) / sum(rate(http_requests_total{job="app"}[5m]))',
      labels: { job: 'app', slo: 'http', team: 'foo' },
    });
  });

  it('alert at four paces, with what the object passes on', () => {
    const burning = alerts.filter(({ name }) => name === 'ErrorBudgetBurn');
    expect(burning.map(({ labels, for: hold }) => [labels['severity'], labels['short'], labels['long'], hold])).toEqual(
      [
        ['critical', '5m', '1h', '2m'],
        ['critical', '30m', '6h', '15m'],
        ['warning', '2h', '1d', '1h'],
        ['warning', '6h', '4d', '3h'],
      ],
    );
    expect(burning[0]).toMatchObject({
      expr: 'http_requests:burnrate5m{job="app",slo="http"} > (14 * (1-0.995)) and http_requests:burnrate1h{job="app",slo="http"} > (14 * (1-0.995))',
      labels: { job: 'app', slo: 'http', team: 'foo', exhaustion: '2d' },
      annotations: { description: 'foo' },
      namespace: 'shop',
    });
  });

  it('tell of each metric once that is not there', () => {
    expect(alerts.filter(({ name }) => name === 'SLOMetricAbsent')).toMatchObject([
      { expr: 'absent(http_requests_total{job="app"}) == 1', for: '2m', labels: { severity: 'critical', job: 'app' } },
    ]);
  });

  it.each([
    ['disabled: true', ['SLOMetricAbsent']],
    ['burnrates: false', ['SLOMetricAbsent']],
    ['absent: false', ['ErrorBudgetBurn']],
    ['name: Burn, absentName: Gone', ['Burn', 'Gone']],
  ])('are called and left out as { %s } says', (alerting, names) => {
    const made = rulesOf(`${RATIO}alerting: { ${alerting} }`).alerts;
    expect([...new Set(made.map(({ name }) => name))]).toEqual(names);
  });

  it('keep what they are grouped by, and no pattern otherwise', () => {
    const grouped = rulesOf(`${RATIO.replace('job="app"}', 'job="app",path=~"/v1.*"}')}    grouping: [job, path]\n`);
    expect(grouped.alerts[0]?.expr).toContain('{job="app",path=~"/v1.*",slo="http"}');
    expect(grouped.alerts[0]?.labels).not.toHaveProperty('job');
    expect(grouped.records[0]?.expr).toContain('sum by (job, path) (rate(');
  });

  it.each([
    `latency: { success: { metric: 's_bucket{le="1"}' }, total: { metric: s_count } }`,
    `latencyNative: { latency: 200ms, total: { metric: 's{job="a"}' } }`,
    `bool_gauge: { metric: 'up{job="a"}' }`,
  ])('are PromQL for %s over any period', (indicator) => {
    for (const window of ['7d', '30d', '8w']) {
      const made = rulesOf(`target: "99"\nwindow: ${window}\nindicator: { ${indicator} }`);
      for (const { expr } of [...made.records, ...made.alerts]) expect([expr, promql(expr).ok]).toEqual([expr, true]);
    }
  });

  it('are none where a window would be empty', () => {
    expect(answerTo(RATIO.replace('4w', '1d'))).toEqual({
      because: 'its period of 1d leaves a window of 0s, which Prometheus refuses',
    });
  });
});

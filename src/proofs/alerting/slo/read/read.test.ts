import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../../model/cursor.ts';
import { specSchema } from '../../../../model/spec.ts';
import { generateRules } from '../generate.testkit.ts';
import type { Refusal, Slo } from '../types.ts';
import { fromOpenSlo } from './openslo.ts';
import { fromAlertWindows, fromSloth } from './sloth.ts';
import { fromSpec } from './spec.ts';

const DAY = 86_400;
const at = (yaml: string): Cursor => new Cursor(parse(yaml), { path: 'slo.yaml' });

function spec(slo: Record<string, unknown>): Slo | Refusal {
  const [read] = specSchema.shape.slos.parse([{ name: 'x', service: 'api', objective: 99, ...slo }]);
  if (read === undefined) throw new Error('no SLO');
  return fromSpec(read);
}

describe('the spec', () => {
  it('gives a latency SLO of a classic histogram, its matchers kept', () => {
    expect(
      spec({ threshold: '500ms', histogram: { selector: 'http_seconds{service="api"}', buckets: [0.1, 0.5] } }),
    ).toMatchObject({
      sli: {
        good: 'sum(rate(http_seconds_bucket{service="api",le="0.5"}[5m]))',
        total: 'sum(rate(http_seconds_count{service="api"}[5m]))',
      },
    });
  });

  it('takes a whole bound as both releases of Prometheus write it', () => {
    expect(spec({ threshold: '1s', histogram: { selector: 'http_seconds' } })).toMatchObject({
      sli: { good: 'sum(rate(http_seconds_bucket{le=~"1|1\\\\.0"}[5m]))' },
    });
  });

  it('gives no rules for a threshold between two buckets', () => {
    expect(
      spec({ threshold: '300ms', histogram: { selector: 'http_seconds', buckets: [0.1, 0.25, 0.5] } }),
    ).toMatchObject({
      because: expect.stringContaining('no bucket ends at 0.3 s (nearest: 0.25 and 0.5)') as string,
    });
  });

  it('holds a measure against its threshold', () => {
    expect(
      spec({ kind: 'freshness', threshold: '15m', measure: 'time() - max(last_run_timestamp_seconds)' }),
    ).toMatchObject({
      sli: { kind: 'measure', badWhen: '>', bound: 900 },
    });
    expect(spec({ measure: 'queue_lag_seconds' })).toMatchObject({
      because: expect.stringContaining('threshold') as string,
    });
  });
});

describe('OpenSLO v1', () => {
  const slo = (objective: string, rest = ''): string => `
apiVersion: openslo/v1
kind: SLO
metadata: { name: checkout }
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 4w, isRolling: true }]
  objectives: [${objective}]
${rest}`;
  const ratio = `  indicator:
    metadata: { name: errors }
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: Prometheus, spec: { query: 'http_requests_total{code=~"5.."}' } } }
        total: { metricSource: { type: Prometheus, spec: { query: http_requests_total } } }
`;

  it('reads counters as rates, and targets as percent', () => {
    const [read] = fromOpenSlo(at(slo('{ target: 0.999 }', ratio)), new Map());
    expect(read).toMatchObject({ name: 'checkout', service: 'shop', objective: 99.9, period: 28 * DAY });
    const { groups } = generateRules([read as Slo], { page: 'page', ticket: 'ticket' });
    expect(groups[0]?.rules[0]?.expr).toContain('(sum(rate(http_requests_total{code=~"5.."}[5m])))');
  });

  it('follows indicatorRef, and says which is missing', () => {
    const referring = at(slo('{ targetPercent: 99 }', '  indicatorRef: errors'));
    const indicator = at(`{ spec: { thresholdMetric: { metricSource: { type: Prometheus, spec: { query: lag } } } } }`);
    expect(fromOpenSlo(referring, new Map([['errors', indicator]]))).toMatchObject([
      { because: expect.stringContaining('op and value') as string },
    ]);
    expect(fromOpenSlo(referring, new Map())).toMatchObject([
      { because: 'its indicator errors is declared nowhere here' },
    ]);
    const bounded = at(slo('{ targetPercent: 99, op: lte, value: 30 }', '  indicatorRef: errors'));
    expect(fromOpenSlo(bounded, new Map([['errors', indicator]]))).toMatchObject([
      { sli: { kind: 'measure', value: 'lag', badWhen: '>', bound: 30 } },
    ]);
  });

  it('budgets by time slices', () => {
    const sliced = slo('{ target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 1m }', ratio).replace(
      'Occurrences',
      'Timeslices',
    );
    const [read] = fromOpenSlo(at(sliced), new Map());
    expect(read).toMatchObject({ sli: { kind: 'slices', slice: 60, most: 0.05 } });
    const { groups } = generateRules([read as Slo], { page: 'page', ticket: 'ticket' });
    expect(groups[0]?.rules.slice(0, 2)).toMatchObject([
      { record: 'slo:sli_slice:ratio', expr: expect.stringMatching(/\[1m\][^]*> bool 0\.05$/) as string },
      {
        record: 'slo:sli_error:ratio_rate5m',
        expr: expect.stringMatching(/^avg_over_time\(slo:sli_slice:ratio\{.*\}\[5m\]\)$/) as string,
      },
    ]);
  });

  it('has one SLO for each objective', () => {
    const both = fromOpenSlo(at(slo('{ target: 0.99 }, { target: 0.9, compositeWeight: 2 }', ratio)), new Map());
    expect(both).toMatchObject([{ name: 'checkout-1' }, { because: expect.stringContaining('weighted') as string }]);
  });
});

describe('Sloth', () => {
  it('is read in both spellings', () => {
    const file = at(`
version: prometheus/v1
service: shop
labels: { team: a }
slos:
  - name: availability
    objective: 99.9
    sli: { events: { error_query: 'sum(rate(e[{{.window}}]))', total_query: 'sum(rate(t[{{.window}}]))' } }
  - name: raw
    objective: 99
    sli: { raw: { errorRatioQuery: 'avg(r[{{.window}}])' } }
  - name: plugged
    objective: 99
    sli: { plugin: { id: sloth-common/http } }`);
    expect(fromSloth(file)).toMatchObject([
      { name: 'availability', service: 'shop', sli: { kind: 'events' }, labels: { team: 'a' } },
      { name: 'raw', sli: { kind: 'ratio' } },
      { because: 'its SLI comes of the plugin sloth-common/http, which is code' },
    ]);
  });

  it('brings windows of its own', () => {
    const windows = at(`
sloPeriod: 30d
page:
  quick: { errorBudgetPercent: 1, shortWindow: 2m, longWindow: 30m }
  slow: { errorBudgetPercent: 2, shortWindow: 15m, longWindow: 3h }
ticket:
  quick: { errorBudgetPercent: 5, shortWindow: 1h, longWindow: 12h }
  slow: { errorBudgetPercent: 5, shortWindow: 3h, longWindow: 36h }`);
    expect(fromAlertWindows(windows)?.[1]['ticket-slow']).toEqual({ budgetPercent: 5, short: 10_800, long: 129_600 });
    expect(fromAlertWindows(at('sloPeriod: 30d'))).toBeUndefined();
  });
});

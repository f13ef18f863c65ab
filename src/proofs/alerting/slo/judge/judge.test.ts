import { describe, expect, it } from 'vitest';
import type { RuleText } from '../../rules.ts';
import type { Sli, Slo } from '../types.ts';
import { judgeSlo } from './judge.ts';
import { DAY, EVENTS, generated, judge, POLICY, SLO } from './judge.testkit.ts';

function changed(change: (rule: RuleText) => RuleText | undefined, slo: Slo = SLO): string[] {
  return judge(
    generated(slo).flatMap((rule) => change(rule) ?? []),
    slo,
  ).findings.map(({ message }) => message);
}

describe('rules as they are generated', () => {
  const kinds: Sli[] = [
    EVENTS,
    { kind: 'events', good: 'sum(rate(a_bucket{le="0.5"}[5m]))', total: 'sum(rate(a_count[5m]))' },
    { kind: 'events', bad: 'sum(rate(a[5m])) + sum(rate(b[5m]))', total: 'sum(rate(c[5m])) + sum(rate(d[5m]))' },
    { kind: 'events', bad: 'errors_total', total: 'requests_total' },
    { kind: 'ratio', error: 'sum(rate(e[5m])) / sum(rate(t[5m]))' },
    { kind: 'ratio', error: '1 - avg(avg_over_time(probe_success[5m]))' },
    { kind: 'native-histogram', selector: 'latency{service="api"}', threshold: 0.5 },
    { kind: 'measure', value: 'time() - max(last_run)', badWhen: '>', bound: 900 },
    { kind: 'slices', of: EVENTS as Sli & { kind: 'events' }, slice: 60, most: 0.05 },
    { kind: 'slices', of: EVENTS as Sli & { kind: 'events' }, slice: 60 },
  ];
  const cases = kinds.flatMap((sli) =>
    [99.9, 90, 50].flatMap((objective) =>
      [7, 28, 30, 90].map((days) => ({ ...SLO, sli, objective, period: days * DAY })),
    ),
  );
  it.each(
    cases.map(
      (slo) => [`${slo.sli.kind} ${slo.objective} ${slo.period / DAY}d ${JSON.stringify(slo.sli)}`, slo] as const,
    ),
  )('hold: %s', (_, slo) => {
    const { findings, open, tiers, absent } = judge(generated(slo), slo);
    expect([findings, open]).toEqual([[], []]);
    expect(tiers).toHaveLength(4);
    expect(absent).toHaveLength(1);
  });
});

describe('a single field that is wrong', () => {
  it('is found: the factor of one window', () => {
    expect(changed((rule) => ({ ...rule, expr: rule.expr.replace('14.4 * 0.001', '1.44 * 0.001') }))).toEqual([
      'ApiAvailabilityBurnPage compares 1h with 0.00144 and 5m with 0.0144, so the windows ask for different burn rates',
    ]);
  });

  it.each([
    ['144', 'fires at 144 times the pace, when 20 % of the budget of 30d is gone; usual for 1h and 5m is 14.4, 2 %'],
    ['1440', 'can never fire: it wants an error ratio above 1440 x 0.001 = 1.44, and none is above 1'],
    [
      '0.5',
      'fires at 0.5 times the pace that spends the budget of 99.9 in 30d, so it fires while the objective is met',
    ],
  ])('is found: a factor of %s', (factor, message) => {
    const found = changed((rule) => ({ ...rule, expr: rule.expr.replaceAll('14.4 * 0.001', `${factor} * 0.001`) }));
    expect(found).toEqual([`ApiAvailabilityBurnPage, 1h and 5m: ${message}`]);
  });

  it('is found: the window of a record', () => {
    const found = changed((rule) =>
      rule.name === 'slo:sli_error:ratio_rate1h' ? { ...rule, expr: rule.expr.replaceAll('[1h]', '[5m]') } : rule,
    );
    expect(found).toContain(
      'ApiAvailabilityBurnPage looks over 5m alone, so it fires long after a burn has ended, or on a spike',
    );
  });

  it('is found: the window of one side of a division', () => {
    const found = changed((rule) =>
      rule.name === 'slo:sli_error:ratio_rate1h' ? { ...rule, expr: rule.expr.replace('[1h]', '[5m]') } : rule,
    );
    expect(found).toEqual([
      'slo:sli_error:ratio_rate1h, which ApiAvailabilityBurnPage reads, is no error ratio: it divides by events of another window (300 s, 3600 s)',
    ]);
  });

  it('is found: a metric that the SLO does not name', () => {
    const found = changed((rule) =>
      rule.name === 'slo:sli_error:ratio_rate5m'
        ? { ...rule, expr: rule.expr.replace('http_requests_total{code', 'http_request_total{code') }
        : rule,
    );
    expect(found).toEqual([
      'slo:sli_error:ratio_rate5m, which ApiAvailabilityBurnPage reads, measures sum(rate(http_request_total{code=~"5.."}[…])) / sum(rate(http_requests_total[…])), and availability is sum(rate(http_requests_total{code=~"5.."}[…])) / sum(rate(http_requests_total[…]))',
    ]);
  });

  it('is found: a record that is gone', () => {
    expect(changed((rule) => (rule.name === 'slo:sli_error:ratio_rate6h' ? undefined : rule))).toEqual([
      expect.stringMatching(
        /^ApiAvailabilityBurnPage never fires: slo:sli_error:ratio_rate6h\{.*\} is recorded by no rule here$/,
      ),
      expect.stringMatching(/^ApiAvailabilityBurnTicket never fires: /),
    ]);
  });

  it('is found: a "for" that outlasts the short window', () => {
    expect(changed((rule) => (rule.name === 'ApiAvailabilityBurnPage' ? { ...rule, for: '1h' } : rule))[0]).toContain(
      'waits for 1h after both windows are above',
    );
  });

  it('is found: the objective', () => {
    const { findings } = judgeSlo({ ...SLO, objective: 99.5 }, generated(SLO), POLICY);
    expect(findings.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'ApiAvailabilityBurnTicket, 3d and 6h: fires at 0.2 times the pace that spends the budget of 99.5 in 30d, so it fires while the objective is met',
        'slo:objective:ratio of availability is 0.999, and the SLO says 0.995',
      ]),
    );
  });

  it('is found: a label that keeps the windows apart', () => {
    const found = changed((rule) => ({
      ...rule,
      expr: rule.expr.replaceAll(/max without \(sloth_window\) (\(slo:.*\))$/gm, '$1'),
    }));
    expect(found[0]).toBe(
      'ApiAvailabilityBurnPage can never fire: "and" joins samples whose label sloth_window is "1h" on one side and "5m" on the other, so they never match',
    );
  });

  it('is found: no alert on absent data, one that waits for long, and one that never fires', () => {
    const absent = (change: (rule: RuleText) => RuleText | undefined): string[] =>
      changed((rule) => (rule.name === 'ApiAvailabilityAbsent' ? change(rule) : rule));
    expect(absent(() => undefined)[0]).toMatch(/^no alert says that the data of availability is absent/);
    expect(absent((rule) => ({ ...rule, for: '1d' }))[0]).toMatch(/^ApiAvailabilityAbsent waits 1d/);
    expect(absent((rule) => ({ ...rule, expr: 'absent(sum(rate(http_requests_total[5m])) or vector(0))' }))[0]).toMatch(
      /can never fire: what it asks for always has a sample$/,
    );
  });

  it.each([
    ['absent_over_time(http_requests_total[12h])', 'ApiAvailabilityAbsent waits 15m and looks back over 12h before'],
    ['absent(rate(http_requests_total[2h]))', 'ApiAvailabilityAbsent waits 15m and looks back over 2h before'],
    ['absent(slo:sli_error:ratio_rate6h)', 'ApiAvailabilityAbsent waits 15m and looks back over 6h before'],
    [
      'absent(http_requests_total) and on () up == 2',
      'ApiAvailabilityAbsent asks whether data of availability is absent and can never fire: the left side is between 0 and 1, so == 2 never holds',
    ],
  ])('is found: %s as the alert on absent data', (expr, message) => {
    const found = changed((rule) => (rule.name === 'ApiAvailabilityAbsent' ? { ...rule, expr } : rule));
    expect(found).toEqual([expect.stringContaining(message)]);
  });

  it('is found: 0/0 that is summed up', () => {
    const found = changed((rule) => ({ ...rule, expr: rule.expr.replaceAll(') > 0)', '))') }));
    expect(found).toEqual([
      'slo:sli_error:ratio_rate5m is NaN while there is no traffic, and slo:sli_error:ratio_rate30d sums it up over 30d: one gap makes it NaN for 30d',
    ]);
  });

  it('is found: an expression that Prometheus refuses', () => {
    expect(
      changed((rule) => (rule.name === 'ApiAvailabilityBurnPage' ? { ...rule, expr: `${rule.expr})` } : rule))[0],
    ).toContain('Prometheus refuses');
  });
});

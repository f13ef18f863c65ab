import { describe, expect, it } from 'vitest';
import type { RuleText } from '../../rules.ts';
import { generateRules } from '../generate.testkit.ts';
import type { RuleGroup, Sli, Slo } from '../types.ts';
import { rulesAbout } from './about.ts';
import { bookOf } from './book.ts';
import { judgeSlo, type Judged, type Policy } from './judge.ts';

const DAY = 86_400;
const POLICY: Policy = { severityLabel: 'severity', pages: ['page'], windows: [], absentWithin: 3600 };
const EVENTS: Sli = {
  kind: 'events',
  bad: 'sum(rate(http_requests_total{code=~"5.."}[5m]))',
  total: 'sum(rate(http_requests_total[5m]))',
};
const SLO: Slo = { name: 'availability', service: 'api', objective: 99.9, period: 30 * DAY, sli: EVENTS };

function texts(groups: readonly RuleGroup[]): RuleText[] {
  return groups.flatMap(({ rules }) =>
    rules.map((rule, index): RuleText => ({
      kind: 'record' in rule ? 'record' : 'alert',
      name: 'record' in rule ? rule.record : rule.alert,
      expr: rule.expr,
      ...('for' in rule && rule.for !== undefined ? { for: rule.for } : {}),
      labels: rule.labels ?? {},
      origin: { path: 'rules.yaml', pointer: [index] },
    })),
  );
}

function generated(slo: Slo): RuleText[] {
  return texts(generateRules([slo], { page: 'page', ticket: 'ticket' }).groups);
}

function judge(rules: readonly RuleText[], slo: Slo = SLO): Judged {
  return judgeSlo(slo, rulesAbout(bookOf(rules), slo), POLICY);
}

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

describe('alerts of other hands', () => {
  const alert = (name: string, expr: string, more: Partial<RuleText> = {}): RuleText => ({
    kind: 'alert',
    name,
    expr,
    labels: { severity: 'page' },
    origin: { path: 'r.yaml' },
    ...more,
  });
  const ratio = (window: string): string =>
    `sum(rate(http_requests_total{code=~"5.."}[${window}])) / sum(rate(http_requests_total[${window}]))`;

  it('hold without records, written out', () => {
    const tier = (long: string, short: string, factor: number): string =>
      `(${ratio(long)} > ${factor} * (1 - 0.999) and ${ratio(short)} > ${factor} * (1 - 0.999))`;
    const rules = [
      alert('Burn', `${tier('1h', '5m', 14.4)} or ${tier('6h', '30m', 6)}`),
      alert('Slow', tier('3d', '6h', 1), { labels: { severity: 'ticket' } }),
      alert('Gone', 'absent(http_requests_total)', { for: '10m' }),
    ];
    expect(judge(rules)).toMatchObject({ findings: [], open: [] });
  });

  const both = `((${ratio('1h')} > 0.0144 and ${ratio('5m')} > 0.0144) or (${ratio('6h')} > 0.006 and ${ratio('30m')} > 0.006))`;
  const slow = alert('Slow', `${ratio('3d')} > 0.001 and ${ratio('6h')} > 0.001`, { labels: { severity: 'ticket' } });
  const gone = alert('Gone', 'absent(http_requests_total)', { for: '10m' });

  it.each([
    ['on one side', `${both} and on () sum(rate(http_requests_total[5m])) > 1`],
    ['on the other side', `sum(rate(http_requests_total[5m])) > 1 and on () ${both}`],
    ['taken out', `${both} unless on () maintenance == 1`],
  ])('hold with a condition around several tiers, %s', (_, expr) => {
    const { findings, open, tiers } = judge([alert('Burn', expr), slow, gone]);
    expect([findings, open, tiers.map(({ long }) => long)]).toEqual([[], [], [3600, 21_600, 259_200]]);
  });

  it.each([
    ['up == 2', 'the left side is between 0 and 1, so == 2 never holds'],
    ['hour() > 24', 'never holds'],
  ])('never fire with a condition that never holds: %s', (never, because) => {
    const { findings } = judge([alert('Burn', `${both} and on () ${never}`), slow, gone]);
    expect(findings[0]).toMatchObject({
      message: expect.stringContaining(`Burn can never fire: `),
      severity: 'critical',
      remediation: 'Take out the condition that never holds.',
    });
    expect(findings[0]?.message).toContain(because);
  });

  it('never fire where something that is always there takes everything out', () => {
    const { findings } = judge([alert('Burn', `${both} unless on () vector(1)`), slow, gone]);
    expect(findings[0]?.message).toMatch(/^Burn can never fire: vector\(1\) is there at all times/);
  });

  it('are the wrong way round where an error ratio is to be below its bound', () => {
    const { findings } = judge([
      alert('Burn', `${ratio('1h')} < 0.0144 and ${ratio('5m')} < 0.0144`),
      alert('Medium', `${ratio('6h')} > 0.006 and ${ratio('30m')} > 0.006`),
      slow,
      gone,
    ]);
    expect(findings[0]?.message).toMatch(/^Burn compares .* the wrong way round: it holds while availability is met/);
  });

  it('leave a gap open that alerts on something similar may fill, and none where nothing is missing', () => {
    const other = ratio('1h')
      .replaceAll('http_requests_total', 'http_requests_total{job="x"}')
      .replaceAll('}{code', ',code');
    const similar = alert('Other', `${other} > 0.0144 and ${other.replaceAll('1h', '5m')} > 0.0144`);
    const { findings, open } = judge([similar, slow, gone]);
    expect(findings).toEqual([]);
    expect(open).toEqual([
      expect.stringMatching(/^Other looks like a burn-rate alert .*; without them, the quickest tier of availability/),
    ]);
    expect(judge([alert('Burn', both), similar, slow, gone])).toMatchObject({ findings: [], open: [] });
  });

  it('hold beside a plain threshold, which is no substitute for them', () => {
    const plain = alert('TooManyErrors', `${ratio('5m')} > 0.05`);
    expect(judge([...generated(SLO), plain])).toMatchObject({ findings: [], open: [] });
    const gone = alert('Gone', 'absent(http_requests_total)');
    expect(judge([plain, gone]).findings.map(({ message }) => message)).toEqual([
      'TooManyErrors looks over 5m alone, so it fires long after a burn has ended, or on a spike',
    ]);
  });

  it('hold as success ratios below a bound, and as burn rates', () => {
    const good: Slo = {
      ...SLO,
      sli: { kind: 'events', good: 'sum(increase(ok[5m]))', total: 'sum(increase(all[5m]))' },
    };
    const share = (window: string): string => `sum(rate(ok[${window}])) / sum(rate(all[${window}]))`;
    const rules = [
      alert('Fast', `${share('1h')} < 0.9856 and ${share('5m')} < 0.9856`),
      alert('Slow', `(1 - ${share('3d')}) / 0.001 > 1 and (1 - ${share('6h')}) / 0.001 > 1`),
      alert('Gone', 'absent(all)'),
    ];
    expect(judge(rules, good)).toMatchObject({ findings: [], open: [] });
  });

  it('are not understood where they measure something similar: that is said, and is no failure', () => {
    const other = (window: string): string =>
      ratio(window).replaceAll('http_requests_total', 'http_requests_total{job="x"}').replaceAll('}{code', ',code');
    const rules = [
      alert('Burn', `${other('1h')} > 0.0144 and ${other('5m')} > 0.0144`),
      alert('Gone', 'absent(http_requests_total)'),
    ];
    const { findings, open, lacks } = judge(rules);
    expect([findings, lacks]).toEqual([[], []]);
    expect(open[0]).toMatch(/^Burn looks like a burn-rate alert on the same metrics/);
  });

  it('leave gaps: only quick tiers, only slow ones, none that pages, none at all', () => {
    const gone = alert('Gone', 'absent(http_requests_total)');
    const tier = (long: string, short: string, factor: number): string =>
      `${ratio(long)} > ${factor} * 0.001 and ${ratio(short)} > ${factor} * 0.001`;
    const messages = (...rules: RuleText[]): string =>
      judge([...rules, gone])
        .findings.map(({ message }) => message)
        .join('\n');
    expect(messages(alert('Fast', tier('1h', '5m', 14.4)))).toBe(
      'a steady burn of up to 14.4 times the pace alerts nobody: it spends the budget of availability in 2d2h instead of 30d',
    );
    expect(messages(alert('Slow', tier('3d', '6h', 1)))).toBe(
      'the quickest tier of availability, Slow, looks over 3d: at 2 times the pace it alerts after 1d12h',
    );
    expect(
      messages(
        alert('Fast', tier('1h', '5m', 14.4), { labels: { severity: 'info' } }),
        alert('Slow', tier('3d', '6h', 1), { labels: { severity: 'info' } }),
      ),
    ).toMatch(/no tier of availability pages/);
    expect(judge([gone])).toMatchObject({ lacks: ['burn'], findings: [{ fromAbsence: true }] });
  });
});

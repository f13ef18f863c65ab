import { expect, describe, it } from 'vitest';
import type { RuleText } from '../../rules.ts';
import type { Slo } from '../types.ts';
import { generated, judge, SLO } from './judge.testkit.ts';

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

  it('hold grouped by a label of which one value is asked', () => {
    const asked = (window: string): string =>
      `sum by (job) (rate(http_requests_total{code=~"5..",job="api"}[${window}])) / sum by (job) (rate(http_requests_total{job="api"}[${window}]))`;
    const sli = {
      kind: 'events' as const,
      bad: 'sum(rate(http_requests_total{job="api",code=~"5.."}[5m]))',
      total: 'sum(rate(http_requests_total{job="api"}[5m]))',
    };
    const burn = alert(
      'Burn',
      `(${asked('1h')} > 0.0144 and ${asked('5m')} > 0.0144) or (${asked('6h')} > 0.006 and ${asked('30m')} > 0.006)`,
    );
    const ticket = alert('Slow', `${asked('3d')} > 0.001 and ${asked('6h')} > 0.001`, {
      labels: { severity: 'ticket' },
    });
    const rules = [burn, ticket, alert('Gone', 'absent(http_requests_total{job="api"})', { for: '10m' })];
    expect(judge(rules, { ...SLO, sli })).toMatchObject({ findings: [], open: [] });
  });

  it.each([
    [
      'is of two windows at once',
      `sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[1h]))`,
      /no error ratio: it divides by events of another window \(300 s, 3600 s\)/,
    ],
    [
      'counts something else',
      `sum(rate(http_requests_total{code="500"}[1h])) / sum(rate(http_requests_total[1h]))`,
      /which Burn reads, measures .*code="500"/,
    ],
  ])('are told of the window that %s, where the other one is right', (_, long, message) => {
    const { findings } = judge([alert('Burn', `${long} > 0.0144 and ${ratio('5m')} > 0.0144`), slow, gone]);
    expect(findings.some((each) => message.test(each.message))).toBe(true);
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

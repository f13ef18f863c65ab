import { describe, expect, it } from 'vitest';
import { generateRules } from './generate.testkit.ts';
import { rulesOf } from './generate.ts';
import type { Rule, Slo } from './types.ts';

const DAY = 86_400;
const NAMES = { page: 'page', ticket: 'ticket' };

const slo: Slo = {
  name: 'availability',
  service: 'api',
  objective: 99.9,
  period: 30 * DAY,
  sli: {
    kind: 'events',
    bad: 'sum(rate(http_requests_total{code=~"5.."}[5m]))',
    total: 'sum(rate(http_requests_total[5m]))',
  },
};

function rules(of: Slo = slo): readonly Rule[] {
  return generateRules([of], NAMES).groups.flatMap((group) => group.rules);
}

function exprOf(name: string, of: Slo = slo): string {
  const rule = rules(of).find((one) => ('record' in one ? one.record : one.alert) === name);
  return rule?.expr ?? `no rule ${name}`;
}

describe('the rules of an SLO', () => {
  it('carry the names of Sloth', () => {
    expect(rules().flatMap((rule) => ('record' in rule ? [rule.record] : []))).toEqual([
      ...['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d'].map((window) => `slo:sli_error:ratio_rate${window}`),
      'slo:objective:ratio',
      'slo:error_budget:ratio',
      'slo:time_period:days',
      'slo:current_burn_rate:ratio',
      'slo:period_burn_rate:ratio',
      'slo:period_error_budget_remaining:ratio',
    ]);
  });

  it('leave no NaN: no sample without traffic, and none bad yet is 0', () => {
    expect(exprOf('slo:sli_error:ratio_rate1h')).toBe(
      [
        '((sum(rate(http_requests_total{code=~"5.."}[1h]))) or 0 * (sum(rate(http_requests_total[1h]))))',
        '/',
        '((sum(rate(http_requests_total[1h]))) > 0)',
      ].join('\n'),
    );
  });

  it('fill each term of a sum, of which any may have no series yet', () => {
    const two: Slo = {
      ...slo,
      sli: { kind: 'events', bad: 'sum(rate(a[5m])) + sum(rate(b[5m]))', total: 'sum(rate(c[5m]))' },
    };
    expect(exprOf('slo:sli_error:ratio_rate5m', two)).toContain(
      '((sum(rate(a[5m]))) or 0 * (sum(rate(c[5m])))) + ((sum(rate(b[5m]))) or 0 * (sum(rate(c[5m]))))',
    );
  });

  it('compare both windows with the same threshold, and take off the label that tells them apart', () => {
    expect(exprOf('ApiAvailabilityBurnPage')).toContain(
      [
        '  max without (sloth_window) (slo:sli_error:ratio_rate1h{sloth_id="api-availability", sloth_service="api", sloth_slo="availability", slo_period="30d"} > (14.4 * 0.001))',
        '  and',
        '  max without (sloth_window) (slo:sli_error:ratio_rate5m{sloth_id="api-availability", sloth_service="api", sloth_slo="availability", slo_period="30d"} > (14.4 * 0.001))',
      ].join('\n'),
    );
  });

  it('say when nothing is measured', () => {
    expect(exprOf('ApiAvailabilityAbsent')).toBe('absent(sum(rate(http_requests_total[5m])))');
  });

  it('keep two periods of one SLO apart by label and by group', () => {
    const { groups, refused } = generateRules([slo, { ...slo, period: 7 * DAY }], NAMES);
    expect(refused).toEqual([]);
    expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
    const keys = groups.flatMap(({ rules: all }) =>
      all.map((rule) => JSON.stringify(['record' in rule ? rule.record : rule.alert, rule.expr, rule.labels])),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('ask for several bad events before they page, where that is wished', () => {
    expect(exprOf('ApiAvailabilityBurnPage', { ...slo, minBadEvents: 3 })).toMatch(
      /and on \(\)\n {2}\(.* \* 3600\) > 2\.5\)/,
    );
    expect(rulesOf(slo, NAMES)).toMatchObject({
      notes: ['with 69 events or fewer in 1h a single bad one pages: 1/69 = 0.0145 > 0.0144'],
    });
    expect(rulesOf({ ...slo, minBadEvents: 3 }, NAMES)).toMatchObject({ notes: [] });
  });
});

describe('an SLO without rules', () => {
  it.each([0, 100, 100.5, Number.NaN])('has an objective of %d', (objective) => {
    expect(rulesOf({ ...slo, objective }, NAMES)).toMatchObject({
      because: expect.stringContaining('objective') as string,
    });
  });

  it('has an SLI whose window cannot be told', () => {
    const mixed: Slo = {
      ...slo,
      sli: { kind: 'events', bad: 'sum(rate(a[5m])) + sum(rate(b[1h]))', total: 'sum(rate(c[5m]))' },
    };
    expect(rulesOf(mixed, NAMES)).toMatchObject({
      because: 'bad: it holds several ranges (5m, 1h), and one window is to be put in their place',
    });
  });
});

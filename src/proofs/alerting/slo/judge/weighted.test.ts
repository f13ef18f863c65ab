import { describe, expect, it } from 'vitest';
import type { RuleText } from '../../rules.ts';
import { generateRules } from '../generate.testkit.ts';
import type { Slo } from '../types.ts';
import { rulesAbout } from './about.ts';
import { bookOf } from './book.ts';
import { judgeSlo } from './judge.ts';

const BAD = 'sum(rate(http_requests_total{code=~"5.."}[5m]))';
const TOTAL = 'sum(rate(http_requests_total[5m]))';
const SLO: Slo = {
  name: 'availability',
  service: 'api',
  objective: 99.9,
  period: 30 * 86_400,
  sli: { kind: 'events', bad: BAD, total: TOTAL },
};
const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'];

/** The generated rules, the numerator of each window multiplied by a record of `weight(window)`. */
function judged(weight: (window: string) => string): string[] {
  const over = (text: string, window: string): string => text.replaceAll('[5m]', `[${window}]`);
  const groups = generateRules([SLO], { page: 'page', ticket: 'ticket' }).groups.flatMap(({ rules }) => rules);
  const rules = groups.map((rule): RuleText => {
    const name = 'record' in rule ? rule.record : rule.alert;
    const window = WINDOWS.find((each) => name === `slo:sli_error:ratio_rate${each}`);
    const weighted =
      window === undefined
        ? rule.expr
        : `(slo:weight:ratio${window} * on() ${over(BAD, window)}) / (${over(TOTAL, window)} > 0)`;
    return {
      kind: 'record' in rule ? 'record' : 'alert',
      name,
      expr: weighted,
      labels: rule.labels ?? {},
      origin: { path: 'rules.yaml' },
    };
  });
  const weights = WINDOWS.map((window): RuleText => ({
    kind: 'record',
    name: `slo:weight:ratio${window}`,
    expr: weight(window),
    labels: { slo: SLO.name },
    origin: { path: 'rules.yaml' },
  }));
  return judgeSlo(SLO, rulesAbout(bookOf([...rules, ...weights]), SLO), {
    severityLabel: 'severity',
    pages: ['page'],
    windows: [],
    absentWithin: 3600,
  }).findings.map(({ message }) => message);
}

describe('numerators weighted by traffic', () => {
  const usual = 'sum(rate(http_requests_total[30d]))';
  const now = (window: string): string => TOTAL.replace('[5m]', `[${window}]`);

  it('are error ratios, and the weights need not be', () => {
    expect(judged((window) => `${now(window)} / ${usual}`)).toEqual([]);
  });

  it('are none where the weight is of other traffic or another window', () => {
    expect(judged((window) => now(window).replaceAll('http_', 'grpc_') + ` / ${usual}`)).not.toEqual([]);
    expect(judged(() => `${now('10m')} / ${usual}`)).not.toEqual([]);
    expect(judged((window) => `${usual} / ${now(window)}`)).not.toEqual([]);
  });
});

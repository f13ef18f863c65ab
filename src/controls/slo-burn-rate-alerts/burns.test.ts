import { expect, test } from 'vitest';
import type { RuleText } from '../../proofs/alerting/rules.ts';
import { generateRules } from '../../proofs/alerting/slo/generate.testkit.ts';
import type { Slo } from '../../proofs/alerting/slo/types.ts';
import { burnsOf } from './burns.ts';
import { control } from './index.ts';

const TOTAL = 'http_requests_total{job="api"}';
const slo: Slo = {
  name: 'availability',
  service: 'api',
  objective: 99.9,
  period: 2_592_000,
  sli: {
    kind: 'events',
    bad: 'sum(rate(http_requests_total{job="api",code=~"5.."}[5m]))',
    total: `sum(rate(${TOTAL}[5m]))`,
  },
};
const generated = generateRules([slo], { page: 'page', ticket: 'ticket' }).groups.flatMap(({ rules }) =>
  rules.map((rule): RuleText => {
    const [kind, name] = 'record' in rule ? (['record', rule.record] as const) : (['alert', rule.alert] as const);
    const held = 'for' in rule && rule.for !== undefined ? { for: rule.for } : {};
    return { kind, name, expr: rule.expr, labels: rule.labels ?? {}, origin: { path: 'rules.yaml' }, ...held };
  }),
);
const absence = (name: string, severity: string, wait: string): RuleText => ({
  kind: 'alert',
  name,
  expr: `absent(${TOTAL})`,
  for: wait,
  labels: { severity },
  origin: { path: 'more.yaml' },
});

/** Which alerts must fire in time where there is no data at all. */
function awaited(rules: readonly RuleText[]): string[] {
  const input = { slo, rules, source: 'spec' as const, severities: [], runbooks: [] as never, home: {} as never };
  const burns = burnsOf(input, control.params.parse({}) as never);
  if ('reason' in burns) throw new Error(burns.reason);
  return burns.filter(({ series }) => series.length === 0).flatMap(({ alerts }) => alerts);
}

const others = generated.filter(({ expr }) => !expr.includes('absent('));

test('an alert on absent data that takes its time, for a ticket, does not count beside those that do not', () => {
  const soon = absence('ApiGone', 'page', '15m');
  const late = absence('ApiGoneForDays', 'ticket', '12h');
  expect(awaited([...others, soon, late])).toEqual(['ApiGone']);
  expect(awaited([...others, soon, absence('ApiSilent', 'ticket', '10m')])).toEqual(['ApiGone', 'ApiSilent']);
  expect(awaited([...others, late])).toEqual(['ApiGoneForDays']);
});

/** An SLO, its rules as they are generated, and the judgement of any rules about it. */
import type { RuleText } from '../../rules.ts';
import { generateRules } from '../generate.testkit.ts';
import type { RuleGroup, Sli, Slo } from '../types.ts';
import { rulesAbout } from './about.ts';
import { bookOf } from './book.ts';
import { judgeSlo, type Judged, type Policy } from './judge.ts';

export const DAY = 86_400;
export const POLICY: Policy = { severityLabel: 'severity', pages: ['page'], windows: [], absentWithin: 3600 };
export const EVENTS: Sli = {
  kind: 'events',
  bad: 'sum(rate(http_requests_total{code=~"5.."}[5m]))',
  total: 'sum(rate(http_requests_total[5m]))',
};
export const SLO: Slo = { name: 'availability', service: 'api', objective: 99.9, period: 30 * DAY, sli: EVENTS };

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

export function generated(slo: Slo): RuleText[] {
  return texts(generateRules([slo], { page: 'page', ticket: 'ticket' }).groups);
}

export function judge(rules: readonly RuleText[], slo: Slo = SLO): Judged {
  return judgeSlo(slo, rulesAbout(bookOf(rules), slo), POLICY);
}

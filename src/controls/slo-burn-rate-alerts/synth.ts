import type { Patch, Subject } from '../../model/control.ts';
import { placeRules, PREFIX } from '../../proofs/alerting/home.ts';
import { runbookAddress } from '../../proofs/alerting/runbook.ts';
import type { RuleOptions } from '../../proofs/alerting/slo/alerts.ts';
import { rulesOf } from '../../proofs/alerting/slo/generate.ts';
import { judgeSlo } from '../../proofs/alerting/slo/judge/index.ts';
import type { RuleGroup } from '../../proofs/alerting/slo/types.ts';
import { check, policyOf, type Params } from './check.ts';
import type { BurnRules } from './query.ts';

/**
 * The rules of an SLO that has none, or the alert on absent data where only that is missing. Rules that are there and wrong are somebody's
 * work: what is wrong with them is said, and nothing is written beside them.
 */
export function synth(subject: Subject, input: BurnRules, params: Params): Patch[] {
  const { slo, rules, home } = input;
  if ('because' in slo || check(subject, input, params).outcome !== 'fail') return [];
  const { lacks } = judgeSlo(slo, rules, policyOf(input, params));
  const written = rulesOf(slo, optionsOf(input, params));
  if ('because' in written || lacks.length === 0) return [];
  const groups = lacks.includes('burn') ? written.groups : absentOnly(written.groups, slo.name);
  const added = groups.flatMap(({ rules: all }) =>
    all.map((rule) => ({
      kind: 'record' in rule ? ('record' as const) : ('alert' as const),
      name: 'record' in rule ? rule.record : rule.alert,
      expr: rule.expr,
      ...('for' in rule && rule.for !== undefined ? { for: rule.for } : {}),
      labels: rule.labels ?? {},
      origin: { path: '' },
    })),
  );
  if (check(subject, { ...input, rules: [...rules, ...added] }, params).outcome !== 'pass') return [];
  const reason = lacks.includes('burn')
    ? [`no alert fires when the error budget of ${slo.name} burns`, ...written.notes].join('; ')
    : `no alert says that the data of ${slo.name} is absent`;
  return placeRules(
    home,
    `${PREFIX}slo-${slo.name.startsWith(slo.service) ? '' : `${slo.service}-`}${slo.name}`,
    groups,
    reason,
  );
}

function absentOnly(groups: readonly RuleGroup[], name: string): RuleGroup[] {
  const rules = groups.flatMap((group) =>
    group.rules.filter((rule) => 'alert' in rule && rule.alert.endsWith('Absent')),
  );
  return [{ name: `slo-absent-${name}`, rules }];
}

function optionsOf({ severities, runbooks }: BurnRules, { severityLabel, pages, runbookBase }: Params): RuleOptions {
  const page = severities.findLast((one) => one.page)?.name ?? pages[0] ?? 'page';
  const ticket = severities.find((one) => !one.page)?.name ?? 'ticket';
  return {
    page,
    ticket,
    severityLabel,
    runbook: (slo, alert) => runbookAddress([alert, slo.name, slo.service], runbooks, runbookBase),
  };
}

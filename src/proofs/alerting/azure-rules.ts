/**
 * Rules of Azure's managed Prometheus, whose alerts go to action groups and to no Alertmanager: of Terraform and of objects of Azure Service
 * Operator. Reads the classes `kubernetes` and `terraform`.
 */
import { isMapping } from '../../model/cursor.ts';
import { cursor } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Body } from '../topology/evaluate/index.ts';
import { managedResources } from '../topology/index.ts';
import { plain, textIn } from './grafana/terraform-values.ts';
import { parse } from './promql/index.ts';
import type { RuleText } from './rules.ts';

interface Written {
  readonly alert: string | undefined;
  readonly record: string | undefined;
  readonly expression: string | undefined;
  /** ISO 8601: `PT5M`. */
  readonly for: string | undefined;
  readonly labels: unknown;
  readonly enabled: unknown;
  readonly origin: Origin;
}

/** Those that are switched on and are PromQL. */
export const azureRuleTexts = oncePerPlatform((view: PlatformView): readonly RuleText[] => [
  ...managedResources(view, 'azurerm_monitor_alert_prometheus_rule_group')
    .filter((group) => group.attribute('rule_group_enabled')?.value !== false)
    .flatMap((group) => group.blocks('rule').map(ofBlock).flatMap(ruleOf)),
  ...view.objects('PrometheusRuleGroup.alertsmanagement.azure.com').flatMap((object) => {
    const spec = cursor(object).get('spec');
    if (spec.get('enabled').boolean() === false) return [];
    const rules = spec.get('rules').items();
    return rules
      .map((at) => ({
        alert: at.get('alert').string(),
        record: at.get('record').string(),
        expression: at.get('expression').string(),
        for: at.get('for').string(),
        labels: at.get('labels').value,
        enabled: at.get('enabled').value,
        origin: at.origin,
      }))
      .flatMap(ruleOf);
  }),
]);

function ofBlock(rule: Body): Written {
  return {
    alert: textIn(rule, 'alert'),
    record: textIn(rule, 'record'),
    expression: textIn(rule, 'expression'),
    for: textIn(rule, 'for'),
    labels: plain(rule.attribute('labels')?.value),
    enabled: rule.attribute('enabled')?.value,
    origin: rule.origin,
  };
}

function ruleOf({ alert, record, expression, for: hold, labels, enabled, origin }: Written): RuleText[] {
  const name = alert ?? record;
  if (name === undefined || expression === undefined || enabled === false || !parse(expression).ok) return [];
  const texts = isMapping(labels) ? Object.entries(labels).map(([key, value]) => [key, String(value)]) : [];
  return [
    {
      kind: alert === undefined ? 'record' : 'alert',
      name,
      expr: expression,
      ...(hold !== undefined && { for: asWritten(hold) }),
      labels: Object.fromEntries(texts) as Record<string, string>,
      origin,
    },
  ];
}

/** `PT1H30M` as `1h30m`. */
function asWritten(iso: string): string {
  return iso.replace(/^P/, '').replace('T', '').toLowerCase();
}

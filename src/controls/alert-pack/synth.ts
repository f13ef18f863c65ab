import type { Patch, Subject } from '../../model/control.ts';
import { placeRules, PREFIX } from '../../proofs/alerting/home.ts';
import type { ClassId } from '../../proofs/alerting/pack/classes.ts';
import { runbookAddress } from '../../proofs/alerting/runbook.ts';
import type { RuleText } from '../../proofs/alerting/rules.ts';
import type { Rule } from '../../proofs/alerting/slo/types.ts';
import { check, classOf, type Params } from './check.ts';
import { draftOf, type Draft } from './drafts.ts';
import type { Pack } from './query.ts';

/**
 * Alerts for the classes that a subject lacks, where the metric is known: of the SLO, of the exporters that belong to Kubernetes, cert-manager
 * and the queues, or of what the spec says the service exposes. Metrics are not invented: while one class is left over there is no patch.
 */
export function synth(subject: Subject, input: Pack, params: Params): Patch[] {
  const lacking = input.wanted.filter(({ id, because }) => {
    const alone = { ...input, wanted: [{ id, because }] };
    return !params.exempt.includes(id) && check(subject, alone, params).outcome === 'fail';
  });
  const rules = lacking.flatMap(({ id }) => {
    const draft = draftOf(id, input, params);
    return draft === undefined ? [] : [ruleOf(id, draft, subject, input, params)];
  });
  if (rules.length === 0) return [];
  if (check(subject, { ...input, rules: [...input.rules, ...rules.map(textOf)] }, params).outcome !== 'pass') return [];
  const name = `${PREFIX}alerts-${subject.name}`;
  const groups = [{ name: `alerts-${subject.name}`, rules }];
  return placeRules(input.home, name, groups, `${subject.name} fails in ways that no alert tells of`);
}

type AlertRule = Rule & { readonly alert: string };

function ruleOf(id: ClassId, draft: Draft, { kind, name }: Subject, input: Pack, params: Params): AlertRule {
  const alert = kind === 'environment' ? camel(id) : camel(`${name}-${id}`);
  const { severities, runbooks } = input;
  const severity = draft.pages
    ? (severities.findLast((one) => one.page)?.name ?? 'critical')
    : (severities.find((one) => !one.page)?.name ?? 'warning');
  return {
    alert,
    expr: draft.expr,
    ...(draft.for === undefined ? {} : { for: draft.for }),
    labels: { [params.severityLabel]: severity, ...(kind === 'environment' ? {} : { service: name }) },
    annotations: {
      summary:
        id === 'dead-man-switch'
          ? 'Always firing; whoever stops receiving it must raise the alarm'
          : `${kind === 'environment' ? '' : `${name}: `}${classOf(id).when}`,
      runbook_url: runbookAddress([alert, id, name], runbooks, params.runbookBase),
    },
  };
}

function textOf(rule: AlertRule): RuleText {
  const labels = 'labels' in rule ? (rule.labels ?? {}) : {};
  return { kind: 'alert', name: rule.alert, expr: rule.expr, labels, origin: { path: '' } };
}

function camel(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');
}

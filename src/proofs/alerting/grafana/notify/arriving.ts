import { ANYTHING, is, type AlertLabels, type LabelValue } from '../../routing/index.ts';
import { yieldedBy } from '../../routing/index.ts';
import type { GrafanaAlert } from '../rules.ts';
import { ownLabels } from './rule-routes.ts';
import { hasVariable } from './variables.ts';

const SOME: LabelValue = { kind: 'any', mayBeMissing: false };

/**
 * The labels with which Grafana routes an alert: those of its query, over them the rule's, over them its own
 * (grafana `pkg/services/ngalert/state/manager.go`, `models/alert_rule.go`).
 */
export function labelsOfAlert(alert: GrafanaAlert): AlertLabels {
  const { known, others } = ofQuery(alert);
  return { others, known: { ...known, ...ofRule(alert), alertname: is(alert.name) } };
}

/** The same where its query has no result or fails: no label of a query, and a name that Grafana gives it unless it fires as it is. */
export function labelsWithoutData(alert: GrafanaAlert, called: string | undefined): AlertLabels {
  const about = { datasource_uid: ANYTHING, ref_id: ANYTHING };
  const named = called === undefined ? {} : { rulename: is(alert.name) };
  return {
    others: 'missing',
    known: { ...about, ...ofRule(alert), ...named, alertname: is(called ?? alert.name) },
  };
}

function ofRule({ labels, folder, own }: GrafanaAlert): AlertLabels['known'] {
  const written = Object.entries(labels).map(([name, value]): [string, LabelValue] => [
    name,
    value.includes('{{') || hasVariable(value) ? ANYTHING : is(value),
  ]);
  // Of a folder within another it depends on the version which part of the path is told.
  const titled = folder === undefined || folder.includes('/') || hasVariable(folder) ? SOME : is(folder);
  return {
    ...Object.fromEntries(written),
    grafana_folder: titled,
    __alert_rule_uid__: SOME,
    __alert_rule_namespace_uid__: SOME,
    ...ownLabels(own),
  };
}

function ofQuery({ condition }: GrafanaAlert): AlertLabels {
  if ('because' in condition || condition.labelled === 'by-several') return { known: {}, others: 'anything' };
  const [query] = condition.queries;
  if (condition.labelled === 'not' || query === undefined) return { known: {}, others: 'missing' };
  const { labels } = yieldedBy(query);
  return { ...labels, known: { ...labels.known, __name__: ANYTHING } };
}

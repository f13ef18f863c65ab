import { isMapping } from './cursor.ts';

/** What files of provisioning say of whom Grafana tells: contact points, notification policies, times at which it is silent. */
const NOTIFYING = ['contactPoints', 'policies', 'muteTimes'] as const;

/** Alerting as Grafana exports it and is provisioned with it: rules that it manages, and whom it tells of them. */
export function isGrafanaAlerting(data: Readonly<Record<string, unknown>>): boolean {
  return hasGrafanaRules(data) || isGrafanaNotifying(data);
}

function hasGrafanaRules({ groups }: Readonly<Record<string, unknown>>): boolean {
  return (
    Array.isArray(groups) &&
    groups.some((group) => isMapping(group) && Array.isArray(group['rules']) && group['rules'].some(isGrafanaRule))
  );
}

/** `apiVersion: 1` with a list of what tells somebody. */
function isGrafanaNotifying(data: Readonly<Record<string, unknown>>): boolean {
  if (!/^\d+$/.test(String(data['apiVersion'])) || 'kind' in data) return false;
  return NOTIFYING.some((key) => Array.isArray(data[key]) && data[key].every(isMapping));
}

/** A rule of Grafana's, which Prometheus would not know. */
export function isGrafanaRule(rule: unknown): boolean {
  return isMapping(rule) && typeof rule['title'] === 'string' && Array.isArray(rule['data']);
}

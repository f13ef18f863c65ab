import { isMapping } from './cursor.ts';

/** Rules that Grafana manages, as it exports them and is provisioned with them: each with the queries that it is made of. */
export function isGrafanaAlerting({ groups }: Readonly<Record<string, unknown>>): boolean {
  return (
    Array.isArray(groups) &&
    groups.some((group) => isMapping(group) && Array.isArray(group['rules']) && group['rules'].some(isGrafanaRule))
  );
}

/** A rule of Grafana's, which Prometheus would not know. */
export function isGrafanaRule(rule: unknown): boolean {
  return isMapping(rule) && typeof rule['title'] === 'string' && Array.isArray(rule['data']);
}

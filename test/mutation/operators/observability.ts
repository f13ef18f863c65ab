/** Metrics, rules, routes, dashboards, spans. */
import { REMOVED, SAME, type FileOperator, type ObjectOperator } from '../types.ts';

const MONITORS = ['ServiceMonitor', 'PodMonitor'];
type Rule = Record<string, unknown>;

/** A name of a metric where an expression selects it. */
const METRIC = /\b[a-z][a-z0-9]*(?:_[a-z0-9]+){2,}\b(?=[[{ )])/;

/** One letter is missing, as fingers slip. */
function misspelt(metric: string): string {
  const middle = Math.floor(metric.length / 2);
  const at = metric[middle] === '_' ? middle + 1 : middle;
  return metric.slice(0, at) + metric.slice(at + 1);
}

const burn = (change: (expr: string) => string) => (rule: Rule) =>
  typeof rule['alert'] === 'string' && /Burn(?:Fast|Medium|Slow)/.test(rule['alert'])
    ? { ...rule, expr: change(String(rule['expr'])) }
    : SAME;

const RULES = 'spec.groups.*.rules.*';

export const observabilityOperators: readonly ObjectOperator[] = [
  { name: 'monitor removed', controls: ['metrics-exposed'], kinds: MONITORS, to: REMOVED },
  {
    name: 'monitor selects nothing',
    controls: ['metrics-exposed'],
    kinds: MONITORS,
    at: 'spec.selector',
    to: { matchLabels: { app: 'another' } },
  },
  {
    name: 'monitor asks a port that does not exist',
    controls: ['metrics-exposed'],
    kinds: ['ServiceMonitor'],
    only: /^(?:api|console|nats|postgres|redis|ingress|terminal|otel|temporal)/,
    at: 'spec.endpoints.*.port',
    to: 'nowhere',
  },
  {
    name: 'pod monitor asks a port that does not exist',
    controls: ['metrics-exposed'],
    kinds: ['PodMonitor'],
    at: 'spec.podMetricsEndpoints.*.port',
    to: 'nowhere',
  },
  {
    name: 'Prometheus takes no monitors',
    controls: ['metrics-exposed'],
    kinds: ['Prometheus'],
    at: 'spec.serviceMonitorSelector',
    to: { matchLabels: { team: 'another' } },
  },
  { name: 'one Prometheus only', controls: ['metrics-exposed'], kinds: ['Prometheus'], at: 'spec.replicas', to: 1 },
  { name: 'synthetic probe removed', controls: ['metrics-exposed'], kinds: ['Probe'], to: REMOVED },
  {
    name: 'long window made short',
    controls: ['slo-burn-rate-alerts'],
    kinds: ['PrometheusRule'],
    at: RULES,
    to: burn((expr) => expr.replace(/rate(?:1h|6h|3d)\{/, 'rate5m{')),
  },
  {
    name: 'short window taken away',
    controls: ['slo-burn-rate-alerts'],
    kinds: ['PrometheusRule'],
    at: RULES,
    to: burn((expr) => expr.replace(/ and .*?(?=\)|$)/s, '')),
  },
  {
    name: 'burn factor too high to fire',
    controls: ['slo-burn-rate-alerts'],
    kinds: ['PrometheusRule'],
    at: RULES,
    to: burn((expr) => expr.replace(/(?:14\.4|6|1|3) \* (0\.\d+)/g, '5000 * $1')),
  },
  {
    name: 'burn factor far too low',
    controls: ['slo-burn-rate-alerts'],
    kinds: ['PrometheusRule'],
    at: RULES,
    to: burn((expr) => expr.replace(/(?:14\.4|6) \* (0\.\d+)/g, '0.1 * $1')),
  },
  {
    name: 'budget of another objective',
    controls: ['slo-burn-rate-alerts'],
    kinds: ['PrometheusRule'],
    at: RULES,
    to: burn((expr) => expr.replace(/\* 0\.\d+/g, '* 0.2')),
  },
  {
    name: 'burn alert removed',
    controls: ['slo-burn-rate-alerts'],
    kinds: ['PrometheusRule'],
    at: RULES,
    to: (rule: Rule) => (/BurnFast/.test(String(rule['alert'])) ? REMOVED : SAME),
  },
  {
    name: 'alert on absent data removed',
    controls: ['slo-burn-rate-alerts'],
    kinds: ['PrometheusRule'],
    at: RULES,
    to: (rule: Rule) => (String(rule['expr']).startsWith('absent(slo') ? REMOVED : SAME),
  },
  {
    name: 'metric misspelt in an alert',
    controls: ['metrics-exposed', 'slo-burn-rate-alerts', 'alert-pack'],
    kinds: ['PrometheusRule'],
    at: `${RULES}.expr`,
    to: (expr: string) => expr.replace(METRIC, misspelt),
  },
  {
    name: 'expression that does not parse',
    controls: ['metrics-exposed'],
    kinds: ['PrometheusRule'],
    at: `${RULES}.expr`,
    to: (expr: string) => `(${expr}`,
  },
  {
    name: 'severity that nobody declared',
    controls: ['alert-routing', 'incident-model'],
    kinds: ['PrometheusRule'],
    at: `${RULES}.labels.severity`,
    to: 'urgent',
  },
  {
    name: 'runbook removed from an alert',
    controls: ['runbooks'],
    kinds: ['PrometheusRule'],
    at: `${RULES}.annotations.runbook_url`,
    to: REMOVED,
  },
  {
    name: 'runbook that is not there',
    controls: ['runbooks'],
    kinds: ['PrometheusRule'],
    at: `${RULES}.annotations.runbook_url`,
    to: (url: string) => url.replace(/[^/]+\.md/, 'nowhere.md'),
  },
  {
    name: 'alerts on backups removed',
    controls: ['alert-pack', 'data-growth'],
    kinds: ['PrometheusRule'],
    only: /^data$/,
    to: REMOVED,
  },
  {
    name: 'alerts on billing removed',
    controls: ['alert-pack'],
    kinds: ['PrometheusRule'],
    only: /^billing$/,
    to: REMOVED,
  },
  {
    name: 'alerts on queues removed',
    controls: ['alert-pack'],
    kinds: ['PrometheusRule'],
    only: /^queues$/,
    to: REMOVED,
  },
  {
    name: 'alerts on edge and security removed',
    controls: ['alert-pack', 'edge-waf'],
    kinds: ['PrometheusRule'],
    only: /^edge-and-security$/,
    to: REMOVED,
  },
  {
    name: 'alerts on services removed',
    controls: ['alert-pack'],
    kinds: ['PrometheusRule'],
    only: /^services$/,
    to: REMOVED,
  },
  {
    name: 'spans to a port that does not listen',
    controls: ['tracing-pipeline'],
    kinds: ['ConfigMap'],
    at: 'data.OTEL_EXPORTER_OTLP_ENDPOINT',
    to: (url: string) => url.replace(':4318', ':4319'),
  },
  {
    name: 'spans to nobody',
    controls: ['tracing-pipeline'],
    kinds: ['ConfigMap'],
    at: 'data.OTEL_EXPORTER_OTLP_ENDPOINT',
    to: (url: string) => url.replace('otel-gateway', 'otel-nowhere'),
  },
  {
    name: 'spans not exported',
    controls: ['tracing-pipeline'],
    kinds: ['ConfigMap'],
    at: 'data.OTEL_EXPORTER_OTLP_ENDPOINT',
    to: REMOVED,
  },
];

const ALERTMANAGER = /config\/alertmanager\.yaml$/;
const COLLECTOR = /config\/otel-gateway\.yaml$/;

export const observabilityFileOperators: readonly FileOperator[] = [
  {
    name: 'metric misspelt in a panel',
    controls: ['metrics-exposed', 'dashboards'],
    files: /dashboards\/[^/]+\.json$/,
    find: /"expr": "[^"]*?\b([a-z][a-z0-9]*(?:_[a-z0-9]+){2,})(?=[[{ )])/,
    replace: ([whole]) => whole.replace(/[a-z0-9_]+$/, misspelt),
  },
  {
    name: 'pipeline without an exporter',
    controls: ['tracing-pipeline'],
    files: COLLECTOR,
    find: /exporters: \[awsxray\]/,
    replace: 'exporters: []',
  },
  {
    name: 'pipeline without the receiver',
    controls: ['tracing-pipeline'],
    files: COLLECTOR,
    find: /receivers: \[otlp\]/,
    replace: 'receivers: []',
  },
  {
    name: 'collector listens elsewhere',
    controls: ['tracing-pipeline'],
    files: COLLECTOR,
    find: /0\.0\.0\.0:4318/,
    replace: '0.0.0.0:14318',
  },
  {
    name: 'route to a receiver that does not exist',
    controls: ['alert-routing'],
    files: ALERTMANAGER,
    find: /receiver: pagerduty-\S+/,
    replace: 'receiver: nowhere',
  },
  {
    name: 'receiver without an integration',
    controls: ['alert-routing'],
    files: ALERTMANAGER,
    find: /(?<=- name: pagerduty-security\n)(?: {4}.*\n)+/,
    replace: '',
  },
  {
    name: 'matcher misspelt',
    controls: ['alert-routing'],
    files: ALERTMANAGER,
    find: /severity =~ "P0\|P1"/,
    replace: 'severity =~ "P0|P11"',
  },
  {
    name: 'route that takes everything first',
    controls: ['alert-routing'],
    files: ALERTMANAGER,
    find: /^ {2}routes:\n/m,
    replace: '  routes:\n    - receiver: slack-platform\n',
  },
];
